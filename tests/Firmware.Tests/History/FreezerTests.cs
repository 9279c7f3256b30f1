using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.History;

/// <summary>facts/metering-rules.md, rows "settlement" and "freeze depth"; facts/dlt645-2007.md, DI 05 …</summary>
[TestClass]
public class FreezerTests
{
    private const long Midnight = RecorderBench.Midnight;
    private const int Day = 86_400;

    [TestMethod]
    public void HoursAndDaysAreFrozenAtTheirExactEnd()
    {
        // Steps of 7 s cross every boundary inside a reading.
        RecorderBench bench = new RecorderBench(Midnight + 22 * 3600).Start(false);
        bench.Run(3 * 3600, 7);
        FreezeReader freeze = bench.Recorder.Freezes;
        Assert.AreEqual(3L, bench.FreezeCount(FreezeKind.Hourly));
        Assert.IsTrue(freeze.TryRead(FreezeKind.Hourly, 3));
        Assert.AreEqual(Midnight + 23 * 3600, freeze.NominalUtcSeconds);
        Assert.AreEqual(1000L, freeze.WattHours(EnergyKind.Import, -1));
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Daily));
        Assert.IsTrue(freeze.TryRead(FreezeKind.Daily, 1));
        Assert.AreEqual(Midnight + Day, freeze.NominalUtcSeconds);
        Assert.AreEqual(Midnight + Day, freeze.MadeUtcSeconds);
        Assert.AreEqual(0, freeze.Flags);
        Assert.AreEqual(2000L, freeze.WattHours(EnergyKind.Import, -1));
        Assert.AreEqual(0L, freeze.WattHours(EnergyKind.Import, 0));
        Assert.AreEqual(2000L, freeze.WattHours(EnergyKind.Import, 1));
        Assert.IsTrue(freeze.TryDemand(false, -1, out long demand, out long ended));
        Assert.AreEqual(1_000_000L, demand);
        Assert.AreEqual(Midnight + 22 * 3600 + 900, ended);
        Assert.IsFalse(freeze.TryDemand(true, -1, out demand, out ended));
    }

    [TestMethod]
    public void AFreezeThatFallsIntoAnOutageIsMadeAtPowerUpAndMarked()
    {
        RecorderBench bench = new RecorderBench(Midnight + 22 * 3600).Start(false);
        bench.Run(3600, 60);
        bench.Outage(7200);
        FreezeReader freeze = bench.Recorder.Freezes;
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Daily));
        Assert.IsTrue(freeze.TryRead(FreezeKind.Daily, 1));
        Assert.AreEqual(RecordFlags.PowerLoss, freeze.Flags);
        Assert.AreEqual(Midnight + Day, freeze.NominalUtcSeconds);
        Assert.AreEqual(Midnight + Day + 3600, freeze.MadeUtcSeconds);
        Assert.AreEqual(1000L, freeze.WattHours(EnergyKind.Import, -1));
        bench.Outage(60);
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Daily), "made twice");
    }

    [TestMethod]
    public void AFreezeMadeInItsOwnSecondIsOnTimeAlsoAtPowerUp()
    {
        RecorderBench bench = new RecorderBench(Midnight + 23 * 3600).Start(false);
        bench.Run(1800, 60);
        bench.Outage(1800);
        Assert.IsTrue(bench.Recorder.Freezes.TryRead(FreezeKind.Daily, 1));
        Assert.AreEqual(Midnight + Day, bench.Recorder.Freezes.MadeUtcSeconds);
        Assert.AreEqual(0, bench.Recorder.Freezes.Flags);
    }

    [TestMethod]
    public void AClockSetBackIntoTheHourBeforeMakesTheSameHourOnce()
    {
        RecorderBench bench = new RecorderBench(Midnight + 9 * 3600 + 1800).Start(false);
        bench.Run(3600, 60);
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Hourly));
        bench.UtcMs -= 2_700_000;
        bench.Run(1800, 60);
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Hourly));
        bench.Run(3600, 60);
        Assert.AreEqual(2L, bench.FreezeCount(FreezeKind.Hourly));
    }

    [TestMethod]
    public void AnOutageOfDaysMakesUpAtMostSevenDays()
    {
        RecorderBench bench = new RecorderBench(Midnight + 3600).Start(false);
        bench.Run(3600, 60);
        bench.Outage(3 * Day);
        Assert.AreEqual(3L, bench.FreezeCount(FreezeKind.Daily));
        bench.Recorder.Freezes.TryRead(FreezeKind.Daily, 3);
        Assert.AreEqual(Midnight + Day, bench.Recorder.Freezes.NominalUtcSeconds);
        bench.Outage(20 * Day);
        Assert.AreEqual(10L, bench.FreezeCount(FreezeKind.Daily));
    }

    [TestMethod]
    public void AClockSetForwardAcrossMidnightMakesOneFreeze()
    {
        RecorderBench bench = new RecorderBench(Midnight + 23 * 3600 + 3000).Start(false);
        bench.Run(60, 1);
        bench.UtcMs += 1200_000;
        bench.Run(3600, 1);
        Assert.AreEqual(1, bench.ClockSteps);
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Daily));
        bench.Recorder.Freezes.TryRead(FreezeKind.Daily, 1);
        Assert.AreEqual(RecordFlags.ClockStep, bench.Recorder.Freezes.Flags);
        Assert.AreEqual(Midnight + Day, bench.Recorder.Freezes.NominalUtcSeconds);
    }

    [TestMethod]
    public void AClockSetBackAcrossMidnightMakesNoSecondFreeze()
    {
        RecorderBench bench = new RecorderBench(Midnight + 23 * 3600 + 3000).Start(false);
        bench.Run(1200, 1);
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Daily));
        bench.UtcMs -= 1200_000;
        bench.Run(1800, 1);
        Assert.AreEqual(1, bench.ClockSteps);
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Daily));
        bench.Run(Day, 60);
        Assert.AreEqual(2L, bench.FreezeCount(FreezeKind.Daily));
    }

    [TestMethod]
    public void AClockThatWasYearsAheadForAMinuteLosesNoLaterFreeze()
    {
        RecorderBench bench = new RecorderBench(Midnight + 12 * 3600).Start(false);
        bench.Run(60, 1);
        bench.UtcMs += 4L * 365 * Day * 1000;
        bench.Run(60, 1);
        bench.UtcMs -= 4L * 365 * Day * 1000;
        bench.Run(60, 1);
        long before = bench.FreezeCount(FreezeKind.Daily);
        Assert.AreEqual(1L, before, "the leap passed over midnights: one, marked");
        bench.Run(2 * Day, 60);
        Assert.AreEqual(before + 2, bench.FreezeCount(FreezeKind.Daily));
        bench.Recorder.Freezes.TryRead(FreezeKind.Daily, 1);
        Assert.AreEqual(Midnight + 2 * Day, bench.Recorder.Freezes.NominalUtcSeconds);
    }

    [TestMethod]
    [DataRow(29)]
    [DataRow(30)]
    [DataRow(0)]
    [DataRow(32)]
    [DataRow(99)]
    public void ASettlementDayThatAMonthMayLackIsRefused(int day)
    {
        SettlementDates dates = new SettlementDates();
        Assert.IsFalse(dates.TryAdd(day, 0));
        Assert.AreEqual(0, dates.Count);
    }

    [TestMethod]
    public void SettlementDay31IsTheMonthsEndWhateverItsLength()
    {
        SettlementDates dates = new SettlementDates();
        Assert.IsTrue(dates.TryAdd(31, 0));

        // 2026-02-28T23:59:59 and a second later: the end of a month of 28 days.
        long march = 20_513L * Day;
        Assert.AreEqual(20_485L * Day, dates.LatestLocal(march - 1));
        Assert.AreEqual(march, dates.LatestLocal(march));
    }

    /// <summary>"month-end 24:00, or an hour on day 1–28".</summary>
    [TestMethod]
    [DataRow(31, 0, 24)]
    [DataRow(31, 23, 24)]
    [DataRow(31, 24, 24)]
    [DataRow(31, 25, -1)]
    [DataRow(31, -1, -1)]
    [DataRow(28, 23, 23)]
    [DataRow(28, 24, -1)]
    [DataRow(1, 0, 0)]
    [DataRow(1, -1, -1)]
    public void ASettlementHourIsZeroTo23AndTheMonthsEndIsAlways24(int day, int hour, int kept)
    {
        SettlementDates dates = new SettlementDates();
        Assert.AreEqual(kept >= 0, dates.TryAdd(day, hour));
        Assert.AreEqual(kept >= 0 ? 1 : 0, dates.Count);
        if (kept >= 0)
        {
            Assert.AreEqual(kept, dates.Hour(0));
        }
    }

    /// <summary>The end of the last day is the first second of the next month, and settles once also beside that
    /// date.</summary>
    [TestMethod]
    public void TheMonthsEndAndTheFirstAtMidnightAreOneSettlement()
    {
        RecorderBench bench = new RecorderBench(Midnight + 30 * Day + 23 * 3600);
        bench.Parts.Freezes.Settlements.TryAdd(31, 24);
        bench.Parts.Freezes.Settlements.TryAdd(1, 0);
        bench.Start(false);
        bench.Run(3 * 3600, 60);
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Settlement));
        bench.Recorder.Freezes.TryRead(FreezeKind.Settlement, 1);
        Assert.AreEqual(Midnight + 31 * Day, bench.Recorder.Freezes.NominalUtcSeconds);
        Assert.AreEqual(1000L, bench.Recorder.Freezes.WattHours(EnergyKind.Import, -1));
    }

    /// <summary>254 hourly freezes fit because an hour keeps the two totals and no rate.</summary>
    [TestMethod]
    public void AnHourlyFreezeHasNoRatesAndADailyOneHasAll()
    {
        RecorderBench bench = new RecorderBench(Midnight + 22 * 3600).Start(false);
        bench.Run(3 * 3600, 60);
        FreezeReader freeze = bench.Recorder.Freezes;
        Assert.IsTrue(freeze.TryRead(FreezeKind.Hourly, 1));
        Assert.AreEqual(0, freeze.RateCount);
        Assert.AreEqual(0, freeze.TierCount);
        Assert.AreEqual(3000L, freeze.WattHours(EnergyKind.Import, -1));
        Assert.AreEqual(0L, freeze.WattHours(EnergyKind.Import, 0));
        Assert.IsFalse(freeze.TryDemand(false, -1, out long _, out long _));
        Assert.IsTrue(freeze.TryRead(FreezeKind.Daily, 1));
        Assert.AreEqual(8, freeze.RateCount);
    }

    /// <summary>A clock that jumps by minutes, days or years, either way: no energy is lost or doubled, at most one
    /// freeze stands for the jump, marked, and the next midnight of the new calendar is frozen once.</summary>
    [TestMethod]
    [DataRow(-5 * 60)]
    [DataRow(5 * 60)]
    [DataRow(-3 * Day)]
    [DataRow(3 * Day)]
    [DataRow(-2 * 365 * Day)]
    [DataRow(2 * 365 * Day)]
    public void AClockJumpLosesNoEnergyAndItsNextMidnightIsFrozenOnce(int jumpSeconds)
    {
        long start = Midnight + 400L * Day + 22 * 3600;
        RecorderBench bench = new RecorderBench(start).Start(false);
        bench.Run(1800, 60);
        bench.UtcMs += jumpSeconds * 1000L;
        bench.Run(60, 60);
        long jumped = bench.FreezeCount(FreezeKind.Daily);
        Assert.AreEqual(jumpSeconds >= Day ? 1L : 0L, jumped);
        FreezeReader freeze = bench.Recorder.Freezes;
        if (jumped > 0)
        {
            freeze.TryRead(FreezeKind.Daily, 1);
            Assert.AreEqual(RecordFlags.ClockStep, freeze.Flags);
        }

        bench.Run(2 * 3600, 60);
        Assert.AreEqual(jumped + 1, bench.FreezeCount(FreezeKind.Daily));
        Assert.IsTrue(freeze.TryRead(FreezeKind.Daily, 1));
        Assert.AreEqual(Midnight + 401L * Day + (jumpSeconds / Day) * (long)Day, freeze.NominalUtcSeconds);
        Assert.AreEqual(0, freeze.Flags);
        Assert.AreEqual(1, bench.ClockSteps);
        Assert.AreEqual((1800 + 60 + 7200) * 1000L / 3600, bench.Meter.Registers.TotalWattHours(EnergyKind.Import));
    }

    [TestMethod]
    public void APowerLossInTheMiddleOfADemandWindowGivesNoMaximumAndKeepsTheOneBefore()
    {
        RecorderBench bench = new RecorderBench(Midnight + 10 * 3600).Start(false);
        bench.Run(900, 60);
        for (int minute = 0; minute < 10; minute++)
        {
            bench.Step(60_000, 60 * 9 * RecorderBench.Kilowatt);
        }

        bench.Outage(60);
        for (int minute = 0; minute < 4; minute++)
        {
            bench.Step(60_000, 60 * 9 * RecorderBench.Kilowatt);
        }

        Assert.AreEqual(1_000_000L, bench.Meter.ImportDemand.MaximumMilliwatts);
        bench.Run(900, 60);
        Assert.AreEqual(1_000_000L, bench.Meter.ImportDemand.MaximumMilliwatts);
        Assert.AreEqual(Midnight + 10 * 3600 + 900, bench.Meter.ImportDemand.MaximumUtcSeconds);
    }

    /// <summary>A maximum of before the calendar came is frozen with its value; its time is unknown and not of
    /// 1970.</summary>
    [TestMethod]
    public void AMaximumWithoutACalendarIsFrozenWithoutATime()
    {
        RecorderBench bench = new RecorderBench(Midnight + 12 * 3600);
        bench.Timed = false;
        bench.Start(false);
        bench.Run(1800, 60);
        bench.Timed = true;
        bench.Run(60, 60);
        Assert.IsTrue(bench.Recorder.Freezer.TryFreezeNow(FreezeKind.Instant, 0));
        Assert.IsTrue(bench.Recorder.Freezes.TryRead(FreezeKind.Instant, 1));
        Assert.IsTrue(bench.Recorder.Freezes.TryDemand(false, -1, out long milliwatts, out long ended));
        Assert.AreEqual(1_000_000L, milliwatts);
        Assert.AreEqual(0L, ended);
    }

    [TestMethod]
    public void ThreeSettlementDatesAMonthAndAFourthIsRefused()
    {
        SettlementDates dates = new SettlementDates();
        Assert.IsTrue(dates.TryAdd(1, 0));
        Assert.IsTrue(dates.TryAdd(10, 12));
        Assert.IsTrue(dates.TryAdd(28, 23));
        Assert.IsFalse(dates.TryAdd(15, 0));

        // From 2026-01-10T12:00 on it is that date's.
        Assert.AreEqual(20_454L * Day, dates.LatestLocal(20_463L * Day + 12 * 3600 - 1));
        Assert.AreEqual(20_463L * Day + 12 * 3600, dates.LatestLocal(20_463L * Day + 12 * 3600));
        Assert.AreEqual(20_450L * Day + 23 * 3600, dates.LatestLocal(20_454L * Day - 1));
    }

    [TestMethod]
    public void ASettlementFreezesCostAndClearsDemandAndCost()
    {
        RecorderBench bench = new RecorderBench(Midnight + 30 * Day + 20 * 3600).Start(false);
        bench.Run(5 * 3600, 60);
        FreezeReader freeze = bench.Recorder.Freezes;
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Settlement));
        Assert.IsTrue(freeze.TryRead(FreezeKind.Settlement, 1));
        Assert.AreEqual(Midnight + 31 * Day, freeze.NominalUtcSeconds);

        // 2 h peak at 0.617, 2 h valley at 0.307.
        Assert.AreEqual(12_340L, freeze.ImportCost(0, 0));
        Assert.AreEqual(6_140L, freeze.ImportCost(1, 0));
        Assert.IsTrue(freeze.TryDemand(false, 0, out long demand, out long ended));
        Assert.AreEqual(1_000_000L, demand);
        Assert.AreEqual(3_070L, bench.Meter.ImportCost.Total());
        Assert.IsTrue(bench.Meter.ImportDemand.MaximumUtcSeconds > Midnight + 31 * Day);
        Assert.AreEqual(5000L, bench.Meter.Registers.TotalWattHours(EnergyKind.Import));
    }

    [TestMethod]
    public void APowerCutBetweenSettlementAndCheckpointDoesNotBringTheOldMaximumBack()
    {
        RecorderBench bench = new RecorderBench(Midnight + 30 * Day + 23 * 3600).Start(false);
        bench.Run(1800, 60);
        bench.Checkpoint();
        Assert.IsTrue(bench.Meter.ImportDemand.MaximumMilliwatts > 0);

        // The settlement is durable, the checkpoint after it never happens: restart from the older one.
        for (int i = 0; i < 1860; i += 60)
        {
            bench.Reading.ImportMicrojoules[0] = 60 * RecorderBench.Kilowatt;
            bench.NowMs += 60_000;
            bench.UtcMs += 60_000;
            bench.Meter.Accept(bench.NowMs, true, bench.UtcMs, bench.Reading);
        }

        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Settlement));
        bench.NowMs = 0;
        bench.UtcMs += 10_000;
        bench.Start(true);
        Assert.AreEqual(0L, bench.Meter.ImportDemand.MaximumMilliwatts);
        Assert.AreEqual(0L, bench.Meter.ImportCost.Total());
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Settlement));
    }

    /// <summary>The month's last interval record is in the log as well: it brings the registers up to the settlement's
    /// own second, and the maxima and costs are still those of before.</summary>
    [TestMethod]
    public void APowerCutBetweenSettlementAndCheckpointClearsAlsoWhenTheLastIntervalIsInTheLog()
    {
        RecorderBench bench = new RecorderBench(Midnight + 30 * Day + 23 * 3600).Start(false);
        bench.Run(2700, 60);
        bench.Checkpoint();
        Assert.IsTrue(bench.Meter.ImportDemand.MaximumMilliwatts > 0);
        for (int i = 0; i < 900; i += 60)
        {
            bench.Reading.ImportMicrojoules[0] = 60 * RecorderBench.Kilowatt;
            bench.NowMs += 60_000;
            bench.UtcMs += 60_000;
            bench.Meter.Accept(bench.NowMs, true, bench.UtcMs, bench.Reading);
        }

        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Settlement));
        bench.NowMs = 0;
        bench.UtcMs += 10_000;
        bench.StartRolledForward();
        Assert.AreEqual(1000L, bench.Meter.Registers.TotalWattHours(EnergyKind.Import));
        Assert.AreEqual(0L, bench.Meter.ImportDemand.MaximumMilliwatts);
        Assert.AreEqual(0L, bench.Meter.ImportCost.Total());
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Settlement));
    }

    [TestMethod]
    public void ASettlementAsksForACheckpointInItsOwnTickAndOnce()
    {
        RecorderBench bench = new RecorderBench(Midnight + 31 * Day - 60).Start(false);
        bench.Run(30, 10);
        Assert.IsFalse(bench.Recorder.WantsCheckpoint);
        bench.NowMs += 30_000;
        bench.UtcMs += 30_000;
        bench.Meter.Accept(bench.NowMs, true, bench.UtcMs, bench.Reading);
        Assert.IsTrue(bench.Recorder.WantsCheckpoint);
        bench.Checkpoint();
        Assert.IsFalse(bench.Recorder.WantsCheckpoint);
        bench.Run(3600, 60);
        Assert.IsFalse(bench.Recorder.WantsCheckpoint);
    }

    /// <summary>The reading that crosses midnight leaves half a second's cost in the new month; the state saved in that
    /// second is of after the settlement.</summary>
    [TestMethod]
    public void CostOfTheSettlementsOwnSecondSurvivesARestart()
    {
        RecorderBench bench =
            new RecorderBench(Midnight + 31 * Day - 10) { UtcMs = (Midnight + 31 * Day - 10) * 1000 + 500 };
        bench.Start(false);
        for (int i = 0; i < 10; i++)
        {
            bench.Step(1000, 30 * RecorderBench.Kilowatt);
        }

        long cost = bench.Meter.ImportCost.Total();
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Settlement));
        Assert.IsTrue(cost > 0);
        bench.Outage(60);
        Assert.AreEqual(cost, bench.Meter.ImportCost.Total());
    }

    [TestMethod]
    [DataRow(20, 5)]
    [DataRow(5, 20)]
    public void OfTwoChangesOfTheDatesTheLaterOneCounts(int oneDay, int otherDay)
    {
        RecorderBench bench = new RecorderBench(Midnight + 31 * Day - 60).Start(false);
        bench.Run(120, 60);
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Settlement));
        bench.Checkpoint();
        bench.Parts.Freezes.Settlements.Clear();
        Assert.IsTrue(bench.Parts.Freezes.Settlements.TryAdd(15, 0));

        // Back on 22 February: the 15th lies before the change of the 20th.
        bench.NowMs = 0;
        bench.UtcMs = (Midnight + (31 + 21L) * Day) * 1000;
        bench.StartWithDates(Midnight + (30L + oneDay) * Day, Midnight + (30L + otherDay) * Day);
        bench.Run(3600, 60);
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Settlement));
    }

    [TestMethod]
    public void InstantAndTableSwitchFreezesHoldTheRegistersOfTheirMoment()
    {
        RecorderBench bench = new RecorderBench(Midnight + 3600).Start(false);
        bench.Run(3600, 60);
        Assert.IsTrue(bench.Recorder.Freezer.TryFreezeNow(FreezeKind.Instant, 0));
        bench.Run(1800, 60);
        bench.Recorder.OnTableSwitch(15, 0);
        FreezeReader freeze = bench.Recorder.Freezes;
        Assert.IsTrue(freeze.TryRead(FreezeKind.Instant, 1));
        Assert.AreEqual(1000L, freeze.WattHours(EnergyKind.Import, -1));
        Assert.IsTrue(freeze.TryRead(FreezeKind.TableSwitch, 1));
        Assert.AreEqual(1500L, freeze.WattHours(EnergyKind.Import, -1));
    }

    [TestMethod]
    public void WithoutACalendarNothingIsFrozenAndTheMissedDayIsMadeUpWhenItIsBack()
    {
        RecorderBench bench = new RecorderBench(Midnight + 23 * 3600).Start(false);
        bench.Run(1800, 60);
        bench.Timed = false;
        bench.Run(3600, 60);
        Assert.AreEqual(0L, bench.FreezeCount(FreezeKind.Daily));
        bench.Timed = true;
        bench.Run(60, 60);
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Daily));
    }
}
