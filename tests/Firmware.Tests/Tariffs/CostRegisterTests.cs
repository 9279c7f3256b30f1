using System;
using MeterFirmware.Basics;
using MeterFirmware.Tariffs;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Tariffs;

[TestClass]
public class CostRegisterTests
{
    private const long Wh = Scaling.MicrojoulesPerWattHour;
    private const long Kwh = 1000 * Wh;
    private static readonly long _noon = TariffCursorTests.Utc(2026, 7, 1, 4, 0);

    [TestMethod]
    public void OneAdditionIsSplitExactlyAtTheStep()
    {
        CostRegister register = Shanghai();
        register.Add(0, 3119 * Kwh + 999 * Wh + 1, _noon);
        Assert.AreEqual(0, register.Tier);
        register.Add(1, 2 * Wh, _noon + 1);
        Assert.AreEqual(3_119_999L, register.WattHours(0, 0));
        Assert.AreEqual(1L, register.RemainderMicrojoules(0, 0));
        Assert.AreEqual(0L, register.WattHours(1, 0));
        Assert.AreEqual(Wh - 1, register.RemainderMicrojoules(1, 0));
        Assert.AreEqual(1L, register.WattHours(1, 1));
        Assert.AreEqual(1L, register.RemainderMicrojoules(1, 1));
        Assert.AreEqual(1, register.Tier);
    }

    [TestMethod]
    public void AnAdditionMayCrossTwoSteps()
    {
        CostRegister register = Shanghai();
        register.Add(0, 5000 * Kwh, _noon);
        Assert.AreEqual(3_120_000L, register.WattHours(0, 0));
        Assert.AreEqual(1_680_000L, register.WattHours(0, 1));
        Assert.AreEqual(200_000L, register.WattHours(0, 2));
        // 3120 × 0.617 + 1680 × 0.677 + 200 × 0.977
        Assert.AreEqual(32_578_000L, register.RateCost(0));
        Assert.AreEqual(32_578_000L, register.Total());
        Assert.AreEqual(11_373_600L, register.TierCost(0, 1));
    }

    [TestMethod]
    public void TheStepBelongsToTheDearerTier()
    {
        CostRegister register = Shanghai();
        register.Add(0, 3120 * Kwh, _noon);
        Assert.AreEqual(3_120_000L, register.WattHours(0, 0));
        register.Add(0, 1, _noon);
        Assert.AreEqual(1L, register.RemainderMicrojoules(0, 1));
    }

    [TestMethod]
    public void ManySmallAdditionsAreRoundedOnceAndNotEach()
    {
        CostRegister register = Shanghai();
        // 0.1 Wh at 0.617 costs 0.00000617 each time; 10 000 of them 0.617.
        for (int i = 0; i < 10_000; i++)
        {
            register.Add(0, Wh / 10, _noon + i);
            if (i % 100 == 0)
            {
                register.RateCost(0);
            }
        }

        Assert.AreEqual(1000L, register.WattHours(0, 0));
        Assert.AreEqual(6170L, register.RateCost(0));
    }

    [TestMethod]
    public void ATierYearBeginsOnTheFirstOfJanuaryLocalTime()
    {
        CostRegister register = Shanghai();
        long newYear = TariffCursorTests.Utc(2026, 12, 31, 16, 0);
        register.Add(0, 4000 * Kwh, newYear - 1);
        Assert.AreEqual(1, register.Tier);
        register.Add(0, Kwh, newYear);
        Assert.AreEqual(0, register.Tier);
        Assert.AreEqual(1000L, register.PeriodWattHours);
        Assert.AreEqual(3_121_000L, register.WattHours(0, 0));
        Assert.AreEqual(880_000L, register.WattHours(0, 1));
    }

    [TestMethod]
    public void AClockSetBackOverNewYearFindsTheOldYearsConsumption()
    {
        CostRegister register = Shanghai();
        long newYear = TariffCursorTests.Utc(2026, 12, 31, 16, 0);
        register.Add(0, 4000 * Kwh, newYear - 10);
        register.Add(0, 7 * Kwh, newYear + 10);
        Assert.AreEqual(7000L, register.PeriodWattHours);
        register.Add(0, Kwh, newYear - 5);
        Assert.AreEqual(4_001_000L, register.PeriodWattHours);
        register.Add(0, Kwh, newYear + 20);
        Assert.AreEqual(8000L, register.PeriodWattHours);
    }

