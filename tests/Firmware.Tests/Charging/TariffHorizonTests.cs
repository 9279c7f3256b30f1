using MeterFirmware.Charging;
using MeterFirmware.Firmware.Tests.Tariffs;
using MeterFirmware.Tariffs;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

[TestClass]
public class TariffHorizonTests
{
    private const int SlotSeconds = 1800;
    private const int Slots = 48;

    // 2026-03-02T12:00 in Shanghai, a Monday.
    private const long Noon = 1_772_424_000L;

    private static PriceHorizon _prices;
    private static TariffSets _sets;
    private static TariffHorizon _horizon;

    [TestMethod]
    public void TheTierReachedIsAddedToEverySlotOfTheDay()
    {
        Fresh();
        Horizon(TableBytes.Shanghai().Load());
        for (int tier = 0; tier < 3; tier++)
        {
            Fill(Noon, tier);
            int peakAdd = tier == 0 ? 0 : tier == 1 ? 60_000 : 360_000;
            Assert.AreEqual(617_000 + peakAdd, At(Noon));
            Assert.AreEqual(617_000 + peakAdd, At(Noon + 10 * 3600 - 1));
            Assert.AreEqual(307_000 + peakAdd / 2, At(Noon + 10 * 3600), "valley from 22:00, half the surcharge");
            Assert.AreEqual(307_000 + peakAdd / 2, At(Noon + 18 * 3600 - 1));
            Assert.AreEqual(617_000 + peakAdd, At(Noon + 18 * 3600));
        }
    }

    [TestMethod]
    public void ATierThatChangesIsLookedUpAnewInAFewTicks()
    {
        Fresh();
        Horizon(TableBytes.Shanghai().Load());
        Fill(Noon, 0);
        Assert.IsFalse(_horizon.Tick(Noon, 1), "not whole yet: a plan on half of the prices would be another one");
        int ticks = 1;
        while (!_horizon.Tick(Noon, 1))
        {
            ticks++;
        }

        Assert.AreEqual(Slots / TariffHorizon.SlotsPerTick - 1, ticks);
        Assert.IsTrue(_horizon.Tick(Noon + SlotSeconds, 1), "the next slot costs one look-up");
        Assert.AreEqual(677_000, At(Noon + Slots * SlotSeconds));
    }

    [TestMethod]
    public void CarbonMakesADirtyHourDearerByItsWeight()
    {
        Fresh();
        Horizon(TableBytes.Shanghai().Load());
        for (int hour = 0; hour < 24; hour++)
        {
            _horizon.GramsPerKwh[hour] = hour < 18 ? 300 : 800;
        }

        Fill(Noon, 0);
        Assert.AreEqual(617_000, At(Noon + 7 * 3600), "without a weight only money counts");
        _horizon.CarbonMicrosPerKilogram = 100_000;
        _horizon.Renew();
        Fill(Noon, 0);
        Assert.AreEqual(617_000 + 30_000, At(Noon), "300 g at 0.10 a kg");
        Assert.AreEqual(617_000 + 80_000, At(Noon + 7 * 3600), "19:00 local: 800 g");
        Assert.AreEqual(307_000 + 80_000, At(Noon + 11 * 3600));
        Assert.AreEqual(307_000 + 30_000, At(Noon + 13 * 3600), "01:00 of the next day");
    }

    [TestMethod]
    public void AWeightBeyondAllMeasureIsHeldAtTheLargestPrice()
    {
        Fresh();
        Horizon(TableBytes.Shanghai().Load());
        _horizon.CarbonMicrosPerKilogram = int.MaxValue;
        for (int hour = 0; hour < 24; hour++)
        {
            _horizon.GramsPerKwh[hour] = int.MaxValue;
        }

        Fill(Noon, 2);
        Assert.AreEqual(int.MaxValue, At(Noon));
    }

    [TestMethod]
    public void TheOffsetIsThatOfNowThoughTheHorizonReachesBeyondTheChange()
    {
        Fresh();
        // New York goes to summer time on 2026-03-08 at 07:00Z; the evening before is still winter.
        Horizon(TableBytes.NewYork().Load());
        const long Evening = 1_772_953_200L - 8 * 3600;
        Fill(Evening, 0);
        Assert.AreEqual(-5 * 3600, _horizon.OffsetSeconds);
        Fill(Evening + 9 * 3600, 0);
        Assert.AreEqual(-4 * 3600, _horizon.OffsetSeconds);
    }

    [TestMethod]
    public void RestDaysAreWeekendsAndHolidaysOfTheTariff()
    {
        Fresh();
        // 4 July 2026 is a Saturday and a holiday, 6 July a Monday; 3 July a Friday.
        Horizon(TableBytes.NewYork().Load());
        const long Friday = 1_783_094_400L;
        Fill(Friday, 0);
        Assert.IsFalse(_horizon.IsRestDay);
        Assert.IsTrue(_horizon.IsRestTomorrow);
        Fill(Friday + 86_400, 0);
        Assert.IsTrue(_horizon.IsRestDay);
        Assert.IsTrue(_horizon.IsRestTomorrow, "Sunday");
        Fill(Friday + 3 * 86_400, 0);
        Assert.IsFalse(_horizon.IsRestDay);
    }

    private void Horizon(TariffTable table)
    {
        _prices = new PriceHorizon(Slots);
        _sets = new TariffSets(table, 8, 4, null);
        _horizon = new TariffHorizon(_prices, _sets, SlotSeconds);
    }

    private void Fill(long utcSeconds, int tier)
    {
        while (!_horizon.Tick(utcSeconds, tier))
        {
        }
    }

    private int At(long utcSeconds) => _prices.At((int)(utcSeconds / SlotSeconds));

    // The device makes no object of this class: what every test begins with is made here.
    private static void Fresh()
    {
        _prices = null;
        _sets = null;
        _horizon = null;
    }
}
