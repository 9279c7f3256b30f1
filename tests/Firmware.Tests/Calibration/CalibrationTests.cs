using System;
using MeterFirmware.Basics;
using MeterFirmware.Calibration;
using MeterFirmware.Carbon;
using MeterFirmware.Catalogue;
using MeterFirmware.Firmware.Tests.History;
using MeterFirmware.History;
using MeterFirmware.Metering;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Calibration;

[TestClass]
public class CalibrationTests
{
    private const long Start = RecorderBench.Midnight + 10 * 3600;

    [TestMethod]
    public void ACalibrationIsAnEventAndOldRecordsAreKept()
    {
        RecorderBench bench = new RecorderBench(Start);
        bench.Parts.Factors = new EmissionFactors();
        bench.Start(false);
        for (int i = 1; i <= 6; i++)
        {
            Assert.IsTrue(bench.Recorder.TryAddCalibration(Record(i)));
        }

        bench.Outage(60);
        CalibrationRecord read = new CalibrationRecord();
        for (int last = 1; last <= 5; last++)
        {
            Assert.IsTrue(bench.Recorder.TryReadCalibration(last, read));
            Assert.AreEqual(7 - last, read.Get(1, CalibrationRecord.Phase));
            Assert.AreEqual(3, read.Instrument.Length);
            Assert.AreEqual(2_000, read.UncertaintyMillionths);
            Assert.AreEqual(-12_345, read.Get(1, CalibrationRecord.ErrorBefore));
        }

        Assert.IsFalse(bench.Recorder.TryReadCalibration(6, read));
        Assert.AreEqual(6L, bench.Recorder.Events.Count(EventCode.CalibrationChanged, 0));
        Assert.AreEqual(2_000, bench.Recorder.Carbon.EnergyUncertaintyMillionths);
    }

    [TestMethod]
    public void ACalibrationWithoutTraceabilityIsRefused()
    {
        RecorderBench bench = new RecorderBench(Start).Start(false);
        CalibrationRecord record = Record(1);
        record.Certificate = new byte[0];
        Assert.IsFalse(bench.Recorder.TryAddCalibration(record));
        record = Record(1);
        record.DueUtcSeconds = record.UtcSeconds;
        Assert.IsFalse(bench.Recorder.TryAddCalibration(record));
        Assert.AreEqual(0L, bench.Recorder.Events.Count(EventCode.CalibrationChanged, 0));
    }

    [TestMethod]
    public void AValueOfMoreThan32BitsIsRefusedInsteadOfCut()
    {
        byte[] bytes = new byte[CalibrationRecord.PayloadBytesMax + 16];
        int end = Record(1).Write(bytes, 0);
        Assert.IsTrue(new CalibrationRecord().TryRead(bytes, 0, end));

        // The uncertainty is the third number: 2^32 more would read as what it was.
        int at = 0;
        VarInt.TryRead(bytes, ref at, end, out long _);
        VarInt.TryRead(bytes, ref at, end, out long _);
        int behind = at;
        VarInt.TryRead(bytes, ref behind, end, out long uncertainty);
        byte[] wide = new byte[bytes.Length];
        Array.Copy(bytes, 0, wide, 0, at);
        int next = VarInt.Write(wide, at, uncertainty + (1L << 32));
        Array.Copy(bytes, behind, wide, next, end - behind);
        Assert.IsFalse(new CalibrationRecord().TryRead(wide, 0, next + end - behind));
    }

