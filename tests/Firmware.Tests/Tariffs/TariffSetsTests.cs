using MeterFirmware.Basics;
using MeterFirmware.Tariffs;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Tariffs;

[TestClass]
public class TariffSetsTests
{
    private const long Never = TariffSets.Never;
    private const long Kwh = 1000 * Scaling.MicrojoulesPerWattHour;
    private static readonly long _noon = TariffCursorTests.Utc(2026, 7, 1, 4, 0);

    [TestMethod]
    public void EachPartSwitchesAtItsOwnSecond()
    {
        TariffTable spare = Other(2, 1, 700_000).Load();
        TariffSets sets = Sets();
        sets.Seek(_noon);
        Assert.IsTrue(sets.TryLoadSpare(spare, _noon + 100, _noon + 200, _noon + 300, _noon + 400, _noon,
            out string error), error);
        TariffPart[] parts =
            new TariffPart[] { TariffPart.Seasons, TariffPart.DayTables, TariffPart.Prices, TariffPart.Tiers };
        for (int i = 0; i < 4; i++)
        {
            long switchUtc = _noon + 100 * (i + 1);
            Assert.IsFalse(sets.Seek(switchUtc - 1));
            Assert.AreEqual(switchUtc, sets.ValidUntilUtc);
            Assert.IsTrue(sets.InForce(parts[i]) != spare);
            Assert.IsTrue(sets.Seek(switchUtc));
            Assert.IsTrue(sets.InForce(parts[i]) == spare);
            Assert.AreEqual(i + 1, sets.SwitchCount);
        }
    }

    [TestMethod]
    public void PricesSwitchInTheSecondAndTheCostFollows()
    {
        TariffSets sets = Sets();
        CostRegister register = new CostRegister(2, 3, false);
        sets.Seek(_noon);
        Assert.IsTrue(sets.TryLoadSpare(Other(2, 1, 700_000).Load(), Never, Never, _noon + 60, Never, _noon,
            out string error), error);
        Tick(sets, register, _noon + 59, Kwh);
        Assert.AreEqual(6170L, register.RateCost(0));
        Tick(sets, register, _noon + 60, Kwh);
        Assert.AreEqual(6170L + 7000L, register.RateCost(0));
        Assert.AreEqual(2000L, register.PeriodWattHours, "the tier year goes on over a switch");
    }

    [TestMethod]
    public void DayTablesSwitchWithoutPrices()
    {
        TariffSets sets = Sets();
        sets.Seek(_noon);
        Assert.AreEqual(0, sets.Rate);
        Assert.IsTrue(sets.TryLoadSpare(Other(2, 1, 700_000).Load(), Never, _noon + 60, Never, Never, _noon,
            out string error), error);
        sets.Seek(_noon + 60);
        Assert.AreEqual(1, sets.Rate, "the spare's only period is rate 1");
        Assert.AreEqual(307_000L, sets.ImportPrice(0));
    }

    [TestMethod]
    public void AClockSetBackBeforeTheSwitchFindsTheOldPart()
    {
        TariffSets sets = Sets();
        TariffTable spare = Other(2, 1, 700_000).Load();
        sets.Seek(_noon);
        sets.TryLoadSpare(spare, Never, Never, _noon + 60, Never, _noon, out string error);
        Assert.IsTrue(sets.Seek(_noon + 365 * 86_400L));
        Assert.IsTrue(sets.InForce(TariffPart.Prices) == spare);
        Assert.IsTrue(sets.Seek(_noon + 1));
        Assert.IsTrue(sets.InForce(TariffPart.Prices) != spare);
        Assert.AreEqual(_noon + 60, sets.ValidUntilUtc < _noon + 61 ? sets.ValidUntilUtc : 0);
    }

