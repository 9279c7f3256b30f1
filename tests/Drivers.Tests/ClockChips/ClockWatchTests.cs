using MeterFirmware.Drivers.ClockChips;
using MeterFirmware.Drivers.Twins;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.ClockChips;

[TestClass]
public class ClockWatchTests
{
    [TestMethod]
    public void AChipThatLostItsTimeIsSetByABetterOne()
    {
        ClockWatchBench bench = new ClockWatchBench();
        bench.Run(1, false);
        Assert.IsFalse(bench.Chip.TryReadUtc(out long _, out int _), "nothing is trusted yet");
        bench.HasTime = false;
        bench.Run(30, true);
        Assert.IsFalse(bench.Chip.TryReadUtc(out long _, out int _));
        bench.HasTime = true;
        bench.Run(1, true);
        Assert.IsTrue(bench.Chip.TryReadUtc(out long seconds, out int _));
        Assert.IsTrue(seconds - ClockWatchBench.Monday - bench.NowMs / 1000 <= 1);
        Assert.AreEqual(1, bench.Watch.TimesSet);
    }

    [TestMethod]
    public void AChipThatDriftsIsKeptWithinTwoSecondsAndSetNoOftenerThanNeeded()
    {
        ClockWatchBench bench = new ClockWatchBench();
        // A crystal of 20 ppm: 1.7 s a day.
        bench.Twin.FastPartsPerBillion = 20_000;
        for (int day = 0; day < 100; day++)
        {
            bench.Run(24, true);
            long aheadMs = bench.Watch.AheadMs;
            Assert.IsTrue(aheadMs <= 3_000 && aheadMs >= -1_000, "ahead " + aheadMs);
            Assert.IsFalse(bench.Watch.IsFarOff);
        }

        Assert.IsTrue(bench.Watch.TimesSet >= 50 && bench.Watch.TimesSet <= 101, "settings " + bench.Watch.TimesSet);
    }

    [TestMethod]
    [DataRow(300)]
    [DataRow(-1_900)]
    [DataRow(3_500)]
    [DataRow(6_000)]
    [DataRow(-12_000)]
    public void WhatAChipGainsIsMeasuredOverAMonthAndTrimmedAway(int gains)
    {
        ClockWatchBench bench = new ClockWatchBench();
        bench.Twin.FastPartsPerBillion = gains;
        bench.Run(24 * 32, true);
        AssertNear(gains, bench.Watch.FastPartsPerBillion, 300);
        Assert.IsTrue(bench.Chip is Ds3231Clock);
        Assert.IsTrue(((Ds3231Clock)bench.Chip).TryTrim(bench.Watch.FastPartsPerBillion, out int _));
        bench.Watch.MeasureAnew();
        bench.Run(24, true);
        Assert.AreEqual(0, bench.Watch.FastPartsPerBillion);
        bench.Run(24 * 32, true);
        AssertNear(0, bench.Watch.FastPartsPerBillion, 400);
        int timesSet = bench.Watch.TimesSet;
        bench.Run(24 * 20, true);
        Assert.IsTrue(bench.Watch.TimesSet - timesSet <= 1, "it keeps its time now");
    }

    [TestMethod]
    public void AWatchThatWasInterruptedGuessesNoTurn()
    {
        ClockWatchBench bench = new ClockWatchBench();
        bench.Run(26, true);
        long aheadMs = bench.Watch.AheadMs;
        // The watch of the next day begins; the next tick comes an hour later.
        bench.Run(22, true);
        bench.Pass(3_600_000);
        bench.Watch.Tick(bench.NowMs, true);
        bench.Run(1, true);
        AssertNear((int)aheadMs, (int)bench.Watch.AheadMs, ClockWatchBench.TickMs);
    }

    [TestMethod]
    public void AChipThatStandsStillIsComparedAllTheSame()
    {
        ClockWatchBench bench = new ClockWatchBench();
        bench.Run(1, true);
        bench.Twin.FastPartsPerBillion = -1_000_000_000;
        bench.Run(25, true);
        Assert.IsTrue(bench.Watch.IsFarOff);
        Assert.AreEqual(2, bench.Watch.TimesSet);
    }

    [TestMethod]
    public void AChipThatIsFarOffIsReportedAndSet()
    {
        ClockWatchBench bench = new ClockWatchBench();
        bench.Run(1, true);
        bench.Chip.SetUtc(ClockWatchBench.Monday + 100_000, 0);
        bench.Run(24, true);
        Assert.IsTrue(bench.Watch.IsFarOff);
        Assert.AreEqual(2, bench.Watch.TimesSet);
        bench.Run(24, true);
        Assert.IsFalse(bench.Watch.IsFarOff);
    }

    [TestMethod]
    public void AChipThatDoesNotAnswerIsAskedAgainTheNextDay()
    {
        ClockWatchBench bench = new ClockWatchBench();
        bench.Twin.Faults = TwinFault.Unplugged;
        bench.Run(25, true);
        Assert.AreEqual(0, bench.Watch.TimesSet);
        bench.Twin.Faults = TwinFault.None;
        bench.Run(25, true);
        Assert.AreEqual(1, bench.Watch.TimesSet);
        Assert.IsTrue(bench.Chip.TryReadUtc(out long _, out int _));
    }

    private static void AssertNear(int expected, int actual, int tolerance) => Assert.IsTrue(
        actual >= expected - tolerance && actual <= expected + tolerance, "expected " + expected + ", got " + actual);
}