    [TestMethod]
    public void ARecordThatFirmwareWithOneRangeStoredIsStillRead()
    {
        // What meterctl calibrate made of 8000 ppm and 3 mrad before a record knew ranges, byte by byte.
        byte[] stored = new byte[]
        {
            0x80, 0x86, 0x9C, 0x9A, 0x0D, 0x80, 0xCC, 0xBA, 0x96, 0x01, 0xA6, 0x09, 0x06, 0x4C, 0x69, 0x20, 0x57, 0x65,
                0x69, 0x13,
            0x5A, 0x65, 0x72, 0x61, 0x20, 0x4D, 0x54, 0x33, 0x31, 0x30, 0x20, 0x35, 0x30, 0x30, 0x31, 0x32, 0x33, 0x34,
                0x35, 0x0E,
            0x43, 0x4E, 0x41, 0x53, 0x2D, 0x32, 0x30, 0x32, 0x36, 0x2D, 0x30, 0x34, 0x31, 0x37, 0x02, 0x00, 0x00, 0x80,
                0x80, 0x80,
            0x04, 0xF0, 0xF7, 0xFB, 0x03, 0xE4, 0xF7, 0xFB, 0x03, 0x00, 0x11, 0xBE, 0xA0, 0x01, 0xAC, 0x04,
        };
        RecorderBench bench = new RecorderBench(Start);
        bench.Parts.Factors = new EmissionFactors();
        bench.Start(false);
        RecordRing ring = new RecordRing(
            bench.Parts.Records, CalibrationRecord.PayloadBytesMax, bench.Parts.Limits.Depths());
        ring.Open();
        int at = ring.Begin(RecordSlot.Calibration, 1);
        for (int i = 0; i < stored.Length; i++)
        {
            ring.Buffer[at + i] = stored[i];
        }

        Assert.IsTrue(ring.TryCommit(at + stored.Length, 1_772_323_200));
        bench.Start(true);
        bench.Step(1000, 0);
        Assert.AreEqual(595, bench.Recorder.Carbon.EnergyUncertaintyMillionths);
        CalibrationRecord read = new CalibrationRecord();
        read.RowCount = 2;
        read.Set(0, CalibrationRecord.RangeGain, 77);
        Assert.IsTrue(bench.Recorder.TryReadCalibration(1, read));
        Assert.AreEqual(1, read.RowCount);
        Assert.AreEqual(1_772_323_200L, read.UtcSeconds);
        Assert.AreEqual(4_161_010, read.Get(0, CalibrationRecord.PowerGain));
        Assert.AreEqual(-9, read.Get(0, CalibrationRecord.Phase));
        Assert.AreEqual(10_271, read.Get(0, CalibrationRecord.ErrorBefore));
        Assert.AreEqual(278, read.Get(0, CalibrationRecord.ErrorAfter));
        Assert.AreEqual(0, read.Get(0, CalibrationRecord.RangeGain));
        Assert.AreEqual(stored.Length, read.Write(new byte[CalibrationRecord.PayloadBytesMax], 0),
            "and is written as it was");
    }

    [TestMethod]
    public void RangesComeBackAndACutRecordIsRefusedAtEveryByte()
    {
        CalibrationRecord record = Ranges(0, 1_000, 10_000);
        RecorderBench bench = new RecorderBench(Start).Start(false);
        Assert.IsTrue(bench.Recorder.TryAddCalibration(record));
        bench.Outage(60);
        CalibrationRecord read = new CalibrationRecord();
        Assert.IsTrue(bench.Recorder.TryReadCalibration(1, read));
        Assert.AreEqual(3, read.RowCount);
        for (int row = 0; row < 3; row++)
        {
            for (int column = 0; column < CalibrationRecord.ColumnCount; column++)
            {
                Assert.AreEqual(record.Get(row, column), read.Get(row, column));
            }
        }

        byte[] bytes = new byte[CalibrationRecord.PayloadBytesMax];
        int end = record.Write(bytes, 0);
        int plainEnd = end - 3 * 3 - 3; // three columns of three rows, three gains of two bytes
        for (int cut = 0; cut < end; cut++)
        {
            Assert.AreEqual(cut == plainEnd, new CalibrationRecord().TryRead(bytes, 0, cut));
        }

        Assert.IsFalse(new CalibrationRecord().TryRead(bytes, 0, end + 1));
    }

