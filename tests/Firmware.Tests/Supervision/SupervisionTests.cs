using MeterFirmware.Basics;
using MeterFirmware.Storage;
using MeterFirmware.Supervision;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Supervision;

[TestClass]
public class SupervisionTests
{
    private static readonly string[] _parts = { "sensor", "link" };

    [TestMethod]
    public void ASilentPartIsNamedAndTheNameSurvivesTheRestart()
    {
        RamBlockStore flash = new RamBlockStore(2, 128);
        SoftwareWatchdog watchdog = Open(flash);
        Assert.IsNull(watchdog.LastCause);
        for (long now = 0; now <= 20_000; now += 1_000)
        {
            watchdog.Feed(0, now);
            Assert.IsFalse(watchdog.Tick(now));
        }

        watchdog.Feed(0, 20_001);
        Assert.IsTrue(watchdog.Tick(20_001));
        Assert.AreEqual("link", watchdog.Cause);
        SoftwareWatchdog next = Open(flash);
        Assert.AreEqual("link", next.LastCause);
        Assert.AreEqual(1, next.RestartsTotal);
        Assert.IsNull(Open(flash).LastCause, "the restart after that was not the watchdog's");
    }

    [TestMethod]
    public void RestartsInARowWaitLongerAndLongerUntilAnHourWentWell()
    {
        RamBlockStore flash = new RamBlockStore(2, 128);
        Assert.AreEqual(20_001L, TickUntilRestart(Open(flash)));
        Assert.AreEqual(40_001L, TickUntilRestart(Open(flash)));
        Assert.AreEqual(80_001L, TickUntilRestart(Open(flash)));
        SoftwareWatchdog well = Open(flash);
        for (long now = 0; now <= 3_600_000; now += 1_000)
        {
            well.Feed(0, now);
            well.Feed(1, now);
            Assert.IsFalse(well.Tick(now));
        }

        Assert.AreEqual(20_001L, TickUntilRestart(Open(flash)));
        Assert.AreEqual(4, Open(flash).RestartsTotal);
    }

    [TestMethod]
    public void APartThatIsSilentForHoursOnlyIsNoGoodRunning()
    {
        RamBlockStore flash = new RamBlockStore(2, 128);
        for (int restart = 0; restart < 3; restart++)
        {
            SoftwareWatchdog watchdog = new SoftwareWatchdog(
                new CheckpointStore(flash, SoftwareWatchdog.StateBytes), _parts, new[] { 10_000, 7_200_000 });
            watchdog.Open();
            long now = 0;
            while (!watchdog.Tick(now))
            {
                now += 1_000;
                watchdog.Feed(0, now);
            }

            Assert.AreEqual((7_200_000L << restart) + 1_000, now);
        }
    }

    [TestMethod]
    public void AStalledLoopIsSeenFromOutside()
    {
        SoftwareWatchdog watchdog = Open(new RamBlockStore(2, 128));
        Assert.IsFalse(watchdog.IsStalled(99_999, 1_000));
        watchdog.Tick(100_000);
        Assert.IsFalse(watchdog.IsStalled(101_000, 1_000));
        Assert.IsTrue(watchdog.IsStalled(101_001, 1_000));
    }

    [TestMethod]
    public void TheLogKeepsTheNewestEntriesOfItsLevel()
    {
        RingLog log = new RingLog(4);
        for (int i = 0; i < 10; i++)
        {
            log.Write(1_000 + i, LogLevel.Warning, "count", i);
        }

        log.Write(2_000, LogLevel.Debug, "chatter", 0);
        Assert.AreEqual(10L, log.NextNumber);
        Assert.AreEqual(6L, log.OldestNumber);
        ByteTextWriter line = new ByteTextWriter(100);
        Assert.IsFalse(log.TryWriteLine(line, 5));
        Assert.IsTrue(log.TryWriteLine(line, 9));
        Assert.AreEqual("1.009 warning count 9\r\n", Text(line));
    }

