using System;
using MeterFirmware.Basics;
using MeterFirmware.Storage.Records;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Storage;

[TestClass]
public class RecordLayoutTests
{
    [TestMethod]
    [DataRow(0L, 1)]
    [DataRow(-1L, 1)]
    [DataRow(63L, 1)]
    [DataRow(64L, 2)]
    [DataRow(-65L, 2)]
    [DataRow(1_767_225_600L, 5)]
    [DataRow(long.MaxValue, 10)]
    [DataRow(long.MinValue, 10)]
    public void AVarIntTakesOnlyTheBytesItNeeds(long value, int length)
    {
        byte[] bytes = new byte[VarInt.BytesMax];
        Assert.AreEqual(length, VarInt.Write(bytes, 0, value));
        int at = 0;
        Assert.IsTrue(VarInt.TryRead(bytes, ref at, length, out long read));
        Assert.AreEqual(value, read);
        Assert.AreEqual(length, at);
        at = 0;
        Assert.IsFalse(VarInt.TryRead(bytes, ref at, length - 1, out long _), "cut");
    }

    [TestMethod]
    public void AVarIntOfMoreThan64BitsIsRefused()
    {
        byte[] bytes = { 255, 255, 255, 255, 255, 255, 255, 255, 255, 2 };
        int at = 0;
        Assert.IsFalse(VarInt.TryRead(bytes, ref at, 10, out long _));
        bytes[9] = 0x81;
        at = 0;
        Assert.IsFalse(VarInt.TryRead(bytes, ref at, 10, out long _));
    }

    [TestMethod]
    public void AnIntervalRecordRoundTripsAndNoFirstPartOfItIsTaken()
    {
        IntervalRecord record = new IntervalRecord
        {
            StartUtcSeconds = 1_767_225_600,
            EndUtcSeconds = 1_767_226_500,
            Flags = RecordFlags.Incomplete | RecordFlags.PowerLoss,
            Rate = 62,
            OffsetSeconds = -12_600,
            PhaseCount = 3,
            ImportWattHours = 987_654_321_012,
            ExportWattHours = 7,
            ImportMilliwattHours = 57_500_250,
            ExportMilliwattHours = 0,
            FrequencyMillihertz = 49_987,
        };
        for (int phase = 0; phase < 3; phase++)
        {
            record.ReactiveVarHours[phase + 1] = 1000 * phase;
            record.VoltageMillivolts[phase] = 230_000 + phase;
            record.VoltageMillivoltsMin[phase] = 228_000 + phase;
            record.VoltageMillivoltsMax[phase] = 231_000 + phase;
            record.CurrentMilliamps[phase] = 10_000 + phase;
            record.ActivePowerMilliwatts[phase] = -2_300_000 - phase;
        }

        byte[] bytes = new byte[IntervalRecord.BytesMax + 3];
        int count = record.Write(bytes, 3);
        Assert.IsTrue(count <= 90, "three phases in 90 bytes");
        IntervalRecord read = new IntervalRecord();
        for (int cut = 0; cut < count; cut++)
        {
            Assert.IsFalse(read.TryRead(bytes, 3, cut));
        }

        Assert.IsTrue(read.TryRead(bytes, 3, count));
        byte[] again = new byte[IntervalRecord.BytesMax];
        Assert.AreEqual(count, read.Write(again, 0));
        for (int i = 0; i < count; i++)
        {
            Assert.AreEqual((int)bytes[i + 3], (int)again[i]);
        }

        Assert.AreEqual(1_767_226_500L, read.EndUtcSeconds);
        Assert.AreEqual(228_002, read.VoltageMillivoltsMin[2]);
        Assert.AreEqual(-2_300_001, read.ActivePowerMilliwatts[1]);
        Assert.AreEqual(-12_600, read.OffsetSeconds);
    }

