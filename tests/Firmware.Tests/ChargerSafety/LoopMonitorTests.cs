using MeterFirmware.ChargerSafety;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.ChargerSafety;

[TestClass]
public class LoopMonitorTests
{
    [TestMethod]
    public void NothingIsKnownBeforeTheFirstSecond()
    {
        LoopMonitor monitor = new LoopMonitor();
        long nowMs = Run(monitor, 0, 990, 10);
        Assert.IsFalse(monitor.Holds);
        Assert.IsFalse(monitor.IsSlow, "and nothing bad is known");
        Run(monitor, nowMs, 20, 10);
        Assert.IsTrue(monitor.Holds);
        Assert.AreEqual(10_000, monitor.MeanMicroseconds);
    }

    [TestMethod]
    [DataRow(12, true)]
    [DataRow(13, false)]
    public void ALoopThatNeverHoldsItsRateNeverOffers(int periodMs, bool holds)
    {
        LoopMonitor monitor = new LoopMonitor();
        Run(monitor, 0, 60_000, periodMs);
        Assert.AreEqual(holds, monitor.Holds);
        Assert.AreEqual(!holds, monitor.IsSlow);
    }

    [TestMethod]
    public void OneBadSecondIsForgivenTwoAreNotAndTenGoodOnesMakeUpForThem()
    {
        LoopMonitor monitor = new LoopMonitor();
        long nowMs = Run(monitor, 0, 5_000, 10);
        nowMs = Run(monitor, nowMs, 1_000, 20);
        nowMs = Run(monitor, nowMs, 1_000, 10);
        Assert.IsTrue(monitor.Holds, "one");
        nowMs = Run(monitor, nowMs, 3_000, 20);
        Assert.IsFalse(monitor.Holds, "two");
        nowMs = Run(monitor, nowMs, 9_000, 10);
        Assert.IsFalse(monitor.Holds, "nine good ones");
        Run(monitor, nowMs, 3_000, 10);
        Assert.IsTrue(monitor.Holds);
    }

    [TestMethod]
    // A checkpoint that takes 100 ms, each second: named in the README, and no reason to stop.
    public void AFlashWriteNowAndThenIsNoSlowLoop()
    {
        LoopMonitor monitor = new LoopMonitor();
        long nowMs = Run(monitor, 0, 2_000, 10);
        for (int i = 0; i < 60; i++)
        {
            nowMs += 100;
            monitor.Note(nowMs);
            nowMs = Run(monitor, nowMs, 900, 10);
        }

        Assert.IsTrue(monitor.Holds);
        Assert.AreEqual(60L, monitor.LateCount);
        Assert.AreEqual(100, monitor.TakeLongest());
        Assert.AreEqual(0, monitor.LongestMs);
    }

    [TestMethod]
    public void ManyLateTicksAreASlowLoopWhateverTheMean()
    {
        LoopMonitor monitor = new LoopMonitor();
        long nowMs = Run(monitor, 0, 2_000, 10);
        for (int i = 0; i < 60; i++)
        {
            // 30 ms now and then, caught up by ticks in a row: 10 ms on average.
            nowMs += 30;
            monitor.Note(nowMs);
            monitor.Note(nowMs);
            monitor.Note(nowMs);
            nowMs = Run(monitor, nowMs, 50, 10);
        }

        Assert.IsFalse(monitor.Holds);
    }

    [TestMethod]
    [DataRow(5_000, true)]
    [DataRow(5_010, false)]
    // What was measured at start leaves the slices no room.
    public void ASafetyPartOfMoreThanHalfTheRateIsTooSlow(int microseconds, bool holds)
    {
        LoopMonitor monitor = new LoopMonitor();
        monitor.NoteStart(1_000, microseconds);
        Assert.AreEqual(microseconds, monitor.SafetyMicroseconds);
        Run(monitor, 0, 30_000, 10);
        Assert.AreEqual(holds, monitor.Holds);
    }

    private static long Run(LoopMonitor monitor, long nowMs, int milliseconds, int periodMs)
    {
        for (long end = nowMs + milliseconds; nowMs < end;)
        {
            nowMs += periodMs;
            monitor.Note(nowMs);
        }

        return nowMs;
    }
}
