using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.History;

/// <summary>Freezes reach the record log once each, whatever fails in between (facts/telemetry.md: "no interval is ever
/// lost or counted twice" holds for them as well).</summary>
[TestClass]
public class FreezePushTests
{
    private const int Day = 86_400;

    [TestMethod]
    public void DaysSettlementsInstantsAndTableSwitchesAreLoggedOnceAndHoursAreNot()
    {
        RefusingLog log = new RefusingLog();
        RecorderBench bench = Bench(RecorderBench.Midnight + 29 * Day, log);
        bench.Run(3 * Day, 900);
        bench.Recorder.Freezer.TryFreezeNow(FreezeKind.Instant, 0);
        bench.Recorder.OnTableSwitch(1, 0);
        bench.Run(900, 900);
        Assert.AreEqual(3, log.Count(FreezeKind.Daily));
        Assert.AreEqual(1, log.Count(FreezeKind.Settlement));
        Assert.AreEqual(RecorderBench.Midnight + 31 * Day, log.Freeze.NominalUtcSeconds);
        Assert.AreEqual(48_000L, log.Freeze.ImportWattHours);
        Assert.AreEqual(0, log.Freeze.Flags);
        Assert.AreEqual(1, log.Count(FreezeKind.Instant));
        Assert.AreEqual(1, log.Count(FreezeKind.TableSwitch));
        Assert.IsTrue(bench.FreezeCount(FreezeKind.Hourly) >= 72);
        Assert.AreEqual(0, log.Count(FreezeKind.Hourly));
    }

    [TestMethod]
    public void AMonthsEndInALongOutageIsLoggedAtPowerUpMarkedAndOnce()
    {
        RefusingLog log = new RefusingLog();
        RecorderBench bench = Bench(RecorderBench.Midnight + 20 * Day, log);
        bench.Run(Day, 900);
        bench.Outage(30L * Day);
        bench.Run(900, 60);
        Assert.AreEqual(1, log.Count(FreezeKind.Settlement));
        Assert.AreEqual(RecordFlags.PowerLoss, log.Freeze.Flags);
        Assert.AreEqual(RecorderBench.Midnight + 31 * Day, log.Freeze.NominalUtcSeconds);
        Assert.AreEqual(RecorderBench.Midnight + 51 * Day, log.Freeze.MadeUtcSeconds);
        Assert.AreEqual(24_000L, log.Freeze.ImportWattHours);

        // The day before the outage, and the seven that are made up.
        Assert.AreEqual(8, log.Count(FreezeKind.Daily));
        bench.Outage(600);
        bench.Run(900, 60);
        Assert.AreEqual(8, log.Count(FreezeKind.Daily));
        Assert.AreEqual(1, log.Count(FreezeKind.Settlement));
    }

    [TestMethod]
    public void ACutBehindTheLogAndBeforeTheCheckpointDoublesNothing()
    {
        RefusingLog log = new RefusingLog();
        RecorderBench bench = Bench(RecorderBench.Midnight - 1800, log);
        bench.Checkpoint();
        bench.Run(1800, 900);
        Assert.AreEqual(1, log.Count(FreezeKind.Daily));
        bench.Start(true);
        bench.Run(900, 900);
        Assert.AreEqual(1, log.Count(FreezeKind.Daily));
    }

    [TestMethod]
    public void ACutBetweenFreezeAndLogLosesNothing()
    {
        RefusingLog log = new RefusingLog();
        RecorderBench bench = Bench(RecorderBench.Midnight - 1800, log);
        bench.Checkpoint();
        log.Refuses = true;
        bench.Run(1800, 900);
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Daily));
        log.Refuses = false;
        bench.Start(true);
        Assert.AreEqual(1, log.Count(FreezeKind.Daily));
        Assert.AreEqual(1L, log.Freeze.Ordinal);
    }

    [TestMethod]
    public void ARefusingLogIsAskedOnceAMinuteUntilItTakesEverything()
    {
        RefusingLog log = new RefusingLog();
        RecorderBench bench = Bench(RecorderBench.Midnight - 900, log);
        log.Refuses = true;
        int before = log.Asked;
        bench.Run(900 + 600, 1);
        Assert.IsTrue(log.Asked - before >= 10 && log.Asked - before <= 11, (log.Asked - before).ToString());
        log.Refuses = false;
        bench.Run(61, 1);
        Assert.AreEqual(1, log.Count(FreezeKind.Daily));
    }

    [TestMethod]
    public void WithoutACheckpointOldFreezesAreNotSentASecondTime()
    {
        RefusingLog log = new RefusingLog();
        RecorderBench bench = Bench(RecorderBench.Midnight - 900, log);
        bench.Run(3 * Day, 900);
        Assert.AreEqual(3, log.Count(FreezeKind.Daily));
        bench.Start(false);
        bench.Run(Day, 900);
        Assert.AreEqual(4, log.Count(FreezeKind.Daily));
        Assert.AreEqual(4L, log.Freeze.Ordinal);
    }

    [TestMethod]
    public void AClockSetBackAcrossMidnightAndARestartSendTheDayOnce()
    {
        RefusingLog log = new RefusingLog();
        RecorderBench bench = Bench(RecorderBench.Midnight - 900, log);
        bench.Run(1800, 900);
        Assert.AreEqual(1, log.Count(FreezeKind.Daily));
        bench.UtcMs -= 1_800_000;
        bench.Run(600, 60);
        bench.Outage(60);
        bench.Run(1800, 60);
        Assert.AreEqual(1, log.Count(FreezeKind.Daily));
    }

    [TestMethod]
    public void WhatAClearRemovedIsNotOwed()
    {
        RefusingLog log = new RefusingLog();
        RecorderBench bench = Bench(RecorderBench.Midnight - 900, log);
        log.Refuses = true;
        bench.Run(1800, 900);
        bench.Recorder.ClearMeter();
        log.Refuses = false;
        bench.Run(Day, 900);
        Assert.AreEqual(1, log.Count(FreezeKind.Daily));
        Assert.AreEqual(2L, log.Freeze.Ordinal);
    }

    [TestMethod]
    public void ARecordIsReadAsItWasWrittenAndACutOneIsNot()
    {
        FreezeRecord record = new FreezeRecord
        {
            Kind = FreezeKind.Settlement,
            Ordinal = 12,
            Flags = RecordFlags.PowerLoss,
            NominalUtcSeconds = RecorderBench.Midnight,
            MadeUtcSeconds = RecorderBench.Midnight + 90_000,
            OffsetSeconds = 28_800,
            ImportWattHours = 99_999_999,
            ExportWattHours = 7,
        };
        byte[] bytes = new byte[FreezeRecord.BytesMax];
        int count = record.Write(bytes, 0);
        FreezeRecord read = new FreezeRecord();
        Assert.IsTrue(read.TryRead(bytes, 0, count));
        Assert.AreEqual(12L, read.Ordinal);
        Assert.AreEqual(RecorderBench.Midnight + 90_000, read.MadeUtcSeconds);
        Assert.AreEqual(99_999_999L, read.ImportWattHours);
        Assert.AreEqual(7L, read.ExportWattHours);
        for (int cut = 0; cut < count; cut++)
        {
            Assert.IsFalse(read.TryRead(bytes, 0, cut));
        }

        Assert.IsFalse(read.TryRead(bytes, 0, count + 1));
    }

    private static RecorderBench Bench(long utcSeconds, RefusingLog log)
    {
        RecorderBench bench = new RecorderBench(utcSeconds);
        bench.Parts.Outbox = log;
        return bench.Start(false);
    }
}
