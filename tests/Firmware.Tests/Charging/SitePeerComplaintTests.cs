using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

/// <summary>What users of other load managers complain of, played on the whole site controller.</summary>
[TestClass]
public class SitePeerComplaintTests
{
    [TestMethod]
    public void AThirdVehicleIsBalancedInAndNotLeftWithTheRest()
    {
        // evcc issue 30340: 35 A, two vehicles at 16 A, the third was offered 3 A and switched off.
        SiteBench bench = Site("phases 1\nlimit 35000" + Members(4, "1"));
        bench.Takes[2] = 0;
        bench.Takes[3] = 0;
        bench.Run(60);
        Assert.AreEqual(17_500, bench.Members[0].LimitMilliamps);
        bench.Takes[2] = 32_000;
        bench.Run(30);
        for (int i = 0; i < 3; i++)
        {
            Assert.IsTrue(bench.Members[i].LimitMilliamps >= 11_600,
                "member " + i + " has " + bench.Members[i].LimitMilliamps);
        }
    }

    [TestMethod]
    public void AnOverloadOnAnotherPhaseDoesNotStopASinglePhaseVehicle()
    {
        // evcc issue 29532: the building overloaded L3, the vehicle on L1 was stopped.
        SiteBench bench = Site("phases 3\nlimit 25000\nmeter mains reserve 19000" + Members(1, "1"));
        bench.Run(60);
        Assert.AreEqual(25_000, bench.Members[0].LimitMilliamps);
        bench.IsGuarded = false;
        bench.Meter.ThirdPhaseMilliamps = 30_000;
        for (int second = 0; second < 60; second++)
        {
            bench.Run(1);
            Assert.AreEqual(25_000, bench.Members[0].LimitMilliamps);
        }
    }

    [TestMethod]
    public void AnOverloadLowersTheCurrentByAsMuchAndDoesNotCutItOff()
    {
        // evcc issue 13750: with the grid over its limit by an ampere the vehicle was capped at 0.
        SiteBench bench = Site("phases 3\nlimit 24000\nmeter mains reserve 18000" + Members(1, "123"));
        bench.Run(60);
        Assert.AreEqual(24_000, bench.Members[0].LimitMilliamps);
        bench.IsGuarded = false;
        bench.Meter.BuildingMilliamps = 8_000;
        for (int second = 0; second < 60; second++)
        {
            bench.Run(1);
            int limit = bench.Members[0].LimitMilliamps;
            Assert.IsTrue(limit >= 16_000, "cut to " + limit + " in second " + second);
            Assert.IsTrue(second < 3 || limit == 16_000, "still " + limit + " in second " + second);
        }
    }

    [TestMethod]
    public void ASteadyBuildingGivesASteadyCurrent()
    {
        // SmartEVSE-3 (serkri) issue 106: with a limit of 40 A and an oven on, the current went up and down between 20
        // and 28 A.
        SiteBench bench = Site("phases 1\nlimit 40000\nmeter mains reserve 34000" + Members(1, "1"));
        bench.Meter.BuildingMilliamps = 12_000;
        bench.Run(90);
        for (int second = 0; second < 600; second++)
        {
            bench.Run(1);
            Assert.AreEqual(28_000, bench.Members[0].LimitMilliamps);
        }
    }

    private static SiteBench Site(string text) => new SiteBench(text, false, 31, null);

    private static string Members(int count, string phases)
    {
        string text = "";
        for (int i = 0; i < count; i++)
        {
            text += "\nmember " + i.ToString() + " safe 6000 phases " + phases;
        }

        return text;
    }
}
