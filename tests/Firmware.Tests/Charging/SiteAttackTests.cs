using MeterFirmware.SiteBus;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

/// <summary>Whoever reaches the broker or the line of a site, without its key. <see cref="SiteBench"/> holds the limit
/// in every tick.</summary>
[TestClass]
public class SiteAttackTests
{
    private const string Four =
        "phases 1\nvolts 230\nlimit 32000\nmember 0 safe 6000 phases 1\nmember 1 safe 6000 phases 1\n"
        + "member 2 safe 6000 phases 1\nmember 3 safe 6000 phases 1";

    [TestMethod]
    public void AStrangerWhoAnswersReportsWithGrantsIsNotObeyed()
    {
        SiteBench bench = new SiteBench(Four, false, 1, null);
        SiteRogue rogue = new SiteRogue(bench.Broker.LinkAt(6), 4);
        bench.Each = rogue.AnswerWithGrants;
        bench.Run(120);
        Assert.IsTrue(rogue.Sent > 300, "not " + rogue.Sent);
        AllHave(bench, 8_000);
    }

    [TestMethod]
    public void AStrangersTermChangesNothing()
    {
        SiteBench bench = new SiteBench(Four, false, 2, null);
        SiteRogue rogue = new SiteRogue(bench.Broker.LinkAt(6), 4);
        bench.Run(60);
        int term = bench.Sites[0].Site.Leader.Term;
        rogue.Term = SiteFrame.TermMax;
        bench.Each = rogue.AnswerWithGrants;
        bench.Run(30);
        bench.Each = rogue.SendBeacon;
        bench.Run(30);
        Assert.AreEqual(term, bench.Sites[0].Site.Leader.Term);
        AllHave(bench, 8_000);
    }

    [TestMethod]
    public void ForgedReportsOfMembersAndStrangersChangeNothing()
    {
        for (uint seed = 1; seed <= 10; seed++)
        {
            SiteBench bench = new SiteBench(Four + "\nsum 300000", false, seed, null);
            SiteRogue rogue = new SiteRogue(bench.Broker.LinkAt(6), 4) { Seed = seed };
            bench.Run(30);
            rogue.Term = bench.Sites[0].Site.Leader.Term;
            bench.Each = rogue.SendReports;
            bench.Run(40);
            Assert.IsFalse(bench.Sites[0].Site.Leader.IsDoubled(1));
            AllHave(bench, 8_000);
        }
    }

    [TestMethod]
    public void WhatWasHeardYesterdayIsWorthNothing()
    {
        SiteBench bench = new SiteBench(Four, false, 4, null);
        SiteRogue rogue = new SiteRogue(bench.Broker.LinkAt(6), 4);
        bench.Each = rogue.Record;
        bench.Run(60);
        Assert.IsTrue(rogue.Recorded > 200, "not " + rogue.Recorded);
        bench.Each = rogue.Repeat;
        bench.Run(120);
        AllHave(bench, 8_000);

        // A charger and its leader without supply, all it said before is said again: it is neither heard nor counted.
        bench.HasNoSupply[2] = true;
        bench.Run(30);
        Assert.IsFalse(bench.Sites[0].Site.Leader.IsHeard(2, bench.NowMs + SiteBench.SiteClockMs));
        bench.RestartSite(0);
        bench.Run(60);
        Assert.IsFalse(bench.Sites[0].Site.Leader.IsHeard(2, bench.NowMs + SiteBench.SiteClockMs));
    }

    [TestMethod]
    public void ARestartedMemberObeysNothingThatWasSaidToItBefore()
    {
        SiteBench bench = new SiteBench(Four, false, 5, null);
        SiteRogue rogue = new SiteRogue(bench.Broker.LinkAt(6), 4) { HearsMember = 1 };
        for (int i = 0; i < 4; i++)
        {
            bench.Takes[i] = i == 1 ? 32_000 : 0;
        }

        bench.Each = rogue.Record;
        bench.Run(40);
        Assert.AreEqual(32_000, bench.Members[1].LimitMilliamps);
        bench.SiteIsDead[0] = true;
        bench.SiteIsDead[1] = true;
        bench.Run(20);
        bench.RestartMember(1);
        bench.Each = rogue.Repeat;
        for (int second = 0; second < 60; second++)
        {
            bench.Run(1);
            Assert.IsTrue(bench.Members[1].LimitMilliamps <= 6_000, "not " + bench.Members[1].LimitMilliamps);
        }
    }

