using MeterFirmware.SiteController;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

/// <summary>A site with a meter at its mains: what is the building's, what the members', and what nobody admits
/// to.</summary>
[TestClass]
public class SiteMainsTests
{
    private const string Four = "phases 1\nvolts 230\nlimit 64000\nmeter mains reserve 40000" + FourMembers;
    private const string FourMembers = "\nmember 0 safe 6000 phases 1\nmember 1 safe 6000 phases 1"
        + "\nmember 2 safe 6000 phases 1\nmember 3 safe 6000 phases 1";

    [TestMethod]
    [DataRow(-100, 0)]
    [DataRow(0, 0)]
    [DataRow(50, 0)]
    [DataRow(100, 0)]
    [DataRow(400, 0)]
    [DataRow(50, 3_000)]
    [DataRow(50, 10_000)]
    public void VehiclesThatDrawAHairMoreDoNotSwingTheSite(int over, int followMs)
    {
        // The grants went 10 A, 6 A, 10 A for ever: 1201 changes an hour, 67.2 A of 100 on average.
        SiteBench bench = Unguarded(Ten("meter mains reserve 0"), false);
        for (int i = 0; i < 10; i++)
        {
            bench.Over[i] = over;
            bench.FollowMs[i] = followMs;
        }

        bench.Run(120);
        SiteTally tally = new SiteTally(bench, 100_000);
        bench.Run(900);
        Assert.IsTrue(tally.MeanMilliamps > 98_500, "mean " + tally.MeanMilliamps);
        Assert.IsTrue(tally.MostMilliamps <= 100_100, "most " + tally.MostMilliamps);
        Assert.IsTrue(tally.Changes <= 30, "changes " + tally.Changes);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ASteadyBuildingAndVehiclesOnThreePhasesKeepTheirShare(bool isLine)
    {
        SiteBench bench = Unguarded(
            "phases 3\nvolts 230\nlimit 64000\nmeter mains reserve 40000\nmember 0 safe 6000 phases 123\nmember 1 "
                + "safe 6000 phases 123",
            isLine);
        bench.Meter.BuildingMilliamps = 40_000;
        for (int i = 0; i < 2; i++)
        {
            bench.Over[i] = 100;
            bench.FollowMs[i] = 2_000;
        }

        bench.Run(120);
        SiteTally tally = new SiteTally(bench, 64_000);
        bench.Run(600);
        Assert.IsTrue(tally.MeanMilliamps > 63_500, "mean " + tally.MeanMilliamps);
        Assert.IsTrue(tally.Changes <= 20, "changes " + tally.Changes);
    }

    [TestMethod]
    public void AMainsMeterThatReadsHalfAPercentMoreLowersByAsMuch()
    {
        SiteBench bench = Unguarded(Ten("meter mains reserve 0"), false);
        bench.Meter.GainPermille = 1005;
        bench.Run(120);
        SiteTally tally = new SiteTally(bench, 100_000);
        bench.Run(600);
        Assert.IsTrue(tally.MeanMilliamps > 99_000 && tally.MostMilliamps <= 100_000, "mean " + tally.MeanMilliamps);
        Assert.IsTrue(tally.Changes <= 20, "changes " + tally.Changes);
    }

    [TestMethod]
    [DataRow(40_000, 500, 500)]
    [DataRow(40_000, 1_000, 1_000)]
    [DataRow(40_000, 3_000, 2_000)]
    [DataRow(40_000, 1_000, 3_000)]
    [DataRow(20_000, 1_000, 1_000)]
    [DataRow(20_000, 500, 1_500)]
    public void APulsedBuildingLoadLeavesWhatIsFreeAtItsPeak(int milliamps, int onMs, int offMs)
    {
        // 4.6 A of 24 on average, 214 starts an hour.
        SiteBench bench = Unguarded(Four, false);
        bench.Run(120);
        SiteTally tally = new SiteTally(bench, 64_000);
        bench.Each = () =>
        {
            tally.Note();
            bench.Meter.BuildingMilliamps = bench.NowMs % (onMs + offMs) < onMs ? milliamps : 0;
        };
        bench.Run(900);
        int vehicles = (int)(tally.MeanMilliamps - (long)milliamps * onMs / (onMs + offMs));
        Assert.IsTrue(vehicles >= (64_000 - milliamps) * 95 / 100, "vehicles have " + vehicles);
        Assert.IsTrue(tally.Starts <= 8, "starts " + tally.Starts);
        Assert.IsTrue(tally.AboveMs <= 4_000, "above for ms " + tally.AboveMs);
    }

    [TestMethod]
    [DataRow(4, "meter mains reserve 0")]
    [DataRow(10, "meter mains reserve 0")]
    [DataRow(10, "")]
    public void SmallExcessesOfManyMembersAreTakenOffTheirGrants(int count, string meter)
    {
        // 114 A of 100 for an hour, and nobody defiant.
        SiteBench bench = Unguarded(Members(count, meter), false);
        for (int i = 0; i < count; i++)
        {
            bench.Over[i] = 1_400;
        }

        bench.Run(120);
        SiteTally tally = new SiteTally(bench, count * 10_000);
        bench.Run(600);
        Assert.IsTrue(tally.MostMilliamps <= count * 10_000 + 100, "most " + tally.MostMilliamps);
        Assert.IsTrue(tally.MeanMilliamps > count * 9_800, "mean " + tally.MeanMilliamps);
        Assert.IsFalse(bench.Sites[0].Site.Leader.IsDefiant(0));
    }

    [TestMethod]
    public void OneVehicleThatDrawsMoreIsLoweredAndNotTheOthers()
    {
        SiteBench bench = Unguarded(Members(4, ""), false);
        bench.Over[2] = 1_400;
        bench.Run(120);
        Assert.AreEqual(10_000, bench.Members[0].LimitMilliamps);
        Assert.AreEqual(8_600, bench.Members[2].LimitMilliamps);
    }

    [TestMethod]
    public void AMemberAnAmpAndAHalfAboveItsGrantIsForgivenAndOneAboveThatIsNot()
    {
        SiteBench bench = Unguarded(Members(4, ""), false);
        bench.Run(60);
        bench.Over[1] = 1_500;
        bench.Over[2] = 1_600;
        bench.Run(30);
        Assert.IsFalse(bench.Sites[0].Site.Leader.IsDefiant(1), "1.5 A are forgiven");
        Assert.IsTrue(bench.Sites[0].Site.Leader.IsDefiant(2), "1.6 A are not");
    }

    [TestMethod]
    public void APhaseThatIsWiredWronglyIsFoundAndItsMembersAreLowered()
    {
        // L1 carried 64 A of 40 for an hour.
        SiteBench bench = Unguarded(
            "phases 3\nvolts 230\nlimit 40000\nmeter mains reserve 0\nmember 0 safe 6000 phases 2\nmember 1 safe 6000 "
                + "phases 3", false);
        bench.RealMask[0] = 1;
        bench.RealMask[1] = 1;
        bench.Run(60);
        SiteTally tally = new SiteTally(bench, 40_500);
        bench.Run(1_800);
        Assert.IsTrue(tally.AboveMs < 60_000, "above for ms " + tally.AboveMs);
        Assert.IsTrue(tally.MeanMilliamps > 34_000, "and no less than there is: " + tally.MeanMilliamps);
        Assert.IsTrue(Has(bench, SiteEvents.Overload, 0) && Has(bench, SiteEvents.WrongPhase, 1)
            && Has(bench, SiteEvents.WrongPhase, 2));
    }

    [TestMethod]
    public void AnOverloadOfTheBuildingAloneLowersAllOnceAndIsThenAnEvent()
    {
        SiteBench bench =
            Unguarded("phases 3\nlimit 25000\nmeter mains reserve 19000\nmember 0 safe 6000 phases 1", false);
        bench.Run(60);
        bench.Meter.ThirdPhaseMilliamps = 30_000;
        int least = 25_000;
        bench.Each = () => least = bench.Members[0].LimitMilliamps < least ? bench.Members[0].LimitMilliamps : least;
        bench.Run(115);
        Assert.AreEqual(25_000, least, "first nobody who is not the cause");
        bench.Run(30);
        Assert.IsTrue(least <= 20_000, "then all, for a test");
        bench.Run(90);
        Assert.AreEqual(25_000, bench.Members[0].LimitMilliamps, "it did not help");
        Assert.IsTrue(Has(bench, SiteEvents.Overload, 2) && Has(bench, SiteEvents.NotOurs, 2));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void TheUnbalanceCapSeesOnePhaseVehiclesOnThreePhaseChargers(bool isWired)
    {
        // 96 A of difference for half an hour, the cap is 20 A.
        string text = "phases 3\nvolts 230\nlimit 96000\nunbalance 20000\nmeter mains reserve 0";
        for (int i = 0; i < 3; i++)
        {
            text += "\nmember " + i.ToString() + " safe 0 phases " + (isWired ? "1" : "123");
        }

        SiteBench bench = Unguarded(text, false);
        for (int i = 0; i < 3; i++)
        {
            bench.RealMask[i] = 1;
        }

        bench.Run(600);
        Assert.IsTrue(bench.UnbalanceMsMax <= 2_000, "while one gives way to another: ms " + bench.UnbalanceMsMax);
        bench.Forget();
        bench.Run(600);
        Assert.AreEqual(0, bench.UnbalanceMsMax);
        Assert.IsTrue(bench.Phases[0] >= 19_000, "and the cap is used: " + bench.Phases[0]);
    }

    [TestMethod]
    public void VehiclesOnOnePhaseEachOfTurnedChargersUseAllThree()
    {
        string text = "phases 3\nvolts 230\nlimit 32000\nunbalance 20000";
        string[] order = new string[] { "123", "231", "312" };
        for (int i = 0; i < 3; i++)
        {
            text += "\nmember " + i.ToString() + " safe 0 phases " + order[i];
        }

        SiteBench bench = Unguarded(text, false);
        for (int i = 0; i < 3; i++)
        {
            bench.RealMask[i] = (byte)(1 << i);
        }

        int most = 0;
        bench.Each = () => most = bench.Phases[0] > most ? bench.Phases[0] : most;
        bench.Run(120);
        for (int phase = 0; phase < 3; phase++)
        {
            Assert.AreEqual(32_000, bench.Phases[phase], "phases that a vehicle leaves are another's");
        }

        // One of them begins to use three phases: back within the limit in some seconds.
        bench.RealMask[0] = 7;
        bench.Run(8);
        most = 0;
        bench.Run(60);
        Assert.IsTrue(most <= 32_000, "L1 " + most);
        Assert.IsTrue(bench.Phases[1] <= 32_000, "L2 " + bench.Phases[1]);
    }

    private static bool Has(SiteBench bench, int code, int detail)
    {
        SiteEvents events = bench.Sites[0].Events;
        for (int number = 0; number < events.Count; number++)
        {
            if (events.CodeOf(number) == code && events.DetailOf(number) == detail)
            {
                return true;
            }
        }

        return false;
    }

    private static SiteBench Unguarded(string site, bool isLine) =>
        new SiteBench(site, isLine, 5, null) { IsGuarded = false };

    private static string Ten(string meter) => Members(10, meter);

    private static string Members(int count, string meter)
    {
        string text = "phases 1\nvolts 230\nlimit " + (count * 10_000).ToString() + "\n" + meter;
        for (int i = 0; i < count; i++)
        {
            text += "\nmember " + i.ToString() + " safe 6000 phases 1";
        }

        return text;
    }
}
