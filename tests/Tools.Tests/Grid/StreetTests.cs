using System;
using System.Linq;
using MeterFirmware.Charging;
using MeterFirmware.Grid;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Grid;

/// <summary>A street of plain loads after an outage, and what support was delivered.</summary>
[TestClass]
public sealed class StreetTests
{
    /// <summary>Each draws its delay from its own number and the outage's, as the spreader of price steps
    /// does.</summary>
    [TestMethod]
    public void AHundredChargersComeBackAtATenthAMinuteAndAFifthInTheFullestMinute()
    {
        for (int outage = 0; outage < 2; outage++)
        {
            GridBench[] street = [.. Enumerable.Range(0, 100).Select(_ => new GridBench("none", 7_000))];
            for (int i = 0; i < street.Length; i++)
            {
                int secondsMax = street[i].File.Profile[GridField.RandomMsMax] / 1000;
                StartSpreader spreader = new(4_711_000u + (uint)i, secondsMax);
                street[i].Wants(7_000);
                street[i].Unit.Ride.Delay(spreader.DelaySeconds(outage, secondsMax) * 1000);
                street[i].Unit.Ride.Start(0);
            }

            int[] kilowatts = new int[620];
            foreach (GridBench one in street)
            {
                for (int second = 0; second < kilowatts.Length; second++)
                {
                    one.Run(1);
                    kilowatts[second] += one.Unit.Watts / 1000;
                }
            }

            Assert.AreEqual(0, kilowatts[4], "the profile's own wait comes first");
            Assert.AreEqual(700, kilowatts[^1]);
            int fullest = Enumerable.Range(60, kilowatts.Length - 60).Max(s => kilowatts[s] - kilowatts[s - 60]);
            int last = Array.FindIndex(kilowatts, k => k == 700);
            Assert.IsTrue(fullest <= 140, $"outage {outage}: {fullest} kW in the fullest minute");
            Assert.IsTrue(last >= 0.95 * 600, $"outage {outage}: all are back after {last} s");
        }
    }

    [TestMethod]
    public void SupportIsTalliedByWhatWasMeasuredFromItsFirstMomentToItsLast()
    {
        SupportTally tally = new(100_000, 10_000);
        GridBench bench = new("en50549", 10_000);
        bench.Wants(-4_000);
        int events = 0;
        for (int i = 0; i < 6_000; i++)
        {
            // 1 s to 11 s: 50.7 Hz, a fifth of 10 kW less. The unit does it half a second late, by 1.9 kW.
            bench.Hertz(i is >= 100 and < 1_100 ? 0.7 : 0);
            bench.Tick();
            long measured = i is >= 150 and < 1_150 ? -2_100_000 : -4_000_000;
            events += tally.Tick(bench.NowMs, bench.Unit.UndisturbedMilliwatts, bench.Unit.Milliwatts, measured)
                ? 1 : 0;
        }

        Assert.IsTrue(tally.IsOn, "the way back at 0.16 %/s is support, too");
        for (int i = 0; i < 12_000; i++)
        {
            bench.Tick();
            events += tally.Tick(bench.NowMs, bench.Unit.UndisturbedMilliwatts, bench.Unit.Milliwatts, -4_000_000)
                ? 1 : 0;
        }

        Assert.AreEqual(1, events);
        Assert.IsFalse(tally.IsOn);
        Assert.AreEqual(1_010, tally.StartMs, 10);

        // From 20 % back at 0.16 %/s: 125 s, the last 1 % of 10 kW does not count.
        Assert.AreEqual(11_000 + 118_800, tally.EndMs, 100);
        Assert.AreEqual(-1_900_000, tally.DepthMilliwatts);
        Assert.AreEqual(-1_900 * 10_000.0, tally.Millijoules, 20_000);
    }
}
