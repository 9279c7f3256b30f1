using MeterFirmware.Supervision;
using nanoFramework.TestFramework;

namespace MeterFirmware.Tests.Supervision;

[TestClass]
public class TimeKeeperTests
{
    private const long Utc = 1_790_000_000_000;
    private const long HourMs = 3_600_000;

    [TestMethod]
    public void WithoutAnyTimeTheClockSaysSo()
    {
        TimeKeeper time = new TimeKeeper(new BoardClock());
        time.Tick(1_000);
        Assert.IsFalse(time.TryReadUtc(out long utcSeconds, out int _));
        Assert.AreEqual(0L, utcSeconds);
        Assert.IsFalse(time.IsSet);
    }

    [TestMethod]
    public void TheBatteryClockGivesTheFirstTime()
    {
        BoardClock board = new BoardClock { IsValid = true, UtcSeconds = Utc / 1_000 };
        TimeKeeper time = new TimeKeeper(board);
        time.Tick(5_000);
        time.Tick(8_500);
        Assert.IsTrue(time.TryReadUtc(out long utcSeconds, out int milliseconds));
        Assert.AreEqual(Utc / 1_000 + 3, utcSeconds);
        Assert.AreEqual(500, milliseconds);
        Assert.AreEqual(TimeSource.Rtc, time.Source);
    }

    [TestMethod]
    public void ASmallErrorIsSlewedWithoutAStepAndTimeNeverRunsBackwards()
    {
        TimeKeeper time = Started();
        Assert.IsTrue(time.TryTakeStep(new TimeStep()));
        Assert.IsTrue(time.Offer(TimeSource.HeadEnd, 1_000, Utc + 1_000 - 3_000) == TimeAnswer.Slewing);
        Assert.IsFalse(time.TryTakeStep(new TimeStep()));
        long before = 0;
        for (long now = 1_000; now <= 1_000 + 3_000_000; now += 100)
        {
            time.Tick(now);
            long utcMs = UtcMs(time);
            Assert.IsTrue(utcMs >= before, "time ran backwards");
            before = utcMs;
        }

        Assert.AreEqual(Utc + 1_000 - 3_000 + 3_000_000, before);
        Assert.AreEqual(0L, time.SlewLeftMs);
    }

    [TestMethod]
    public void ALargeErrorIsAStepThatIsRecordedAndSetsTheBoard()
    {
        BoardClock board = new BoardClock();
        TimeKeeper time = new TimeKeeper(board);
        time.Tick(0);
        time.Offer(TimeSource.HeadEnd, 0, Utc);
        TimeStep step = new TimeStep();
        Assert.IsTrue(time.TryTakeStep(step));
        Assert.AreEqual(0L, step.BeforeUtcSeconds);
        Assert.IsTrue(time.Offer(TimeSource.Command, 10_000, Utc + 10_000 + 86_400_000) == TimeAnswer.Stepped);
        Assert.IsTrue(time.TryTakeStep(step));
        Assert.AreEqual(Utc / 1_000 + 10, step.BeforeUtcSeconds);
        Assert.AreEqual(Utc / 1_000 + 10 + 86_400, step.AfterUtcSeconds);
        Assert.AreEqual(TimeSource.Command, step.Source);
        Assert.AreEqual(2, board.Sets);
    }

    [TestMethod]
    public void ALessTrustedSourceIsNotHeardForAWhile()
    {
        TimeKeeper time = Started();
        Assert.IsTrue(time.Offer(TimeSource.Sntp, HourMs, Utc + HourMs + 2_000) == TimeAnswer.LessTrusted);
        Assert.IsTrue(time.Offer(TimeSource.Sntp, 37 * HourMs, Utc + 37 * HourMs + 2_000) == TimeAnswer.Slewing);
        Assert.AreEqual(1, time.RefusedOffers);
    }