    [TestMethod]
    public void APlainIntervalSavesThreeBytesAndTheFormBeforeItIsStillRead()
    {
        IntervalRecord record = new IntervalRecord
        {
            StartUtcSeconds = 1_767_225_600,
            EndUtcSeconds = 1_767_226_500,
            OffsetSeconds = 28_800,
            ImportWattHours = 20_000_000,
            ImportMilliwattHours = 125_000,
        };
        byte[] bytes = new byte[IntervalRecord.BytesMax];
        int plain = record.Write(bytes, 0);
        IntervalRecord read = new IntervalRecord { Flags = 1, ExportMilliwattHours = 1 };
        Assert.IsTrue(read.TryRead(bytes, 0, plain));
        Assert.AreEqual(1_767_226_500L, read.EndUtcSeconds);
        Assert.AreEqual(0, read.Flags);
        Assert.AreEqual(0L, read.ExportMilliwattHours);
        Assert.AreEqual(125_000L, read.ImportMilliwattHours);
        record.Flags = RecordFlags.Incomplete;
        record.ExportMilliwattHours = 1;
        Assert.AreEqual(plain + 3, record.Write(bytes, 0));
        record.Flags = 0;
        record.ExportMilliwattHours = 0;

        // Version 2, one phase, on quarter hours, as firmware before the short form wrote it: length and flags follow
        // the start (4 bytes) and the zone, nothing exported follows the import.
        int count = record.Write(bytes, 0);
        byte[] before = new byte[count + 3];
        int at = Copy(bytes, 0, before, 0, 5);
        before[1] = 1 | 4;
        before[at++] = 2;
        at = Copy(bytes, 5, before, at, 1);
        Assert.IsTrue(bytes[5] == 64 && at == 7, "the zone takes a byte");
        before[at++] = 0;
        at = Copy(bytes, 6, before, at, 1 + 4 + 1 + 3);
        before[at++] = 0;
        at = Copy(bytes, 15, before, at, count - 15);
        Assert.IsTrue(read.TryRead(before, 0, at));
        Assert.AreEqual(1_767_226_500L, read.EndUtcSeconds);
        Assert.AreEqual(28_800, read.OffsetSeconds);
        Assert.AreEqual(20_000_000L, read.ImportWattHours);
        Assert.AreEqual(125_000L, read.ImportMilliwattHours);
    }

    private static int Copy(byte[] from, int offset, byte[] to, int at, int count)
    {
        Array.Copy(from, offset, to, at, count);
        return at + count;
    }

    [TestMethod]
    public void TheLongestRecordsFitTheirStatedSize()
    {
        IntervalRecord record = new IntervalRecord
        {
            StartUtcSeconds = long.MinValue,
            EndUtcSeconds = -1,
            Flags = int.MinValue,
            Rate = int.MinValue,
            OffsetSeconds = int.MinValue,
            PhaseCount = 3,
            ImportWattHours = long.MinValue,
            ExportWattHours = long.MinValue,
            ImportMilliwattHours = long.MinValue,
            ExportMilliwattHours = long.MinValue,
            FrequencyMillihertz = int.MinValue,
        };
        for (int i = 0; i < 4; i++)
        {
            record.ReactiveVarHours[i] = long.MinValue;
        }

        Assert.IsTrue(record.Write(new byte[IntervalRecord.BytesMax], 0) <= IntervalRecord.BytesMax);
        EventRecord happened = new EventRecord { Code = int.MinValue, Flags = int.MinValue, ValueCount = 8 };
        for (int i = 0; i < 8; i++)
        {
            happened.Values[i] = long.MinValue;
        }

        Assert.IsTrue(happened.Write(new byte[EventRecord.BytesMax], 0) <= EventRecord.BytesMax);
    }

    [TestMethod]
    public void AnEventRecordRoundTripsAndNoFirstPartOfItIsTaken()
    {
        EventRecord record = new EventRecord
        {
            Code = 4711,
            Phase = 2,
            StartUtcSeconds = 1_767_225_600,
            EndUtcSeconds = 1_767_225_660,
            Flags = RecordFlags.Untimed,
            OffsetSeconds = 28_800,
            ValueCount = 2,
        };
        record.Values[0] = -5;
        record.Values[1] = 198_000;
        byte[] bytes = new byte[EventRecord.BytesMax];
        int count = record.Write(bytes, 0);
        EventRecord read = new EventRecord();
        for (int cut = 0; cut < count; cut++)
        {
            Assert.IsFalse(read.TryRead(bytes, 0, cut));
        }

        Assert.IsTrue(read.TryRead(bytes, 0, count));
        Assert.AreEqual(4711, read.Code);
        Assert.AreEqual(2, read.Phase);
        Assert.AreEqual(1_767_225_660L, read.EndUtcSeconds);
        Assert.AreEqual(RecordFlags.Untimed, read.Flags);
        Assert.AreEqual(28_800, read.OffsetSeconds);
        Assert.AreEqual(-5L, read.Values[0]);
        Assert.AreEqual(198_000L, read.Values[1]);
        bytes[2] = 9;
        Assert.IsFalse(read.TryRead(bytes, 0, count), "more values than an event can carry");
    }
}
