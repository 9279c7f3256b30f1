using MeterFirmware.Charging;
using MeterFirmware.Firmware.Tests.Tariffs;
using MeterFirmware.SiteBus;
using MeterFirmware.SiteController;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

/// <summary>The site controller as a board runs it, with faults injected; <see cref="SiteBench"/> holds the limit in
/// every tick.</summary>
[TestClass]
public class CompleteSiteTests
{
    // 2026-03-02T21:40 in Shanghai: dear until 22:00, then 0.307.
    private const long Evening = 1_772_458_800L;
    private const int Safe = 6_000;
    private const string Four =
        "phases 1\nvolts 230\nlimit 64000\nmember 0 safe 6000 phases 1\nmember 1 safe 6000 phases 1\n"
        + "member 2 safe 6000 phases 1\nmember 3 safe 6000 phases 1";

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void TheDriverHearsThePlanAndChargesWhenItSays(bool isLine)
    {
        SiteBench bench = Planned(isLine, 1);
        bench.Run(120);
        SiteMember member = bench.Members[0];
        Assert.AreEqual(0, member.LimitMilliamps, "22:00 is cheaper");
        Assert.AreEqual((int)PlanReason.WaitingForPrice, member.Reason);
        Assert.AreEqual(307_000, member.PriceMicros);
        long startMs = member.StartMs - (bench.NowMs + bench.MemberClockMs[0]);
        Assert.IsTrue(startMs > 1_075_000 && startMs < 1_085_000, "22:00 is 18 minutes ahead, not ms " + startMs);
        Assert.IsTrue(member.ReadyMs > member.StartMs);
        bench.Run(1_100);
        Assert.AreEqual(64_000, bench.SumOfLimits(), "two by two, at full current");
        Assert.AreEqual((int)(member.LimitMilliamps > 0 ? PlanReason.Charging : PlanReason.WaitingForCapacity),
            member.Reason);
        Assert.AreEqual(5_000, bench.Sites[0].Site.Leader.Wishes.WattHours[0]);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ADriverWhoBoostsChargesNowAndTheOthersWait(bool isLine)
    {
        SiteBench bench = Planned(isLine, 2);
        bench.Run(120);
        bench.Members[2].State = SiteMemberState.Plugged | SiteMemberState.Boost;
        bench.Run(15);
        Assert.AreEqual((int)PlanReason.Boost, bench.Members[2].Reason);
        Assert.IsTrue(bench.Members[2].LimitMilliamps >= Safe, "not " + bench.Members[2].LimitMilliamps);
        Assert.AreEqual(0, bench.Members[0].LimitMilliamps);
        bench.Members[2].State = SiteMemberState.Plugged;
        bench.Members[1].DepartureSeconds = 0;
        bench.Run(15);
        Assert.AreEqual(0, bench.Members[2].LimitMilliamps, "planned again");
        Assert.AreEqual((int)PlanReason.Late, bench.Members[1].Reason, "a departure in the past means now");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ALostLeaderMeansSafeCurrentsAndTheNextOneGoesOnWithThePlan(bool isLine)
    {
        SiteBench bench = Planned(isLine, 3);
        bench.Run(120);
        bench.SiteIsDead[0] = true;
        bench.SiteIsDead[1] = true;
        bench.Run(25);
        for (int i = 0; i < 4; i++)
        {
            Assert.AreEqual(Safe, bench.Members[i].LimitMilliamps);
            Assert.AreEqual(0, bench.Members[i].Reason, "nobody plans");
        }

        bench.SiteIsDead[1] = false;
        bench.Run(60);
        Assert.IsTrue(bench.Sites[1].Site.Leader.IsLeading);
        Assert.AreEqual((int)PlanReason.WaitingForPrice, bench.Members[0].Reason);
        Assert.AreEqual(0, bench.Members[0].LimitMilliamps);
        bench.SiteIsDead[0] = false;
        bench.Run(120);
        Assert.IsTrue(bench.Sites[0].Site.Leader.IsLeading != bench.Sites[1].Site.Leader.IsLeading, "one leads");
        Assert.AreEqual((int)PlanReason.WaitingForPrice, bench.Members[0].Reason);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ClockJumpsMoveThePlanAndNeverALimit(bool isLine)
    {
        SiteBench bench = Planned(isLine, 4);
        bench.Run(120);
        long[] jumps = new long[] { 7_200, -7_200, 86_400, -86_400, 400_000_000, -400_000_000, -3_600, 3_600 };
        for (int i = 0; i < jumps.Length; i++)
        {
            bench.Clock.UtcMs += jumps[i] * 1000;
            bench.Run(20);
        }

        bench.Clock.IsKnown = false;
        bench.Run(60);
        Assert.AreEqual(16_000, bench.Members[0].LimitMilliamps, "without time it charges");
        Assert.AreEqual(0, bench.Members[0].Reason);
        bench.Clock.IsKnown = true;
        bench.Run(20);
        Assert.AreEqual((int)PlanReason.WaitingForPrice, bench.Members[0].Reason);
        Assert.AreEqual(0, bench.Members[0].LimitMilliamps);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void AMemberThatIgnoresItsLimitIsFoundAndTheOthersGiveWay(bool isLine)
    {
        SiteBench bench = Charging(Four, isLine, 5);
        bench.Run(120);
        Assert.AreEqual(16_000, bench.Members[0].LimitMilliamps);
        bench.Defiant = 2;
        bench.IsGuarded = false;
        bench.Run(30);
        Assert.IsTrue(bench.Sites[0].Site.Leader.IsDefiant(2));
        int others = bench.Members[0].LimitMilliamps + bench.Members[1].LimitMilliamps
            + bench.Members[3].LimitMilliamps;
        Assert.IsTrue(others <= 32_000 && others >= 30_000, "of 64 A it takes 32, the others have " + others);
        bench.Defiant = -1;
        bench.Run(150);
        Assert.AreEqual(16_000, bench.Members[2].LimitMilliamps, "forgiven after a minute");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ASecondDeviceWithAMembersNumberIsCountedAndNeverGranted(bool isLine)
    {
        SiteBench bench = Charging(Four, isLine, 6);
        bench.Run(60);
        SiteSeal seal = SiteSeal.ForMember(SiteKeys.Site, 999, 1);
        bench.TwinBus = isLine
            ? SerialSiteBus.ForMember(bench.Wire.PortAt(6), 1, seal)
            : (ISiteBus)MqttSiteBus.ForMember(bench.Broker.LinkAt(6), "twin", "site/7", 1, seal);
        bench.Twin = new SiteMember(bench.TwinBus, 1, 999, Safe, 1);
        bench.Run(isLine ? 90 : 40);
        Assert.IsTrue(bench.Sites[0].Site.Leader.IsDoubled(1));
        Assert.IsFalse(bench.Twin.IsLed);
        Assert.AreEqual(Safe, bench.Twin.LimitMilliamps,
            "its own safe current, on top of the others' within the limit");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void LostDoubledAndLateFramesNeverBreakTheLimit(bool isLine)
    {
        SiteBench bench = Charging(Four, isLine, 7);
        bench.Broker.LossPermille = 200;
        bench.Broker.DoublePermille = 200;
        bench.Broker.DelayMsMax = 4_000;
        bench.Wire.LostBytes = 300;
        bench.Wire.BentBytes = 300;
        bench.Wire.DoubledBytes = 100;
        bench.Run(120);
        bench.Forget();
        for (int minute = 0; minute < 8; minute++)
        {
            bench.Run(60);
            int who = bench.Broker.Next(4);
            bench.Takes[who] = bench.Takes[who] == 0 ? 32_000 : bench.Broker.Next(2) == 0 ? 0 : 9_000;
            int leader = bench.Broker.Next(2);
            bench.SiteIsDead[leader] = !bench.SiteIsDead[leader] && bench.Broker.Next(3) == 0;
        }

        Assert.IsTrue(bench.WorstMilliamps > 40_000, "the test must see the site in use, not " + bench.WorstMilliamps);
    }

    [TestMethod]
    public void WithoutItsBrokerASiteRunsOnSafeCurrentsAndComesBack()
    {
        SiteBench bench = Charging(Four, false, 8);
        bench.Run(60);
        Assert.AreEqual(16_000, bench.Members[0].LimitMilliamps);
        bench.Broker.IsDown = true;
        bench.Run(25);
        Assert.AreEqual(4 * Safe, bench.SumOfLimits());
        bench.Broker.IsDown = false;
        bench.Run(60);
        Assert.AreEqual(16_000, bench.Members[0].LimitMilliamps);
    }

    [TestMethod]
    public void SixtyFourMembersAreServedThoughTheLinkTakesSixteenMessagesAtOnce()
    {
        // Without a queue of its own the leader's grants to all but the first ones were lost every second.
        string text = "phases 1\nlimit 640000";
        for (int i = 0; i < 64; i++)
        {
            text += "\nmember " + i.ToString() + " safe 6000 phases 1";
        }

        SiteBench bench = Charging(text, false, 9);
        bench.Run(60);
        int before = bench.Broker.ReceivedBy(0);
        bench.Run(10);
        int received = bench.Broker.ReceivedBy(0) - before;
        Assert.IsTrue(received <= 12, "a member hears its own grants only, not " + received + " frames in 10 s");
        for (int i = 0; i < 64; i++)
        {
            Assert.AreEqual(10_000, bench.Members[i].LimitMilliamps, "member " + i);
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(5_000)]
    public void ALimitBelowSixAmpsOffersNothing(int limit)
    {
        SiteBench bench = Charging("phases 1\nlimit " + limit.ToString()
            + "\nmember 0 safe 0 phases 1\nmember 1 safe 0 phases 1", false, 10);
        bench.Run(60);
        Assert.AreEqual(0, bench.WorstMilliamps);
        Assert.IsTrue(bench.Members[0].IsLed);
    }

    [TestMethod]
    public void TheBuildingComesFirstAndWhatItFeedsInIsNotSharedOut()
    {
        SiteBench bench = Charging(Four + "\nmeter mains reserve 40000", false, 11);
        bench.Run(60);
        Assert.AreEqual(16_000, bench.Members[0].LimitMilliamps, "no building load yet");

        // A kettle, then a lift: what is over the limit is taken back within 3 s.
        bench.IsGuarded = false;
        bench.Meter.BuildingMilliamps = 24_000;
        bench.Run(3);
        bench.IsGuarded = true;
        bench.Run(60);
        Assert.AreEqual(40_000, bench.SumOfLimits());

        // Its own generation can end within a second.
        bench.Meter.BuildingMilliamps = -30_000;
        bench.Run(60);
        Assert.AreEqual(64_000, bench.SumOfLimits());

        // A meter that says nothing: the commissioned most of the building.
        bench.Meter.BuildingMilliamps = 0;
        bench.Meter.IsSilent = true;
        bench.Run(10);
        Assert.AreEqual(24_000, bench.SumOfLimits());
        Assert.IsFalse(bench.Sites[0].IsMeterHeard);
        bench.Meter.IsSilent = false;
        bench.Run(60);
        Assert.AreEqual(64_000, bench.SumOfLimits());
    }

    [TestMethod]
    public void ThePlanHasThePriceOfTheTierThatTheSiteHasReached()
    {
        // 0.9 kWh before the second tier of the year; the building draws 9.2 kW.
        SiteBench bench = new SiteBench(
            Four + "\npreference price-first\nmeter mains reserve 40000\nused 3119 on 2026-03-01", false, 14,
                TableBytes.Shanghai().Load());
        bench.Clock.UtcMs = Evening * 1000;
        bench.Members[0].WantedWattHours = 5_000;
        bench.Members[0].DepartureSeconds = 8 * 3600;
        bench.Members[0].State = SiteMemberState.Plugged;
        for (int i = 1; i < 4; i++)
        {
            bench.Takes[i] = 0;
        }

        bench.Meter.BuildingMilliamps = 40_000;
        bench.IsGuarded = false;
        bench.Run(120);
        Assert.AreEqual(0, bench.Sites[0].Site.Tier);
        Assert.AreEqual(307_000, bench.Members[0].PriceMicros);

        // The meter counts vehicles and building once; 1 000 Wh at 9.2 kW are 391 s.
        long counted = bench.Sites[0].Consumption.WattHours;
        Assert.IsTrue(counted >= 3_119_280 && counted <= 3_119_420, "not " + counted);
        bench.Run(400);
        Assert.AreEqual(1, bench.Sites[0].Site.Tier);
        Assert.AreEqual(337_000, bench.Members[0].PriceMicros, "0.307 and 0.03 of the second tier");
        Assert.AreEqual(1, bench.Sites[1].Site.Tier, "whoever stands by counts too");

        // Silent: not guessed.
        bench.Meter.IsSilent = true;
        bench.Run(10);
        counted = bench.Sites[0].Consumption.WattHours;
        bench.Run(300);
        Assert.AreEqual(counted, bench.Sites[0].Consumption.WattHours);
    }

    [TestMethod]
    public void WithoutAMeterAtTheMainsWhatTheMembersDrawIsCounted()
    {
        SiteBench bench = new SiteBench(Four, false, 15, TableBytes.Shanghai().Load());
        bench.Clock.UtcMs = (Evening + 1800) * 1000;
        bench.Run(3600);
        long counted = bench.Sites[0].Consumption.WattHours;
        Assert.IsTrue(counted > 14_000 && counted < 14_720, "64 A at 230 V for an hour are 14720 Wh, not " + counted);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("\nmeter others reserve 20000")]
    public void AChargerWithoutSupplyIsNotCounted(string meter)
    {
        // 176 640 Wh in 24 h of a charger that was dead, and so a dearer tier for all.
        SiteBench bench =
            new SiteBench(Four + "\nused 3000 on 2026-03-01" + meter, false, 16, TableBytes.Shanghai().Load());
        bench.IsGuarded = false;
        bench.Clock.UtcMs = (Evening + 1800) * 1000;
        for (int i = 1; i < 4; i++)
        {
            bench.Takes[i] = 0;
        }

        bench.Run(300);
        long before = bench.Sites[0].Consumption.WattHours;
        Assert.IsTrue(before > 3_000_400, "it charged: " + before);
        bench.HasNoSupply[0] = true;
        bench.Run(1_800);
        long counted = bench.Sites[0].Consumption.WattHours - before;
        Assert.IsTrue(counted <= 25, "32 A for the ten seconds of a grant are 20 Wh, not " + counted);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void OfTwoLeadersOfOneRankTheLowerSerialNumberLeads(bool isLine)
    {
        SiteBench bench = new SiteBench(Four, isLine, 17, null, null, true);
        bench.Run(120);
        Assert.IsTrue(bench.Sites[0].Site.Leader.IsLeading);
        Assert.IsFalse(bench.Sites[1].Site.Leader.IsLeading);
        Assert.AreEqual(64_000, bench.SumOfLimits());
        Assert.AreEqual(SiteEvents.SameRank, bench.Sites[0].Events.CodeOf(0) | bench.Sites[1].Events.CodeOf(0));
        for (int i = 0; i < 40; i++)
        {
            bench.Takes[i % 4] = i % 3 == 0 ? 0 : 32_000;
            bench.Run(15);
        }

        bench.SiteIsDead[0] = true;
        bench.Run(60);
        Assert.IsTrue(bench.Sites[1].Site.Leader.IsLeading, "the other one stands by");
        bench.SiteIsDead[0] = false;
        bench.Run(60);
        Assert.IsTrue(bench.Sites[0].Site.Leader.IsLeading != bench.Sites[1].Site.Leader.IsLeading);
    }

    [TestMethod]
    public void ABuildingThatGoesUpAndDownStartsNobodyMoreThanFourTimesAnHour()
    {
        // The only vehicle was stopped and started each minute.
        SiteBench bench =
            new SiteBench("phases 1\nlimit 25000\nmeter mains reserve 19000\nmember 0 safe 6000 phases 1", false, 18,
                null);
        bench.IsGuarded = false;
        int[] halves = new int[] { 5, 15, 30, 60, 150 };
        for (int at = 0; at < halves.Length; at++)
        {
            bench.Meter.BuildingMilliamps = 10_000;
            bench.Takes[0] = 0;
            bench.Run(90);
            bench.Takes[0] = 32_000;
            SiteTally tally = new SiteTally(bench, 25_000);
            for (int second = 0; second < 3_600; second++)
            {
                bench.Meter.BuildingMilliamps = second / halves[at] % 2 == 0 ? 10_000 : 20_000;
                bench.Run(1);
            }

            Assert.IsTrue(tally.Starts <= 7, tally.Starts + " starts with " + halves[at] + " s");
        }
    }

    [TestMethod]
    public void AVehicleThatAlwaysTakesTooMuchIsStartedNoMoreThanFourTimesAnHour()
    {
        // Found after ten seconds, forgiven after a minute: that were fifty starts.
        SiteBench bench = Charging(Four, false, 20);
        bench.IsGuarded = false;
        bench.Over[1] = 2_500;
        int starts = 0;
        int before = 0;
        bench.Each = () =>
        {
            int limit = bench.Members[1].LimitMilliamps;
            starts += limit > 0 && before == 0 ? 1 : 0;
            before = limit;
        };
        bench.Run(3_600);
        Assert.IsTrue(starts >= 3 && starts <= 7, "starts " + starts);
    }

    [TestMethod]
    public void AVehicleIsPlannedWithWhatItTakesAndTheNextOneWithWhatIsUsualThere()
    {
        SiteBench bench = new SiteBench(
            "phases 3\nvolts 230\nlimit 64000\nmember 0 safe 6000 phases 123", false, 19, TableBytes.Shanghai().Load());
        bench.Clock.UtcMs = (Evening + 1800) * 1000;
        bench.RealMask[0] = 1;
        Connectors connectors = bench.Sites[0].Site.Connectors;
        bench.Takes[0] = 0;
        bench.Run(30);
        for (int visit = 0; visit < 3; visit++)
        {
            bench.Members[0].WantedWattHours = 4_600;
            bench.Takes[0] = 8_000;
            bench.Run(visit == 0 ? 2 : 5);
            Assert.AreEqual(visit < 2 ? 32_000 : 8_000, connectors.RateOf(0), "before it charges, visit " + visit);
            bench.Run(60);
            Assert.AreEqual(8_000, connectors.RateOf(0));
            Assert.AreEqual(1, connectors.PhaseCountOf(0));

            // 4.6 kWh at 230 V on one phase are 20 Ah, 240 slots of 1 A.
            int remaining = connectors.RemainingMilliampSlots[0];
            Assert.IsTrue(remaining > 235_000 && remaining < 241_000, "not " + remaining);
            bench.Takes[0] = 0;
            bench.Run(90);
        }

        Assert.AreEqual(8_000, bench.Sites[0].Site.Habits.MilliampsOf(0));
        Assert.AreEqual(1, bench.Sites[0].Site.Habits.PhasesOf(0));
    }

    [TestMethod]
    public void AFeederOfItsOwnHolds()
    {
        SiteBench bench = Charging(
            "phases 1\nlimit 90000\nnode 1 below 0 limit 20000\nmember 0 safe 6000 phases 1 node 1\n"
            + "member 1 safe 6000 phases 1 node 1\nmember 2 safe 6000 phases 1", false, 12);
        bench.Run(60);
        Assert.AreEqual(20_000, bench.Members[0].LimitMilliamps + bench.Members[1].LimitMilliamps);
        Assert.AreEqual(32_000, bench.Members[2].LimitMilliamps);
    }

    private static SiteBench Charging(string site, bool isLine, uint seed) => new SiteBench(site, isLine, seed, null);

    private static SiteBench Planned(bool isLine, uint seed)
    {
        SiteBench bench = new SiteBench(Four, isLine, seed, TableBytes.Shanghai().Load());
        bench.Clock.UtcMs = Evening * 1000;
        for (int i = 0; i < 4; i++)
        {
            bench.Members[i].WantedWattHours = 5_000;
            bench.Members[i].DepartureSeconds = 8 * 3600;
            bench.Members[i].State = SiteMemberState.Plugged;
        }

        return bench;
    }
}
