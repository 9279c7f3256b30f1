using MeterFirmware.Basics;
using MeterFirmware.Metering;
using MeterFirmware.Recording;
using MeterFirmware.Storage.Records;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Recording;

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
            long total = 0;
            for (int rate = 0; rate < freeze.RateCount; rate++)
            {
                for (int tier = 0; tier < freeze.TierCount; tier++)
                {
                    total += freeze.ImportCost(rate, tier);
                }
            }

            Assert.AreEqual(last == made ? cost : 0, total);
            Assert.AreEqual(last == made, freeze.TryDemand(false, -1, out long demand, out long _));
            Assert.AreEqual(last == made ? maximum : 0, demand);
        }

        Assert.AreEqual(0L, bench.Meter.ImportCost.Total());
    }
}