    [TestMethod]
    public void ASpareThatDoesNotFitTogetherIsRefusedWhole()
    {
        TariffSets sets = Sets();
        sets.Seek(_noon);
        Refused(sets, Other(2, 2, 1).Load(), _noon + 10, Never, "a season names day table 1, there are 1");
        Refused(sets, Other(3, 1, 1).Load(), Never, _noon + 10, "3 rates");
        Refused(sets, Other(1, 1, 1).Load(), Never, _noon + 10, "different rates");
        Refused(sets, Other(2, 1, 1).Load(), Never, _noon - 1, "past");
        Refused(sets, Other(2, 1, 1).Load(), Never, Never, "has a switch time");
        Assert.IsFalse(sets.Seek(_noon + 100));
        Assert.AreEqual(0, sets.SwitchCount);
        Assert.IsTrue(sets.After(TariffPart.Prices) == sets.Before(TariffPart.Prices));
    }

    [TestMethod]
    public void ASpareWithAllPartsMayHaveOtherDayTables()
    {
        TariffSets sets = Sets();
        sets.Seek(_noon);
        Assert.IsTrue(sets.TryLoadSpare(Other(2, 2, 1).Load(), _noon + 9, _noon + 9, _noon + 9, _noon + 9, _noon,
            out string error), error);
        Assert.IsTrue(sets.Seek(_noon + 9));
        Assert.AreEqual(1, sets.SwitchCount, "parts of one second are one switch");
    }

    [TestMethod]
    public void TheSecondSpareTakesOverFromTheFirst()
    {
        TariffSets sets = Sets();
        TariffTable first = Other(2, 1, 700_000).Load();
        TariffTable second = Other(2, 1, 800_000).Load();
        sets.Seek(_noon);
        sets.TryLoadSpare(first, Never, Never, _noon + 60, Never, _noon, out string error);
        sets.Seek(_noon + 100);
        Assert.IsTrue(sets.TryLoadSpare(second, Never, Never, _noon + 200, Never, _noon + 100, out error), error);
        Assert.AreEqual(700_000L, PriceOf(sets));
        sets.Seek(_noon + 200);
        Assert.AreEqual(800_000L, PriceOf(sets));
    }

    [TestMethod]
    public void ASwitchInAnOutageIsReportedAtPowerUp()
    {
        TariffTable old = TableBytes.Shanghai().Load();
        TariffTable spare = Other(2, 1, 700_000).Load();
        TariffSets sets = Sets();
        for (int part = 0; part < 4; part++)
        {
            sets.RestorePart((TariffPart)part, old, part == 2 ? spare : old, part == 2 ? _noon + 60 : Never);
        }

        Assert.IsTrue(sets.TryFinishRestore(old, out string error), error);
        Assert.IsFalse(sets.Seek(_noon));
        Assert.AreEqual(617_000L, PriceOf(sets));
        Assert.IsTrue(sets.Seek(_noon + 3600));
        Assert.AreEqual(700_000L, PriceOf(sets));
    }

    [TestMethod]
    public void ARestoreWithAHoleFallsBackToOneTariff()
    {
        TariffTable old = TableBytes.Shanghai().Load();
        TariffSets sets = Sets();
        sets.RestorePart(TariffPart.Seasons, old, Other(2, 2, 1).Load(), _noon);
        Assert.IsFalse(sets.TryFinishRestore(old, out string error));
        Assert.Contains("day table", error);
        sets.Seek(_noon + 1);
        Assert.IsTrue(sets.InForce(TariffPart.Seasons) == old);
    }