    [TestMethod]
    public void OldEntriesGiveWayToATextForWhichThereIsNoPlace()
    {
        RingLog log = new RingLog(48);
        int total = 3 * RingLog.TextsMax + 5;
        for (int i = 0; i < total; i++)
        {
            log.Write(i, LogLevel.Error, "text " + (i / 2).ToString(), i);
            Assert.IsTrue(log.NextNumber - log.OldestNumber <= 2 * RingLog.TextsMax);
        }

        // Two entries a text: the newest 16 texts are there, each with its own entries.
        ByteTextWriter line = new ByteTextWriter(100);
        Assert.AreEqual((long)(total - 2 * RingLog.TextsMax + 1), log.OldestNumber);
        for (long number = log.OldestNumber; number < log.NextNumber; number++)
        {
            line.Clear();
            Assert.IsTrue(log.TryWriteLine(line, number));
            Assert.Contains(" error text " + (number / 2).ToString() + " " + number.ToString() + "\r\n", Text(line));
        }

        // Texts that come again and again use none up.
        for (int i = 0; i < 100; i++)
        {
            log.Write(i, LogLevel.Error, "text " + (i % 5).ToString(), i);
        }

        Assert.AreEqual(48L, log.NextNumber - log.OldestNumber);
    }

    [TestMethod]
    public void TheLogIsReadInPiecesThatFit()
    {
        RingLog log = new RingLog(16);
        for (int i = 0; i < 10; i++)
        {
            log.Write(i, LogLevel.Error, "x", i);
        }

        ByteTextWriter writer = new ByteTextWriter(600);
        writer.BeginObject();
        log.WriteJson(writer, 0, 500);
        writer.EndObject();
        Assert.IsFalse(writer.Overflowed);
        Assert.Contains("{\"n\":0,\"ms\":0,\"level\":\"error\",\"text\":\"x\",\"value\":0}", Text(writer));
        Assert.IsTrue(Text(writer).IndexOf("\"n\":9,") < 0);
        writer.Clear();
        writer.BeginObject();
        log.WriteJson(writer, 8, 500);
        writer.EndObject();
        Assert.Contains("\"next\":10}", Text(writer));
    }

    [TestMethod]
    public void TheHealthReportNamesTheLongestLoopOnce()
    {
        HealthReport health = new HealthReport(null, null, null);
        health.NoteTick(1_000);
        health.NoteTick(1_010);
        health.NoteTick(1_250);
        health.NoteTick(4_250);
        health.NoteTick(4_260);
        ByteTextWriter writer = new ByteTextWriter(400);
        writer.BeginObject();
        health.WriteJson(writer);
        writer.EndObject();
        Assert.Contains("\"uptimeSeconds\":3,", Text(writer));
        Assert.Contains("\"loopMsMax\":3000,", Text(writer));
        Assert.AreEqual(0L, health.LoopMsMax);
    }

    [TestMethod]
    public void TheHealthReportHoldsJournalTimeAndWatchdog()
    {
        JournalLayout layout = new JournalLayout(1);
        Journal journal = new Journal(new RamBlockStore(4, 256), layout, 32);
        journal.Open(1);
        journal.TryAppend(1, new byte[4], 0, 4, out long _);
        HealthReport health = new HealthReport(journal, new TimeKeeper(new BoardClock()),
            Open(new RamBlockStore(2, 128)));
        ByteTextWriter writer = new ByteTextWriter(800);
        writer.BeginObject();
        health.WriteJson(writer);
        writer.EndObject();
        Assert.Contains("\"journal\":{\"unacknowledged\":1,\"dropped\":0,\"erasesMax\":0,", Text(writer));
        Assert.Contains("\"time\":{\"source\":\"none\",", Text(writer));
        Assert.Contains("\"watchdog\":{\"lastCause\":null,\"restarts\":0}}", Text(writer));
    }

    private static SoftwareWatchdog Open(RamBlockStore flash)
    {
        SoftwareWatchdog watchdog = new SoftwareWatchdog(
            new CheckpointStore(flash, SoftwareWatchdog.StateBytes), _parts, new[] { 10_000, 20_000 });
        watchdog.Open();
        return watchdog;
    }

    private static long TickUntilRestart(SoftwareWatchdog watchdog)
    {
        for (long now = 0; now < 1_000_000; now++)
        {
            watchdog.Feed(0, now);
            if (watchdog.Tick(now))
            {
                return now;
            }
        }

        return -1;
    }

    private static string Text(ByteTextWriter writer)
    {
        char[] characters = new char[writer.Length];
        for (int i = 0; i < characters.Length; i++)
        {
            characters[i] = (char)writer.Bytes[i];
        }

        return new string(characters);
    }
}