    [TestMethod]
    public void OneForgedSntpAnswerDoesNotSetTheClock()
    {
        BoardClock board = new BoardClock { IsValid = true, UtcSeconds = Utc / 1_000 };
        TimeKeeper time = new TimeKeeper(board);
        time.Tick(0);
        Assert.IsTrue(time.Offer(TimeSource.Sntp, 1_000, Utc + HourMs) == TimeAnswer.NeedsConfirmation);
        Assert.IsTrue(time.Offer(TimeSource.Sntp, 2_000, Utc + HourMs) == TimeAnswer.NeedsConfirmation, "too soon");
        Assert.IsTrue(time.Offer(TimeSource.Sntp, 20_000, Utc + 20_000) == TimeAnswer.Kept, "the true time again");
        Assert.IsTrue(time.Offer(TimeSource.Sntp, 60_000, Utc + 60_000 + HourMs) == TimeAnswer.Stepped, "twice the same");
    }

    [TestMethod]
    public void ABroadcastMovesFiveMinutesOnceADayAndNeverFirst()
    {
        TimeKeeper unset = new TimeKeeper(new BoardClock());
        unset.Tick(0);
        Assert.IsTrue(unset.Offer(TimeSource.Broadcast, 0, Utc) == TimeAnswer.Refused);
        BoardClock board = new BoardClock { IsValid = true, UtcSeconds = Utc / 1_000 };
        TimeKeeper time = new TimeKeeper(board);
        time.Tick(0);
        Assert.IsTrue(time.Offer(TimeSource.Broadcast, 0, Utc + 300_001) == TimeAnswer.Refused);
        Assert.IsTrue(time.Offer(TimeSource.Broadcast, 0, Utc + 300_000) == TimeAnswer.Stepped);
        Assert.IsTrue(time.Offer(TimeSource.Broadcast, 1_000, Utc + 310_000) == TimeAnswer.Refused, "once a day");
        Assert.IsTrue(time.Offer(TimeSource.Broadcast, 24 * HourMs, Utc + 310_000 + 24 * HourMs) == TimeAnswer.Stepped);
    }

    [TestMethod]
    public void ADateOutsideOfThisCenturyIsRefused()
    {
        TimeKeeper time = Started();
        Assert.IsTrue(time.Offer(TimeSource.Command, 0, 0) == TimeAnswer.Refused);
        Assert.IsTrue(time.Offer(TimeSource.Command, 0, long.MaxValue) == TimeAnswer.Refused);
        Assert.AreEqual(Utc, UtcMs(time));
    }

    [TestMethod]
    public void DriftIsEstimatedAndTakenOut()
    {
        // An oscillator that loses 50 ppm: 4.32 s a day. The head-end tells the time every hour.
        TimeKeeper time = Started();
        long trueMs = 0;
        long nowMs = 0;
        for (int hour = 0; hour < 48; hour++)
        {
            trueMs += HourMs;
            nowMs = trueMs - trueMs / 20_000;
            time.Tick(nowMs);
            time.Offer(TimeSource.HeadEnd, nowMs, Utc + trueMs);
        }

        long error = time.DriftPartsPerBillion - 50_002;
        Assert.IsTrue(error < 100 && error > -100, "estimated drift in ppb: " + time.DriftPartsPerBillion.ToString());

        // Ten days alone: without the estimate 43 s would be missing.
        trueMs += 240 * HourMs;
        nowMs = trueMs - trueMs / 20_000;
        time.Tick(nowMs);
        long missing = Utc + trueMs - UtcMs(time);
        Assert.IsTrue(missing < 500 && missing > -500, "off by ms: " + missing.ToString());
    }

    private static TimeKeeper Started()
    {
        TimeKeeper time = new TimeKeeper(new BoardClock());
        time.Tick(0);
        Assert.IsTrue(time.Offer(TimeSource.HeadEnd, 0, Utc) == TimeAnswer.Stepped);
        return time;
    }

    private static long UtcMs(TimeKeeper time)
    {
        Assert.IsTrue(time.TryReadUtc(out long utcSeconds, out int milliseconds));
        return utcSeconds * 1_000 + milliseconds;
    }
}