    [TestMethod]
    public void AClockThatLostItsDateDoesNotStartTheTiersAfresh()
    {
        CostRegister register = Shanghai();
        register.Add(0, 4000 * Kwh, _noon);
        register.Add(0, Kwh, 100);
        Assert.AreEqual(1, register.Tier);
        register.Add(0, Kwh, _noon + 1);
        Assert.AreEqual(4_002_000L, register.PeriodWattHours);
    }

    [TestMethod]
    public void ASettlementClearsTheBillAndKeepsTheTierPeriod()
    {
        CostRegister register = Shanghai();
        register.Add(0, 3200 * Kwh, _noon);
        register.Clear();
        Assert.AreEqual(0L, register.Total());
        register.Add(1, 10 * Kwh, _noon + 60);
        Assert.AreEqual(10_000L, register.WattHours(1, 1));
        Assert.AreEqual(33_700L, register.Total());
    }

    [TestMethod]
    public void APowerLossLosesNothingAndDoublesNothing()
    {
        CostRegister before = Shanghai();
        before.Add(0, 3119 * Kwh + 7, _noon);
        before.Add(1, 2 * Kwh + 5, _noon);
        byte[] state = new byte[before.StateBytes];
        before.Save(state, 0);
        CostRegister after = Shanghai();
        Assert.IsTrue(after.TryLoad(state, 0));
        before.Add(1, 12_345_678_901, _noon + 5);
        after.Add(1, 12_345_678_901, _noon + 5);
        for (int rate = 0; rate < 2; rate++)
        {
            Assert.AreEqual(before.RateCost(rate), after.RateCost(rate));
            for (int tier = 0; tier < 3; tier++)
            {
                Assert.AreEqual(before.WattHours(rate, tier), after.WattHours(rate, tier));
                Assert.AreEqual(before.RemainderMicrojoules(rate, tier), after.RemainderMicrojoules(rate, tier));
            }
        }
    }

    [TestMethod]
    public void ADamagedStateIsRefusedAndChangesNothing()
    {
        CostRegister register = Shanghai();
        register.Add(0, Kwh, _noon);
        byte[] state = new byte[register.StateBytes];
        register.Save(state, 0);
        state[7] = 0xFF;
        for (int i = 40; i < 48; i++)
        {
            state[i] = 0xFF;
        }

        Assert.IsFalse(register.TryLoad(state, 0));
        Assert.AreEqual(1000L, register.WattHours(0, 0));
    }

    [TestMethod]
    public void AnOverridePriceIsTheWholePriceAndMayBeNegative()
    {
        CostRegister register = Shanghai();
        register.Add(0, 4000 * Kwh, _noon);
        register.Clear();
        register.Override(-20_000);
        register.Add(0, 10 * Kwh, _noon);
        Assert.AreEqual(-2000L, register.RateCost(0));
        register.EndOverride();
        register.Add(0, 10 * Kwh, _noon);
        Assert.AreEqual(-2000L + 67_700L, register.RateCost(0));
        Assert.AreEqual(4_020_000L, register.PeriodWattHours);
    }

    [TestMethod]
    public void ExportIsPaidAtTheExportPriceWithoutTiers()
    {
        CostRegister register = new CostRegister(4, 1, true);
        Assert.IsTrue(register.TryUse(TableBytes.NewYork().Load()));
        register.Add(3, 100_000 * Kwh, _noon);
        Assert.AreEqual(14_000L, register.RateCost(3));
    }

    [TestMethod]
    public void ATableThatDoesNotFitIsRefused()
    {
        CostRegister register = new CostRegister(1, 3, false);
        Assert.IsFalse(register.TryUse(TableBytes.Shanghai().Load()));
        register = new CostRegister(2, 2, false);
        Assert.IsFalse(register.TryUse(TableBytes.Shanghai().Load()));
    }

    [TestMethod]
    public void NegativeEnergyAndUnknownRatesAreBugs()
    {
        CostRegister register = Shanghai();
        Assert.ThrowsException(typeof(Exception), () => register.Add(0, -1, _noon));
        Assert.ThrowsException(typeof(Exception), () => register.Add(2, 1, _noon));
    }

    private static CostRegister Shanghai()
    {
        CostRegister register = new CostRegister(2, 3, false);
        Assert.IsTrue(register.TryUse(TableBytes.Shanghai().Load()));
        return register;
    }
}
