using MeterFirmware.Basics;
using MeterFirmware.Tariffs;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Tariffs;

/// <summary>The exact second, day and µJ of every boundary: each test fails when its comparison is one off.</summary>
[TestClass]
public class TariffBoundaryTests
{
    private const long Never = TariffSets.Never;
    private const long Wh = Scaling.MicrojoulesPerWattHour;
    private const long Kwh = 1000 * Wh;
    private static readonly long _noon = TariffCursorTests.Utc(2026, 7, 1, 4, 0);

    [TestMethod]
    public void ATierEndsAtItsLastMicrojouleWhateverWasBookedBefore()
    {
        CostRegister register = new CostRegister(2, 3, false);
        Assert.IsTrue(register.TryUse(TableBytes.Shanghai().Load()));
        register.Add(0, 3_119_999 * Wh + Wh / 2, _noon);
        Assert.AreEqual(3_119_999L, register.WattHours(0, 0));
        register.Add(1, Kwh, _noon + 1);
        Assert.AreEqual(0L, register.WattHours(1, 0));
        Assert.AreEqual(Wh / 2, register.RemainderMicrojoules(1, 0), "half a watt-hour was left of the tier");
        Assert.AreEqual(999L, register.WattHours(1, 1));
        Assert.AreEqual(Wh / 2, register.RemainderMicrojoules(1, 1));
    }

    [TestMethod]
    public void ADayAheadPriceFollowsTheOneBeforeItWithoutAGap()
    {
        CostRegister register = new CostRegister(2, 3, false);
        Assert.IsTrue(register.TryUse(TableBytes.Shanghai().Load()));
        register.Override(100_000);
        register.Add(0, Kwh, _noon);
        register.Override(900_000);
        register.Add(0, Kwh, _noon + 900);
        Assert.AreEqual(10_000L, register.RateCost(0), "0.1 and then 0.9 a kWh");
    }

    [TestMethod]
    public void ACostThatComesToExactlyAPlaceIsSavedAndRestored()
    {
        // 100 Wh at 0.0005 a kWh is half of 0.0001: two of them make a whole place with nothing over.
        TariffTable table = TableBytes.Household("half", 500, 500).Load();
        CostRegister register = new CostRegister(2, 3, false);
        Assert.IsTrue(register.TryUse(table));
        register.Add(0, 100 * Wh, _noon);
        Assert.AreEqual(100L, register.WattHours(0, 0));
        register.Add(0, 100 * Wh, _noon);
        byte[] state = new byte[register.StateBytes];
        register.Save(state, 0);
        CostRegister restored = new CostRegister(2, 3, false);
        Assert.IsTrue(restored.TryUse(table));
        Assert.IsTrue(restored.TryLoad(state, 0));
        Assert.AreEqual(1L, restored.RateCost(0));
    }

    [TestMethod]
    public void ATariffThatGoesFromYearsToMonthsBeginsANewCount()
    {
        // January, where the year's and the month's first day are the same.
        long january = TariffCursorTests.Utc(2026, 1, 20, 4, 0);
        CostRegister register = new CostRegister(2, 3, false);
        Assert.IsTrue(register.TryUse(Household("years", 2, 617_000, 0, "valley").Load()));
        register.Add(0, 10 * Kwh, january);
        Assert.AreEqual(10_000L, register.PeriodWattHours);
        Assert.IsTrue(register.TryUse(Household("months", 1, 617_000, 0, "valley").Load()));
        register.Add(0, Kwh, january + 1);
        Assert.AreEqual(1_000L, register.PeriodWattHours);
    }

    [TestMethod]
    public void AClockSetBackByOneSecondFromASwitchIsInTheOldSetAgain()
    {
        TariffSets sets = Sets(TableBytes.Shanghai().Load());
        sets.Seek(_noon);
        Assert.IsTrue(sets.TryLoadSpare(TableBytes.Household("new", 700_000, 300_000).Load(), Never, Never,
            _noon + 60, Never,
            _noon, out string error), error);
        Assert.IsTrue(sets.Seek(_noon + 60));
        Assert.AreEqual(700_000L, sets.ImportPrice(0));
        Assert.AreEqual(_noon + 60, sets.ValidFromUtc);
        sets.Seek(_noon + 59);
        Assert.AreEqual(617_000L, sets.ImportPrice(0));
    }

    [TestMethod]
    public void ASwitchInThisVerySecondIsNotInThePast()
    {
        TariffSets sets = Sets(TableBytes.Shanghai().Load());
        sets.Seek(_noon);
        TariffTable spare = TableBytes.Household("new", 700_000, 300_000).Load();
        Assert.IsFalse(sets.TryLoadSpare(spare, Never, Never, _noon - 1, Never, _noon, out string _));
        Assert.IsTrue(sets.TryLoadSpare(spare, Never, Never, _noon, Never, _noon, out string error), error);
        Assert.IsTrue(sets.Seek(_noon));
        Assert.AreEqual(700_000L, sets.ImportPrice(0));
    }

