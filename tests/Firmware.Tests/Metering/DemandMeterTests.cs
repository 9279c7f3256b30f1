using MeterFirmware.Metering;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Metering;

[TestClass]
public class DemandMeterTests
{
    private const long KilowattForAMinute = 60L * 1_000_000_000;

    [TestMethod]
    public void BlockDemandIsTheMeanPowerOfThePeriod()
    {
        DemandMeter demand = new DemandMeter(2, 15, 15);
        demand.Restart(true);
        for (int minute = 0; minute < 15; minute++)
        {
            demand.Add(2 * KilowattForAMinute);
        }

        demand.EndSubBlock(1, 900);
        Assert.AreEqual(2_000_000L, demand.MaximumMilliwatts);
        Assert.AreEqual(900L, demand.MaximumUtcSeconds);
        Assert.AreEqual(2_000_000L, demand.RateMaximumMilliwatts(1));
        Assert.AreEqual(0L, demand.RateMaximumMilliwatts(0));
    }

    [TestMethod]
    public void MaximumDemandIsNotTakenFromAnIncompletePeriod()
    {
        DemandMeter demand = new DemandMeter(1, 15, 15);
        demand.Restart(false);
        demand.Add(100 * KilowattForAMinute);
        demand.EndSubBlock(0, 900);
        Assert.AreEqual(0L, demand.MaximumMilliwatts);
        demand.Add(15 * KilowattForAMinute);
        demand.EndSubBlock(0, 1800);
        Assert.AreEqual(1_000_000L, demand.MaximumMilliwatts);
    }

    [TestMethod]
    public void SlidingWindowFindsAPeakAcrossTwoBlocks()
    {
        // Ten minutes of 3 kW that lie across the quarter hour: blocks see 2 kW and 1 kW, the window all of it.
        DemandMeter block = new DemandMeter(1, 15, 15);
        DemandMeter sliding = new DemandMeter(1, 15, 5);
        block.Restart(true);
        sliding.Restart(true);
        for (int minute = 0; minute < 45; minute++)
        {
            long energy = minute >= 10 && minute < 25 ? 3 * KilowattForAMinute : 0;
            block.Add(energy);
            sliding.Add(energy);
            if (minute % 5 == 4)
            {
                sliding.EndSubBlock(0, (minute + 1) * 60);
            }

            if (minute % 15 == 14)
            {
                block.EndSubBlock(0, (minute + 1) * 60);
            }
        }

        Assert.AreEqual(2_000_000L, block.MaximumMilliwatts);
        Assert.AreEqual(3_000_000L, sliding.MaximumMilliwatts);
        Assert.AreEqual(25L * 60, sliding.MaximumUtcSeconds);
    }

    [TestMethod]
    public void RateMaximumNeedsTheRateDuringTheWholeWindow()
    {
        DemandMeter demand = new DemandMeter(2, 15, 5);
        demand.Restart(true);
        for (int block = 0; block < 5; block++)
        {
            if (block == 2)
            {
                demand.RestartRate(true);
            }

            demand.Add(5 * KilowattForAMinute);
            demand.EndSubBlock(block < 2 ? 0 : 1, (block + 1) * 300);
        }

        Assert.AreEqual(900L, demand.MaximumUtcSeconds);
        Assert.AreEqual(0L, demand.RateMaximumMilliwatts(0));
        Assert.AreEqual(1500L, demand.RateMaximumUtcSeconds(1));
    }

    [TestMethod]
    public void ClearForgetsTheMaximumAndStartsThePeriodAnew()
    {
        DemandMeter demand = new DemandMeter(1, 15, 5);
        demand.Restart(true);
        for (int block = 0; block < 4; block++)
        {
            demand.Add(5 * KilowattForAMinute);
            demand.EndSubBlock(0, (block + 1) * 300);
        }

        demand.Clear(true);
        demand.Add(5 * KilowattForAMinute);
        demand.EndSubBlock(0, 1500);
        Assert.AreEqual(0L, demand.MaximumMilliwatts);
        Assert.AreEqual(0L, demand.MaximumUtcSeconds);
    }
}
