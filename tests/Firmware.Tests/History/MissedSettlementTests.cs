using MeterFirmware.Basics;
using MeterFirmware.Firmware.Tests.SmartMeter;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.History;

/// <summary>facts/metering-rules.md, row "settlement": at least 12 are kept, so 12 can be made up.</summary>
[TestClass]
public class MissedSettlementTests
{
    private const long Midnight = RecorderBench.Midnight;
    private const int Day = 86_400;

    /// <summary>The first of them holds what was consumed until the outage, the others nothing.</summary>
    [TestMethod]
    [DataRow(75, 3)]
    [DataRow(500, 12)]
    public void SettlementsOfALongOutageAreMadeUpOneByOneEachWithItsOwnDate(int days, int made)
    {
        RecorderBench bench = new RecorderBench(Midnight + 22 * Day).Start(false);
        bench.Run(7200, 60);
        long cost = bench.Meter.ImportCost.Total();
        long maximum = bench.Meter.ImportDemand.MaximumMilliwatts;
        bench.Outage(days * (long)Day);
        Assert.AreEqual((long)made, bench.FreezeCount(FreezeKind.Settlement));
        CivilTime date = new CivilTime();
        long before = 0;
        for (int last = made; last >= 1; last--)
        {
            FreezeReader freeze = bench.Recorder.Freezes;
            Assert.IsTrue(freeze.TryRead(FreezeKind.Settlement, last));
            Assert.AreEqual(RecordFlags.PowerLoss, freeze.Flags);
            date.Set(freeze.NominalUtcSeconds + 8 * 3600);
            Assert.AreEqual(1, date.Day);
            Assert.AreEqual(0, date.SecondOfDay);
            long apart = freeze.NominalUtcSeconds - before;
            Assert.IsTrue(before == 0 || (apart >= 28 * Day && apart <= 31 * Day));
            before = freeze.NominalUtcSeconds;
            Assert.AreEqual(2000L, freeze.WattHours(EnergyKind.Import, -1));
            Assert.AreEqual(last == made ? cost : 0, CostOf(freeze));
            Assert.AreEqual(last == made, freeze.TryDemand(false, -1, out long demand, out long _));
            Assert.AreEqual(last == made ? maximum : 0, demand);
        }

        Assert.AreEqual(0L, bench.Meter.ImportCost.Total());
    }

    /// <summary>The flash refuses at the end of January: the next settlement holds the costs of both months.</summary>
    [TestMethod]
    public void ASettlementThatCannotBeStoredLosesNoBill()
    {
        FaultyFlash store = new FaultyFlash();
        RecorderBench bench = new RecorderBench(Midnight + 30 * Day + 22 * 3600);
        bench.Parts.Records = store;
        bench.Start(false);
        bench.Run(3600, 60);
        store.RefusesWrites = true;
        long before = 0;
        for (int minute = 0; minute < 120; minute++)
        {
            bench.Run(60, 60);
            long cost = bench.Meter.ImportCost.Total();
            Assert.IsTrue(cost >= before, "a bill that nobody has seen is not cleared");
            before = cost;
        }

        Assert.AreEqual(0L, bench.FreezeCount(FreezeKind.Settlement));

        // A start tries every block again.
        store.RefusesWrites = false;
        bench.Outage(60);
        bench.Run(28 * Day - 3600 - 2 * 60, 60);
        before = bench.Meter.ImportCost.Total();
        bench.Run(60, 60);
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Settlement));
        Assert.IsTrue(bench.Recorder.Freezes.TryRead(FreezeKind.Settlement, 1));
        Assert.IsTrue(CostOf(bench.Recorder.Freezes) >= before);
        Assert.AreEqual(0L, bench.Meter.ImportCost.Total());
    }

    private static long CostOf(FreezeReader freeze)
    {
        long total = 0;
        for (int rate = 0; rate < freeze.RateCount; rate++)
        {
            for (int tier = 0; tier < freeze.TierCount; tier++)
            {
                total += freeze.ImportCost(rate, tier);
            }
        }

        return total;
    }
}