    [TestMethod]
    public void TheLargestRecordFitsItsBuffer()
    {
        CalibrationRecord record = Record(1);
        record.RowCount = CalibrationRecord.RowCountMax;
        for (int i = 0; i < CalibrationRecord.RowCountMax * CalibrationRecord.ColumnCount; i++)
        {
            record.Set(i / CalibrationRecord.ColumnCount, i % CalibrationRecord.ColumnCount, int.MinValue);
        }

        record.UtcSeconds = long.MinValue;
        record.DueUtcSeconds = 0;
        record.UncertaintyMillionths = int.MinValue;
        record.Operator = new byte[CalibrationRecord.TextBytesMax];
        record.Instrument = record.Operator;
        record.Certificate = record.Operator;
        byte[] bytes = new byte[CalibrationRecord.PayloadBytesMax];
        int end = record.Write(bytes, 0);
        Assert.IsTrue(new CalibrationRecord().TryRead(bytes, 0, end));
    }

    [TestMethod]
    [DataRow(0, 10_000, 1_000)]
    [DataRow(0, 1_000, 1_000)]
    [DataRow(100, 1_000, 10_000)]
    [DataRow(0, 0, 10_000)]
    [DataRow(0, -5, 10_000)]
    public void RangesThatOverlapAreUnsortedOrLackTheirFirstAreRefusedAndNothingChanges(int first, int second,
        int third)
    {
        RecorderBench bench = new RecorderBench(Start);
        bench.Parts.Factors = new EmissionFactors();
        bench.Start(false);
        int uncertainty = bench.Recorder.Carbon.EnergyUncertaintyMillionths;
        Assert.IsFalse(bench.Recorder.TryAddCalibration(Ranges(first, second, third)));
        Assert.AreEqual(0L, bench.Recorder.Events.Count(EventCode.CalibrationChanged, 0));
        Assert.IsFalse(bench.Recorder.TryReadCalibration(1, new CalibrationRecord()));
        Assert.AreEqual(uncertainty, bench.Recorder.Carbon.EnergyUncertaintyMillionths);
    }

    [TestMethod]
    public void AChannelThatComesTwiceIsRefused()
    {
        RecorderBench bench = new RecorderBench(Start).Start(false);
        CalibrationRecord record = Ranges(0, 0, 0);
        record.Set(1, CalibrationRecord.Channel, 1);
        Assert.IsFalse(bench.Recorder.TryAddCalibration(record), "0, 1, 0");
        record.Set(2, CalibrationRecord.Channel, 2);
        Assert.IsTrue(bench.Recorder.TryAddCalibration(record), "0, 1, 2");
    }

    private static CalibrationRecord Ranges(int first, int second, int third)
    {
        CalibrationRecord record = Record(1);
        record.RowCount = 3;
        int[] from = new int[] { first, second, third };
        for (int row = 0; row < 3; row++)
        {
            record.Set(row, CalibrationRecord.Channel, 0);
            record.Set(row, CalibrationRecord.FromMilliamps, from[row]);
            record.Set(row, CalibrationRecord.ErrorAfter, row - 1);
            record.Set(row, CalibrationRecord.RangeGain, 100 + row);
            record.Set(row, CalibrationRecord.RangeOffset, -row);
            record.Set(row, CalibrationRecord.RangePhase, 20 - row);
        }

        return record;
    }

    private static CalibrationRecord Record(int number)
    {
        CalibrationRecord record = new CalibrationRecord();
        record.UtcSeconds = Start + number;
        record.DueUtcSeconds = Start + 5L * 365 * 86_400;
        record.UncertaintyMillionths = 2_000;
        record.Operator = new byte[] { 65, 66 };
        record.Instrument = new byte[] { 65, 66, 67 };
        record.Certificate = new byte[] { 49 };
        record.RowCount = 2;
        record.Set(1, CalibrationRecord.Channel, 1);
        record.Set(1, CalibrationRecord.Phase, number);
        record.Set(1, CalibrationRecord.ErrorBefore, -12_345);
        return record;
    }
}
