using MeterFirmware.Commands;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.SmartMeter;

/// <summary>The load profile of a small flash, out of the records that wait for delivery or were delivered.</summary>
[TestClass]
public class JournalProfileTests
{
    [TestMethod]
    public void EveryIntervalIsARowOfEachClassInItsSpanOfTime()
    {
        ProductBench bench = new ProductBench();
        bench.Run(2 * 3600 + 5);
        JournalProfile profile = (JournalProfile)bench.Meter.OpenProfile();

        // 10:30 to 11:00 local, both ends inclusive: the rows of 10:30, 10:45 and 11:00.
        const long From = 1_767_234_600;
        profile.Seek(From, From + 1800);
        for (int row = 0; row < 3; row++)
        {
            Assert.IsTrue(profile.TryNext(1 << LoadProfile.VoltageCurrent, out long utcSeconds, out int flags));
            Assert.AreEqual(From + row * 900, utcSeconds);
            Assert.AreEqual(0, flags);
            AssertNear(230_000, 500, Value(profile, LoadProfile.VoltageCurrent, 0));
            AssertNear(5_000, 50, Value(profile, LoadProfile.VoltageCurrent, 1));
            AssertNear(50_000, 100, Value(profile, LoadProfile.VoltageCurrent, 2));
            Assert.IsFalse(profile.TryValue(LoadProfile.VoltageCurrent, 3, out long _));
            AssertNear(1_000_000, 10_000, Value(profile, LoadProfile.Power, 0));
            AssertNear(1_000_000, 10_000, Value(profile, LoadProfile.Power, 1));
            Assert.IsFalse(profile.TryValue(LoadProfile.Power, 2, out long _), "reactive power is not in the records");
            AssertNear(1_000_000, 1_000, Value(profile, LoadProfile.Demand, 0));
            Assert.AreEqual(0L, Value(profile, LoadProfile.Demand, 1));
        }

        Assert.IsFalse(profile.TryNext(1 << LoadProfile.VoltageCurrent, out long _, out int _));
        profile.Seek(From + 5400, long.MaxValue);
        Assert.IsTrue(profile.TryNext(1 << LoadProfile.Energy, out long end, out int _));
        Assert.AreEqual(From + 5400, end);
        Assert.AreEqual(From + 5400, profile.NewestUtcSeconds);
        Assert.AreEqual(bench.Product.Meter.Registers.TotalWattHours(EnergyKind.Import),
            Value(profile, LoadProfile.Energy, 0) + 1);
        profile.Seek(From, From);
        Assert.IsFalse(profile.TryNext(1 << LoadProfile.PowerFactor, out long _, out int _),
            "no power factor in the records");
    }

    /// <summary>Twenty minutes of another time, in a log of seven hours: every row whose end lies in the span is read,
    /// whatever order the clock gave them.</summary>
    [TestMethod]
    [DataRow(0L)]
    [DataRow(31_536_000L)]
    [DataRow(7200L)]
    [DataRow(-7200L)]
    public void ASpanHasAllItsRowsAcrossAStepOfTheClock(long aheadSeconds)
    {
        ProductBench bench = new ProductBench();
        bench.Run(3 * 3600);
        SetClock(bench, aheadSeconds);
        bench.Run(1200);
        SetClock(bench, -aheadSeconds);
        bench.Run(3 * 3600);
        JournalProfile profile = (JournalProfile)bench.Meter.OpenProfile();
        byte[] bytes = new byte[IntervalRecord.BytesMax];
        IntervalRecord record = new IntervalRecord();
        for (long from = 1_767_232_800; from < 1_767_232_800 + 6 * 3600; from += 1800)
        {
            long to = from + 5400;
            int expected = 0;
            for (long number = bench.Records.OldestNumber; number < bench.Records.NextNumber; number++)
            {
                bool isRow = bench.Records.TryRead(number, bytes, out int count, out int kind)
                    && kind == RecordKind.Interval && record.TryRead(bytes, 0, count)
                    && record.EndUtcSeconds % 900 == 0;
                expected += isRow && record.EndUtcSeconds >= from && record.EndUtcSeconds <= to ? 1 : 0;
            }

            int found = 0;
            profile.Seek(from, to);
            while (profile.TryNext(1 << LoadProfile.Energy, out long utcSeconds, out int _))
            {
                Assert.IsTrue(utcSeconds >= from && utcSeconds <= to);
                found++;
            }

            Assert.AreEqual(expected, found, "from " + (from - 1_767_232_800).ToString());
            Assert.IsTrue(expected >= 4, expected.ToString());
        }

        Assert.AreEqual(bench.UtcMs / 1000 / 900 * 900, profile.NewestUtcSeconds);
    }

    [TestMethod]
    public void AnIntervalThatEndsOffItsGridIsNoRow()
    {
        MemoryRecordLog log = new MemoryRecordLog(8, IntervalRecord.BytesMax);
        const long Quarter = 1_767_234_600;
        Add(log, Quarter - 900, Quarter, 0);
        Add(log, Quarter, Quarter + 130, RecordFlags.PowerLoss);
        Add(log, Quarter + 600, Quarter + 900, RecordFlags.Incomplete);
        Add(log, 0, 900, RecordFlags.Untimed);
        JournalProfile profile = new JournalProfile(log, 15);
        profile.Seek(0, long.MaxValue);
        Assert.IsTrue(profile.TryNext(1 << LoadProfile.Energy, out long first, out int _));
        Assert.AreEqual(Quarter, first);
        Assert.IsTrue(profile.TryNext(1 << LoadProfile.Energy, out long second, out int flags));
        Assert.AreEqual(Quarter + 900, second);
        Assert.AreEqual(RecordFlags.Incomplete, flags);
        Assert.IsFalse(profile.TryValue(LoadProfile.Demand, 0, out long _), "a part of an interval is no demand");
        Assert.IsFalse(profile.TryNext(1 << LoadProfile.Energy, out long _, out int _));
        Assert.AreEqual(Quarter + 900, profile.NewestUtcSeconds);
    }

    private static void SetClock(ProductBench bench, long bySeconds) => Assert.AreEqual(CommandRefusal.None,
        bench.Execute(CommandCode.Clock, "{\"utcSeconds\":" + (bench.UtcMs / 1000 + bySeconds).ToString() + "}"));

    private static void Add(MemoryRecordLog log, long start, long end, int flags)
    {
        byte[] bytes = new byte[IntervalRecord.BytesMax];
        IntervalRecord record = new IntervalRecord { StartUtcSeconds = start, EndUtcSeconds = end, Flags = flags };
        Assert.IsTrue(log.TryAppend(RecordKind.Interval, bytes, 0, record.Write(bytes, 0), out long _));
    }

    private static long Value(JournalProfile profile, int profileClass, int index)
    {
        Assert.IsTrue(profile.TryValue(profileClass, index, out long value));
        return value;
    }

    private static void AssertNear(long expected, long within, long actual) =>
        Assert.IsTrue(actual >= expected - within && actual <= expected + within, actual.ToString());
}
