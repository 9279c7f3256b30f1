using MeterFirmware.SiteBus;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

/// <summary>An emergency lowers all members of a site within two seconds; what is forged, old or another's lowers
/// nobody, and nothing raises anybody.</summary>
[TestClass]
public class SiteCutTests
{
    private const int LimitMilliamps = 200_000;

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void AnEmergencyLowersSixtyFourMembersWithinTwoSeconds(bool isLine)
    {
        SiteBench bench = Full(isLine, 1);
        Assert.IsTrue(bench.SumOfLimits() > 560_000, "in force " + bench.SumOfLimits());
        Cut(bench);
        int tenths = 0;
        while (bench.SumOfLimits() > LimitMilliamps && tenths < 200)
        {
            bench.RunTenth();
            tenths++;
        }

        Assert.IsTrue(tenths <= 20, "lowered after ms " + tenths * 100);

        // It stays so, and after the cut those have their share who fit.
        int most = 0;
        for (int second = 0; second < 20; second++)
        {
            bench.Run(1);
            most = bench.SumOfLimits() > most ? bench.SumOfLimits() : most;
        }

        Assert.IsTrue(most <= LimitMilliamps, "in force " + most);
        Assert.IsTrue(bench.SumOfLimits() > LimitMilliamps - 12_000, "in force " + bench.SumOfLimits());
    }

    [TestMethod]
    public void ALineThatLosesFramesIsLoweredByTheRepeats()
    {
        SiteBench bench = Full(true, 7);
        bench.Wire.LostBytes = 150;
        bench.Run(30);
        Cut(bench);
        int tenths = 0;
        while (bench.SumOfLimits() > LimitMilliamps && tenths < 200)
        {
            bench.RunTenth();
            tenths++;
        }

        // One frame in ten is lost: who missed the first hears the second or third.
        Assert.IsTrue(tenths <= 40, "lowered after ms " + tenths * 100);
    }

    [TestMethod]
    public void ACutHoldsForItsTimeAndGivesBackWhatTheGrantAllows()
    {
        Bus bus = new Bus();
        SiteMember member = Led(bus, 16_000);
        bus.Say(CutFrame(0, 2_000, 9, 7));
        member.Tick(1_200);
        Assert.AreEqual(0, member.LimitMilliamps);
        member.Tick(3_100);
        Assert.AreEqual(0, member.LimitMilliamps);
        member.Tick(3_300);
        Assert.AreEqual(16_000, member.LimitMilliamps);
        bus.Say(CutFrame(32_000, 2_000, 9, 7));
        member.Tick(3_400);
        Assert.AreEqual(16_000, member.LimitMilliamps, "it raises nobody");
        bus.Say(CutFrame(10_000, int.MaxValue, 9, 7));
        member.Tick(3_500);
        Assert.AreEqual(10_000, member.LimitMilliamps);
        member.Tick(3_500 + SiteMember.CutMsMax);
        Assert.AreEqual(16_000, member.LimitMilliamps, "no longer than that, whatever it says");
    }

    [TestMethod]
    public void ACutOfAnotherLeaderOrWithoutOneLowersNobody()
    {
        Bus bus = new Bus();
        SiteMember unled = new SiteMember(bus, 3, 11, 6_000);
        bus.Say(CutFrame(0, 2_000, 9, 7));
        unled.Tick(20_000);
        unled.Tick(40_000);
        bus.Say(CutFrame(0, 2_000, 9, 7));
        unled.Tick(40_100);
        Assert.AreEqual(6_000, unled.LimitMilliamps);
        SiteMember member = Led(bus, 16_000);
        bus.Say(CutFrame(0, 2_000, 10, 7));
        member.Tick(1_200);
        Assert.AreEqual(16_000, member.LimitMilliamps, "another term");
    }