    [TestMethod]
    public void DayAheadPricesGoBeforeTheTariffAndFallBackWhenMissing()
    {
        DayAheadPrices prices = new DayAheadPrices(2, true);
        TariffTable table = TableBytes.Shanghai().Load();
        TariffSets sets = new TariffSets(table, 2, 3, prices);
        CostRegister register = new CostRegister(2, 3, false);
        long[] import = new long[96];
        for (int i = 0; i < 96; i++)
        {
            import[i] = 1000 * i;
        }

        import[49] = DayAheadPrices.Missing;
        import[50] = -30_000;
        Tick(sets, register, _noon, Kwh);
        Assert.IsFalse(sets.HasDayAheadImport);
        Assert.IsTrue(prices.TrySet(table, CivilTime.DaysFromDate(2026, 7, 1), import, null, 96, out string error),
            error);
        Tick(sets, register, _noon + 1, Kwh); // 12:00 local is quarter hour 48.
        Assert.IsTrue(sets.HasDayAheadImport);
        Assert.AreEqual(48_000L, sets.ImportPrice(2));
        Assert.AreEqual(_noon + 900, sets.ValidUntilUtc);
        Assert.IsFalse(sets.HasDayAheadExport);
        Tick(sets, register, _noon + 900, Kwh);
        Assert.IsFalse(sets.HasDayAheadImport, "a quarter hour without a price");
        Tick(sets, register, _noon + 1800, Kwh);
        Assert.AreEqual(-30_000L, sets.ImportPrice(0));
        Tick(sets, register, _noon + 12 * 3600, Kwh);
        Assert.IsFalse(sets.HasDayAheadImport, "the next day has no list");
        Assert.AreEqual(6170L + 480L + 6170L - 300L, register.RateCost(0));
        Assert.AreEqual(3070L, register.RateCost(1));
    }

    [TestMethod]
    public void AnExportListPaysForExport()
    {
        DayAheadPrices prices = new DayAheadPrices(1, true);
        TariffTable table = TableBytes.NewYork().Load();
        TariffSets sets = new TariffSets(table, 4, 1, prices);
        CostRegister register = new CostRegister(4, 1, true);
        long[] import = new long[96];
        long[] export = new long[96];
        export[48] = 453_000;
        long noon = TariffCursorTests.Utc(2026, 7, 1, 16, 0);
        Assert.IsTrue(prices.TrySet(table, CivilTime.DaysFromDate(2026, 7, 1), import, export, 96, out string error),
            error);
        Tick(sets, register, noon, 2 * Kwh);
        Assert.AreEqual(9060L, register.RateCost(3));
        Assert.AreEqual(453_000L, sets.ExportPrice());
    }

    [TestMethod]
    public void ADayAheadListGoesOnThroughATableSwitchAndTheNewTableHoldsBehindIt()
    {
        DayAheadPrices prices = new DayAheadPrices(2, true);
        TariffTable table = TableBytes.Shanghai().Load();
        TariffSets sets = new TariffSets(table, 2, 3, prices);
        CostRegister register = new CostRegister(2, 3, false);
        long[] import = new long[96];
        import[48] = 48_000;
        import[49] = DayAheadPrices.Missing;
        sets.Seek(_noon);
        Assert.IsTrue(prices.TrySet(table, CivilTime.DaysFromDate(2026, 7, 1), import, null, 96, out string error),
            error);
        Assert.IsTrue(sets.TryLoadSpare(Other(2, 1, 700_000).Load(), Never, Never, _noon + 600, Never, _noon,
            out error), error);
        Tick(sets, register, _noon + 599, Kwh);
        Assert.AreEqual(_noon + 600, sets.ValidUntilUtc);
        Tick(sets, register, _noon + 600, Kwh);
        Assert.AreEqual(960L, register.RateCost(0), "the list's price before and after the switch");
        Assert.AreEqual(_noon + 600, sets.ValidFromUtc);
        Assert.AreEqual(_noon + 900, sets.ValidUntilUtc);
        Tick(sets, register, _noon + 900, Kwh);
        Assert.AreEqual(960L + 7000L, register.RateCost(0), "the new table where the list has no price");
    }

