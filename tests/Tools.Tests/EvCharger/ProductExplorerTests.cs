using System;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.EvCharger;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>The whole product in random runs (<see cref="ProductExplorer"/>): short ones that go through many
/// situations, and hours in which the wear rule counts.</summary>
[TestClass]
public class ProductExplorerTests
{
    private const int MinuteMs = 60_000;

    public TestContext TestContext { get; set; }

    [TestMethod]
    [DataRow((int)ChargingStandard.Iec61851, 2, 5_000, 300, 4_000)]
    [DataRow((int)ChargingStandard.Iec61851, 60, 60_000, 40, 400)]
    [DataRow((int)ChargingStandard.Gbt18487, 2, 5_000, 300, 4_000)]
    [DataRow((int)ChargingStandard.Gbt18487, 60, 60_000, 40, 400)]
    public void NothingThatStallsSagsRetriesOrWaitsBreaksWhatMustHold(
        int standard, int minutes, int levelMsMax, int shortRuns, int longRuns)
    {
        int runs = LongRun.IsAsked ? longRuns : shortRuns;
        long ticks = 0;
        long stalls = 0;
        long outages = 0;
        long closings = 0;
        long trips = 0;
        long waited = 0;
        long wakeUps = 0;
        int longestMs = 0;
        for (int seed = 0; seed < runs; seed++)
        {
            ProductExplorer explorer = new((ChargingStandard)standard, seed, minutes * MinuteMs, levelMsMax);
            try
            {
                explorer.Run();
            }
            catch (Exception failure)
            {
                Assert.Fail($"{(ChargingStandard)standard}, {minutes} min, seed {seed}: {failure}");
            }

            ticks += explorer.Ticks;
            stalls += explorer.Stalls;
            outages += explorer.Outages;
            closings += explorer.Judge.Closings;
            trips += explorer.Judge.Trips;
            waited += explorer.Judge.WaitedForWear;
            wakeUps += explorer.Judge.WakeUps;
            longestMs = Math.Max(longestMs, explorer.Judge.LongestMs);
        }

        TestContext.WriteLine($"{runs} runs of {minutes} min: {ticks} ticks, {stalls} stalls, {outages} outages, "
            + $"{closings} closings, {waited} of them after the wear rule's wait, {trips} trips, {wakeUps} wake-ups, "
            + $"closed at most {longestMs} ms after the vehicle stopped asking (stalls aside)");
        Assert.IsGreaterThan(runs / 2, closings, "vehicles are served all the same");
        Assert.IsGreaterThan(runs, stalls);
        Assert.IsTrue(minutes < 60 || waited > 0, "the wear rule is at work");
    }
}