    [TestMethod]
    public void ACutThatWasHeldBackOrSaidAgainIsWorthNothing()
    {
        SiteSeal leader = SiteSeal.ForLeader(SiteKeys.Site, 900, 5, 4);
        Bus bus = new Bus();
        SiteSeal own = SiteSeal.ForMember(SiteKeys.Site, 11, 3);
        SiteMember member = new SiteMember(bus, 3, 11, 6_000, own.Restart);
        byte[] old = Sealed(leader, CutFrame(0, 2_000, 9, 7));
        member.Tick(1_000);
        bus.Say(Sealed(leader, GrantFrame(16_000, bus.LastSequence, own.Restart)));
        member.Tick(1_100);
        Assert.AreEqual(16_000, member.LimitMilliamps);
        bus.Say(old);
        member.Tick(1_200);
        Assert.AreEqual(16_000, member.LimitMilliamps, "older than the grant");
        byte[] once = Sealed(leader, CutFrame(0, 500, 9, 7));
        bus.Say(once);
        member.Tick(1_300);
        Assert.AreEqual(0, member.LimitMilliamps);
        member.Tick(1_900);
        Assert.AreEqual(16_000, member.LimitMilliamps);
        bus.Say(once);
        member.Tick(2_000);
        Assert.AreEqual(16_000, member.LimitMilliamps, "heard before");
    }

    [TestMethod]
    public void ASealOfAnotherSiteIsRefused()
    {
        byte[] key = new byte[SiteSeal.KeyBytes];
        SiteSeal stranger = SiteSeal.ForLeader(key, 900, 5, 4);
        SiteSeal own = SiteSeal.ForMember(SiteKeys.Site, 11, 3);
        Assert.IsFalse(own.IsGenuine(Sealed(stranger, CutFrame(0, 500, 9, 7))));
        SiteSeal leader = SiteSeal.ForLeader(SiteKeys.Site, 900, 5, 4);
        byte[] good = Sealed(leader, CutFrame(0, 500, 9, 7));
        Assert.IsTrue(own.IsGenuine(good));
        for (int bit = 0; bit < 52 * 8; bit++)
        {
            good[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.IsFalse(own.IsGenuine(good), "bit " + bit.ToString());
            good[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    private static SiteBench Full(bool isLine, uint seed)
    {
        string text = "phases 1\nvolts 230\nlimit 600000";
        for (int i = 0; i < 64; i++)
        {
            text += "\nmember " + i.ToString() + " safe 6000 phases 1";
        }

        SiteBench bench = new SiteBench(text, isLine, seed, null);
        bench.Run(120);
        return bench;
    }

    private static void Cut(SiteBench bench)
    {
        bench.Sites[0].Site.Limits.SetLimit(0, LimitMilliamps, int.MaxValue);
        bench.Sites[0].Site.Leader.Cut.IsOn = true;
    }

    private static SiteMember Led(Bus bus, int milliamps)
    {
        SiteMember member = new SiteMember(bus, 3, 11, 6_000);
        member.Tick(1_000);
        bus.Say(GrantFrame(milliamps, bus.LastSequence, 0).Bytes);
        member.Tick(1_100);
        Assert.AreEqual(milliamps, member.LimitMilliamps);
        return member;
    }

    private static SiteFrame CutFrame(int milliamps, int validMs, int term, int rank)
    {
        SiteFrame frame = new SiteFrame
        {
            Type = SiteFrame.Cut,
            Member = rank,
            Serial = 900,
            Term = term,
            Milliamps = milliamps,
            ValidMs = validMs,
        };
        frame.Encode();
        return frame;
    }

    private static SiteFrame GrantFrame(int milliamps, int answers, int restart)
    {
        SiteFrame frame = new SiteFrame
        {
            Type = SiteFrame.Grant,
            Member = 3,
            Serial = 11,
            Term = 9,
            Sequence = 1,
            Echo = answers,
            PeerRestart = restart,
            Milliamps = milliamps,
            ValidMs = 10_000,
            ReadySeconds = -1,
        };
        frame.Encode();
        return frame;
    }

    private static byte[] Sealed(SiteSeal seal, SiteFrame frame)
    {
        seal.BeginTick();
        seal.Seal(frame.Bytes, 0);
        return (byte[])frame.Bytes.Clone();
    }

    private sealed class Bus : ISiteBus
    {
        private readonly SiteFrame _sent = new SiteFrame();
        private byte[] _next;

        public int LastSequence => _sent.Sequence;

        public void Say(SiteFrame frame) => Say(frame.Bytes);

        public void Say(byte[] bytes) => _next = (byte[])bytes.Clone();

        public void Tick(long nowMs)
        {
        }

        public bool TrySend(byte[] frame, int length)
        {
            frame.CopyTo(_sent.Bytes, 0);
            return _sent.TryDecode(length);
        }

        public bool TryReceive(byte[] frame, out int length)
        {
            length = SiteFrame.Length;
            bool has = _next != null;
            if (has)
            {
                _next.CopyTo(frame, 0);
                _next = null;
            }

            return has;
        }
    }
}
