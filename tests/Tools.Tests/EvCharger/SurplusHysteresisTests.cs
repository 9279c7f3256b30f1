using System;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>Mode "only" at a surplus that hardly suffices, by a meter that is late and trembles,
/// and under clouds.</summary>
[TestClass]
public class SurplusHysteresisTests
{
    private const int MinimumWatts = 6 * 230;

    [TestMethod]
    [DataRow(1, 4, 0, 0)]
    [DataRow(1, 10, 2_000, 0)]
    [DataRow(1, 50, 3_000, 0)]
    [DataRow(1, 100, 3_000, 50)]
    [DataRow(1, 4, 1_000, 50)]
    [DataRow(1, 150, 3_000, 50)]
    [DataRow(3, 10, 0, 0)]
    [DataRow(3, 60, 3_000, 50)]
    public void AConstantSurplusIsNeverAReasonToSwitch(int phases, int plusWatts, int lateMs, int noiseWatts)
    {
        SurplusBench bench = new(phases, phases, lateMs, noiseWatts);
        bench.Run(3_600, phases * MinimumWatts + plusWatts);
        double share = bench.FromSunWattHours / bench.SolarWattHours;
        Console.WriteLine($"{phases} phases, 6 A + {plusWatts} W, {lateMs} ms late, ±{noiseWatts} W: "
            + $"{bench.Closings} closings, {share:P1} of the sun, import {bench.ImportedWattHours:0.0} Wh");
        Assert.IsLessThanOrEqualTo(2, bench.Closings);
        Assert.IsGreaterThan(0.85, share, "it starts after five minutes of just enough, and stays");
        Assert.IsLessThan(10.0, bench.ImportedWattHours);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(50)]
    public void ASurplusThatHardlyMissesTheLeastCurrentStartsNothing(int noiseWatts)
    {
        SurplusBench bench = new(1, 1, 1_000, noiseWatts);
        bench.Run(3_600, MinimumWatts - 20);
        Assert.AreEqual(0, bench.Closings);
    }

    [TestMethod]
    public void ACloudyMorningIsOneStartAndItsImportIsBounded()
    {
        SurplusBench bench = new(1, 1, 1_000, 20);
        Random random = new(7);
        for (int cloud = 0; cloud < 24; cloud++)
        {
            bench.Run(150 + random.Next(60), 2_600 + random.Next(800));
            bench.Run(40 + random.Next(120), 300 + random.Next(500));
        }

        Console.WriteLine("cloudy morning: " + bench.Summary);
        Assert.AreEqual(1, bench.Closings);
        Assert.IsGreaterThan(0.9, bench.FromSunWattHours / bench.SolarWattHours);
        int importBefore = (int)bench.ImportedWattHours;
        bench.Run(1_800, 0);
        Assert.IsFalse(bench.Charger.Bench.IsCoilOn);

        // Five minutes of 6 A, and a few seconds until the vehicle follows.
        Assert.IsLessThan(MinimumWatts * 320 / 3600, (int)bench.ImportedWattHours - importBefore);
    }
}