    [TestMethod]
    public void AFloodCostsOneCheckATickAndTheSiteComesBack()
    {
        SiteBench bench = new SiteBench(Four, false, 6, null);
        SiteRogue rogue = new SiteRogue(bench.Broker.LinkAt(6), 4) { PerTick = 5 };
        bench.Run(60);
        long fromMs = bench.NowMs;
        bench.Each = rogue.SendReports;
        bench.Run(30);
        int refused = bench.Seals[0].Refused;
        Assert.IsTrue(refused <= (bench.NowMs - fromMs) / SiteBench.TickMs, refused + " checks");
        Assert.IsTrue(refused > 1_000, "the test must be one: " + refused);
        bench.Each = null;
        bench.Run(90);
        AllHave(bench, 8_000);
    }

    [TestMethod]
    public void OnALineAStrangersFramesAreNotObeyedEither()
    {
        SiteBench bench = new SiteBench(Four, true, 7, null);
        SiteFrame forged = new SiteFrame();
        bench.Run(60);
        bench.Each = () =>
        {
            if (bench.NowMs % 1_000 == 500)
            {
                forged.Type = SiteFrame.Grant;
                forged.Member = (int)(bench.NowMs / 1_000 % 4);
                forged.Serial = 100 + forged.Member;
                forged.Term = 4_000;
                forged.Echo = (int)(bench.NowMs / 1_000);
                forged.Milliamps = 32_000;
                forged.ValidMs = 60_000;
                forged.Encode();
                bench.Wire.PortAt(6).TryWrite(forged.Bytes, 0, SiteFrame.Length);
            }
        };
        bench.Run(60);
        Assert.IsTrue(bench.SumOfLimits() > 24_000, "and the site goes on with " + bench.SumOfLimits());
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(SiteSeal.RestartMax)]
    public void ASealHoldsForItsFrameItsDeviceAndItsKeyOnly(int restart)
    {
        SiteSeal member = SiteSeal.ForMember(SiteKeys.Site, 101, restart);
        SiteSeal leader = SiteSeal.ForLeader(SiteKeys.Site, 900, 1, 4);
        SiteFrame frame = new SiteFrame { Type = SiteFrame.Status, Member = 1, Serial = 101, DepartureSeconds = -1 };
        frame.Encode();
        member.Seal(frame.Bytes, 0);
        Assert.IsTrue(leader.IsNews(frame.Bytes) && leader.IsGenuine(frame.Bytes));
        Assert.IsTrue(frame.TryDecode(SiteFrame.Length));
        Assert.AreEqual(restart, frame.Restart);
        Assert.IsFalse(leader.IsNews(frame.Bytes), "a second time");
        for (int at = 2; at < 60; at++)
        {
            frame.Bytes[at] ^= 1;
            Assert.IsFalse(leader.IsGenuine(frame.Bytes), "byte " + at);
            frame.Bytes[at] ^= 1;
        }

        // Another frame of the same device, and one of the leader, have counters of their own.
        member.BeginTick();
        member.Seal(frame.Bytes, 0);
        Assert.IsTrue(leader.IsNews(frame.Bytes) && leader.IsGenuine(frame.Bytes));
        SiteSeal stranger = SiteSeal.ForMember(new byte[SiteSeal.KeyBytes], 101, restart);
        frame.Encode();
        stranger.Seal(frame.Bytes, 0);
        stranger.Seal(frame.Bytes, 0);
        stranger.Seal(frame.Bytes, 0);
        Assert.IsTrue(leader.IsNews(frame.Bytes));
        Assert.IsFalse(leader.IsGenuine(frame.Bytes));
    }

    private static void AllHave(SiteBench bench, int milliamps)
    {
        for (int i = 0; i < bench.Members.Length; i++)
        {
            Assert.AreEqual(milliamps, bench.Members[i].LimitMilliamps, "member " + i);
        }
    }
}
