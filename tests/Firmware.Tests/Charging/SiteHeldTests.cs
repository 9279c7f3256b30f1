using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

/// <summary>What held in release 0.1.0 and must go on holding: the limit at the mains, whatever vehicles and building
/// do.</summary>
[TestClass]
public class SiteHeldTests
{
    private const string Four =
        "phases 1\nvolts 230\nlimit 64000\nmeter mains reserve 40000\nmember 0 safe 6000 phases 1"
        + "\nmember 1 safe 6000 phases 1\nmember 2 safe 6000 phases 1\nmember 3 safe 6000 phases 1";

    [TestMethod]
    [DataRow(0)]
    [DataRow(2_000)]
    [DataRow(5_000)]
    public void AllStartAtOnceAndTheBuildingSteps(int followMs)
    {
        SiteBench bench = Unguarded(Four);
        for (int i = 0; i < 4; i++)
        {
            bench.Takes[i] = 0;
            bench.FollowMs[i] = followMs;
        }

        bench.Meter.BuildingMilliamps = 30_000;
        bench.Run(120);
        SiteTally tally = new SiteTally(bench, 64_000);
        for (int i = 0; i < 4; i++)
        {
            bench.Takes[i] = 32_000;
        }

        bench.Run(120);
        Assert.AreEqual(0, tally.AboveMs);
        Assert.AreEqual(34_000, bench.SumOfLimits());
        int[] steps = new int[] { 50_000, 63_000, 10_000, 45_000 };
        int[] left = new int[] { 14_000, 0, 54_000, 19_000 };
        for (int at = 0; at < steps.Length; at++)
        {
            tally = new SiteTally(bench, 64_100);
            bench.Meter.BuildingMilliamps = steps[at];
            bench.Run(300);
            Assert.IsTrue(tally.AboveMs <= 3_000 + followMs, steps[at] + " mA: above for ms " + tally.AboveMs);

            // Reports are rounded up to 4 mA each.
            int free = left[at] - bench.SumOfLimits();
            Assert.IsTrue(free > -16 && free < 6_000, "of " + left[at] + " are given " + bench.SumOfLimits());
        }
    }

    [TestMethod]
    public void VehiclesThatSwapPlacesBesideABuildingKeepTheLimit()
    {
        SiteBench bench = Unguarded(Four);
        bench.Meter.BuildingMilliamps = 40_000;
        for (int i = 0; i < 4; i++)
        {
            bench.FollowMs[i] = 3_000;
            bench.Takes[i] = i == 0 ? 32_000 : 0;
        }

        bench.Run(120);
        SiteTally tally = new SiteTally(bench, 64_100);
        for (int k = 1; k < 20; k++)
        {
            bench.Takes[k % 4] = 32_000;
            bench.Takes[(k + 3) % 4] = 0;
            bench.Run(90);
        }

        Assert.IsTrue(tally.AboveMs <= 2_000, "above for ms " + tally.AboveMs);
    }

    [TestMethod]
    public void AMeterThatComesAndGoesKeepsTheLimit()
    {
        SiteBench bench = Unguarded(Four);
        bench.Meter.BuildingMilliamps = 20_000;
        bench.Run(120);
        SiteTally tally = new SiteTally(bench, 64_000);
        for (int k = 0; k < 30; k++)
        {
            bench.Meter.IsSilent = k % 2 == 0;
            bench.Run(4);
        }

        Assert.AreEqual(0, tally.AboveMs);
        bench.Meter.IsSilent = true;
        bench.Run(10);
        Assert.AreEqual(24_000, bench.SumOfLimits(), "beside the reserve");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void SixtyFourMembersWithSixtyPlugEventsKeepTheLimit(bool isLine)
    {
        string text = "phases 3\nlimit 200000";
        for (int i = 0; i < 64; i++)
        {
            text += "\nmember " + i.ToString() + " safe 6000 phases " + (i % 3 + 1).ToString();
        }

        SiteBench bench = new SiteBench(text, isLine, 23, null);
        bench.Run(90);
        int used = 0;
        for (int k = 0; k < 60; k++)
        {
            int who = bench.Broker.Next(64);
            bench.Takes[who] = bench.Takes[who] == 0 ? 32_000 : 0;
            bench.Run(3);
            used += bench.SumOfLimits() / 1_000;
        }

        Assert.IsTrue(used / 60 > 400, "of 600 A are used " + used / 60);
        Assert.AreEqual(64, bench.Sites[0].Site.Leader.HeardCount);
    }

    // What an emergency cut saves on a line: the grants of a whole round.
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void AnOverloadLowersSixtyFourMembersWithinARound(bool isLine)
    {
        string text = "phases 1\nvolts 230\nlimit 600000\nmeter mains reserve 200000";
        for (int i = 0; i < 64; i++)
        {
            text += "\nmember " + i.ToString() + " safe 6000 phases 1";
        }

        SiteBench bench = new SiteBench(text, isLine, 29, null) { IsGuarded = false };
        bench.Run(120);
        Assert.IsTrue(bench.SumOfLimits() > 560_000, "in force " + bench.SumOfLimits());
        bench.Meter.BuildingMilliamps = 400_000;
        int tenths = 0;
        while (bench.SumOfLimits() > 200_500 && tenths < 200)
        {
            bench.RunTenth();
            tenths++;
        }

        Assert.IsTrue(tenths <= 40, "lowered after ms " + tenths * 100);
    }

    private static SiteBench Unguarded(string site) => new SiteBench(site, false, 5, null) { IsGuarded = false };
}