    /// <summary>A list of 96 is by wall time: another zone is another wall.</summary>
    [TestMethod]
    public void ADayAheadListFollowsTheZoneOfANewCalendar()
    {
        DayAheadPrices prices = new DayAheadPrices(2, true);
        TariffTable table = TableBytes.Shanghai().Load();
        TariffSets sets = new TariffSets(table, 2, 3, prices);
        long[] import = new long[96];
        for (int i = 0; i < 96; i++)
        {
            import[i] = 1000 * i;
        }

        sets.Seek(_noon);
        Assert.IsTrue(prices.TrySet(table, CivilTime.DaysFromDate(2026, 7, 1), import, null, 96, out string error),
            error);
        TableBytes japan = new TableBytes().Header("Japan", "CNY").FixedZone(36)
            .Byte(2).Text("peak").Text("valley").Byte(1).Byte(1).Byte(0).Byte(0).Byte(1).Byte(1).Byte(1).Byte(0).Byte(0)
            .Byte(0).Number(1).Number(1).Byte(0).Number(0).Number(0).Byte(0).Byte(1).Number(0).Signed(0).Signed(0)
                .Seal();
        Assert.IsTrue(sets.TryLoadSpare(japan.Load(), _noon + 60, Never, Never, Never, _noon, out error), error);
        sets.Seek(_noon + 59);
        Assert.AreEqual(48_000L, sets.ImportPrice(0));
        Assert.IsTrue(sets.Seek(_noon + 60));
        Assert.AreEqual(52_000L, sets.ImportPrice(0), "13:01 there");
    }

    [TestMethod]
    public void ATableThatStandsInForAnotherIsReadInItsOwnPriceSeasonsAlsoBeforeTheNextSeek()
    {
        long november = TariffCursorTests.Utc(2026, 11, 1, 4, 0);
        TariffSets sets = new TariffSets(TableBytes.Wide().Load(), 2, 3, null);
        sets.Seek(november);
        Assert.AreEqual(300_000L, sets.ImportPrice(0), "the second season");
        Assert.IsTrue(sets.TryReplace(TableBytes.Shanghai().Load(), out string error), error);
        Assert.AreEqual(617_000L, sets.ImportPrice(0), "it has one");

        sets = new TariffSets(TableBytes.Wide().Load(), 2, 3, null);
        sets.Seek(november);
        TariffTable kept = TableBytes.Shanghai().Load();
        for (int part = 0; part < 4; part++)
        {
            sets.RestorePart((TariffPart)part, kept, kept, Never);
        }

        Assert.IsTrue(sets.TryFinishRestore(kept, out error), error);
        Assert.AreEqual(617_000L, sets.ImportPrice(0));
    }

    private static long PriceOf(TariffSets sets) => sets.InForce(TariffPart.Prices).ImportPrice(0);

    private static void Tick(TariffSets sets, CostRegister register, long utc, long microjoules)
    {
        sets.Seek(utc);
        register.Follow(sets);
        register.Add(sets.Rate, microjoules, utc);
    }

    private static void Refused(TariffSets sets, TariffTable spare, long seasonsUtc, long pricesUtc, string expected)
    {
        Assert.IsFalse(sets.TryLoadSpare(spare, seasonsUtc, Never, pricesUtc, Never, _noon, out string error));
        Assert.Contains(expected, error);
    }

    private static TariffSets Sets() => new TariffSets(TableBytes.Shanghai().Load(), 2, 3, null);

    /// <summary>Rate 1 all day in every day table (the last for weekends), every price the same, no tiers.</summary>
    private static TableBytes Other(int rates, int dayTables, long price)
    {
        TableBytes bytes = new TableBytes().Header("Other", "CNY").FixedZone(32).Byte(rates).Text("peak");
        if (rates > 1)
        {
            bytes.Text("valley");
        }

        if (rates > 2)
        {
            bytes.Text("flat");
        }

        bytes.Byte(dayTables);
        for (int i = 0; i < dayTables; i++)
        {
            bytes.Byte(1).Byte(0).Byte(rates > 1 ? 1 : 0);
        }

        bytes.Byte(1).Byte(1).Byte(1).Byte(0).Byte(dayTables - 1).Byte(0);
        for (int i = 0; i < rates; i++)
        {
            bytes.Number(price);
        }

        bytes.Byte(0).Number(0).Number(0).Byte(0).Byte(1).Number(0);
        for (int i = 0; i < rates; i++)
        {
            bytes.Signed(0);
        }

        return bytes.Seal();
    }
}