    [TestMethod]
    public void APriceThatFallsBelowZeroInATierOfTheOtherSetIsRefused()
    {
        // Tier 2 takes 0.2 off: good with 0.617, not with 0.1.
        TariffSets sets = Sets(Household("rebate", 2, 617_000, -200_000, "valley").Load());
        sets.Seek(_noon);
        TariffTable cheap = TableBytes.Household("cheap", 100_000, 100_000).Load();
        Assert.IsFalse(sets.TryLoadSpare(cheap, Never, Never, _noon + 60, Never, _noon, out string error));
        Assert.Contains("tier", error);
        Assert.IsTrue(sets.TryLoadSpare(cheap, Never, Never, _noon + 60, _noon + 60, _noon, out error), error);
    }

    [TestMethod]
    public void TiersOfOtherRatesThanThePricesAreRefused()
    {
        TariffSets sets = Sets(TableBytes.Shanghai().Load());
        sets.Seek(_noon);
        TariffTable other = Household("other", 2, 617_000, 0, "night").Load();
        Assert.IsFalse(sets.TryLoadSpare(other, Never, _noon + 60, _noon + 60, Never, _noon, out string error));
        Assert.Contains("different rates", error);
        Assert.IsTrue(sets.TryLoadSpare(other, Never, _noon + 60, _noon + 60, _noon + 60, _noon, out error), error);
    }

    [TestMethod]
    public void AHolidaysDayTableCountsWhenSetsAreMixed()
    {
        // The seasons use table 0, the holiday table 1; the running day tables have one.
        TariffSets sets = Sets(TableBytes.Shanghai().Load());
        sets.Seek(_noon);
        TariffTable holiday = new TableBytes().Header("holiday", "CNY").FixedZone(32)
            .Byte(2).Text("peak").Text("valley")
            .Byte(2).Byte(1).Byte(0).Byte(0).Byte(1).Byte(0).Byte(1)
            .Byte(1).Byte(1).Byte(1).Byte(0).Byte(0)
            .Byte(1).UInt16(20_638).Byte(1)
            .Number(617_000).Number(307_000).Byte(0).Number(0).Number(0)
            .Byte(0).Byte(1).Number(0).Signed(0).Signed(0)
            .Seal().Load();
        Assert.IsFalse(sets.TryLoadSpare(holiday, _noon + 60, Never, Never, Never, _noon, out string error));
        Assert.Contains("day table 1", error);
        Assert.IsTrue(sets.TryLoadSpare(holiday, _noon + 60, _noon + 60, Never, Never, _noon, out error), error);
    }

    [TestMethod]
    public void OnlyDaysBeforeTheGivenOneAreForgotten()
    {
        DayAheadPrices prices = new DayAheadPrices(2, false);
        TariffTable table = TableBytes.Shanghai().Load();
        Assert.IsTrue(prices.TrySet(table, 20_634, new long[96], null, 96, out string error), error);
        Assert.IsTrue(prices.TrySet(table, 20_635, new long[96], null, 96, out error), error);
        prices.ForgetBefore(20_635);
        Assert.IsFalse(prices.Has(20_634));
        Assert.IsTrue(prices.Has(20_635));
    }

    [TestMethod]
    public void ADayWhoseMidnightIsSkippedBeginsWithTheJump()
    {
        // A zone at 0 h that goes to +1 h at 00:00 of 2026-07-01: the day has 23 hours from 01:00 on.
        long jump = TariffCursorTests.Utc(2026, 7, 1, 0, 0);
        TariffTable table = new TableBytes().Header("jump", "CNY").Byte(0).UInt16(20_000).UInt16(21_000).Byte(1)
            .Transition(jump, 4)
            .Byte(1).Text("one")
            .Byte(1).Byte(1).Byte(0).Byte(0)
            .Byte(1).Byte(1).Byte(1).Byte(0).Byte(0)
            .Byte(0)
            .Number(5).Byte(0).Number(0).Number(0)
            .Byte(0).Byte(1).Number(0).Signed(0)
            .Seal().Load();
        DayAheadPrices prices = new DayAheadPrices(2, false);
        TariffSets sets = new TariffSets(table, 1, 1, prices);
        long[] list = new long[96];
        for (int i = 0; i < 96; i++)
        {
            list[i] = 100 + i;
        }

        long day = jump / CivilTime.SecondsPerDay;
        Assert.IsTrue(prices.TrySet(table, day, list, null, 92, out string error), error);
        sets.Seek(jump);
        Assert.AreEqual(100L, sets.ImportPrice(0));
        Assert.IsFalse(prices.TrySet(table, day - 1, list, null, 92, out error), "the day before is whole");
    }

    private static TariffSets Sets(TariffTable table) => new TariffSets(table, 2, 3, null);

    /// <summary>Shanghai's times and tiers, by year (2) or month (1), with an amount on the second tier's
    /// prices.</summary>
    private static TableBytes Household(string name, int period, int price, int add, string second) =>
        new TableBytes().Header(name, "CNY").FixedZone(32)
            .Byte(2).Text("peak").Text(second)
            .Byte(1).Byte(3).Byte(0).Byte(1).Byte(24).Byte(0).Byte(88).Byte(1)
            .Byte(1).Byte(1).Byte(1).Byte(0).Byte(0)
            .Byte(0)
            .Number(price).Number(price).Byte(0).Number(0).Number(0)
            .Byte(period).Byte(2)
            .Number(0).Signed(0).Signed(0)
            .Number(3_120_000).Signed(add).Signed(add)
            .Seal();
}
