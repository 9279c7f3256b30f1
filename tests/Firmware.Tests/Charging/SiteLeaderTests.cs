using MeterFirmware.Charging;
using MeterFirmware.SiteBus;
using MeterFirmware.SiteController;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

/// <summary>Leader and members with faults injected. The invariant in every tick of every test: the limits in force of
/// all members together are within the site's limit.</summary>
[TestClass]
public class SiteLeaderTests
{
    private const int TickMs = 100;
    private const int Safe = 6_000;

    private static SiteAir _air;
    private static SiteMember[] _members;
    private static SiteLeader[] _leaders;
    private static bool[] _leaderIsDead;
    private static int[] _takes;
    private static long[] _memberClockMs;
    private static int _limit;
    private static int _defiant;
    private static int _worstMilliamps;
    private static bool _limitIsGuarded;

    [TestMethod]
    public void AllMembersShareTheLimitOnceTheLeaderIsSure()
    {
        Fresh();
        Site(4, 1, 64_000, 1);
        Run(9);
        Assert.IsFalse(_leaders[0].GrantsAboveSafe);
        Run(60);
        for (int i = 0; i < 4; i++)
        {
            Assert.AreEqual(16_000, _members[i].LimitMilliamps);
        }
    }

    [TestMethod]
    public void WithoutALeaderMembersFallToTheirSafeCurrent()
    {
        Fresh();
        Site(4, 1, 64_000, 2);
        Run(60);
        _leaderIsDead[0] = true;
        Run(12);
        for (int i = 0; i < 4; i++)
        {
            Assert.AreEqual(Safe, _members[i].LimitMilliamps);
            Assert.IsFalse(_members[i].IsLed);
        }
    }

    [TestMethod]
    public void StandbyTakesOverAndTheReturningLeaderStandsBack()
    {
        Fresh();
        Site(4, 2, 64_000, 3);
        Run(60);
        _leaderIsDead[0] = true;
        Run(60);
        Assert.IsTrue(_leaders[1].IsLeading);
        Assert.AreEqual(16_000, _members[0].LimitMilliamps);
        _leaderIsDead[0] = false;
        Run(60);
        Assert.AreEqual(1, (_leaders[0].IsLeading ? 1 : 0) + (_leaders[1].IsLeading ? 1 : 0));
        Assert.AreEqual(16_000, _members[0].LimitMilliamps);
    }

    [TestMethod]
    public void TwoHalvesOfABrokenNetworkNeverShareTheSiteTwice()
    {
        Fresh();
        Site(6, 2, 72_000, 4);
        Run(60);
        _air.Side[0] = 1;
        _air.Side[6] = 0;
        _air.Side[7] = 1;
        _air.Side[1] = 1;
        _air.Side[2] = 1;
        Run(120);
        Assert.IsTrue(_leaders[0].IsLeading && _leaders[1].IsLeading, "one on each side");
        for (int i = 0; i < 6; i++)
        {
            Assert.AreEqual(Safe, _members[i].LimitMilliamps);
        }

        for (int i = 0; i < 8; i++)
        {
            _air.Side[i] = 0;
        }

        Run(60);
        Assert.AreEqual(12_000, _members[0].LimitMilliamps);
    }

    [TestMethod]
    public void LossDoublingAndDelayNeverBreakTheLimit()
    {
        Fresh();
        for (uint seed = 10; seed < 13; seed++)
        {
            Site(8, 2, 100_000, seed);
            _air.LossPermille = 200;
            _air.DoublePermille = 200;
            _air.DelayMsMax = seed % 2 == 0 ? 3_000 : 14_000;
            for (int minute = 0; minute < 20; minute++)
            {
                Run(60);
                int who = _air.Next(8);
                _takes[who] = _takes[who] == 0 ? 32_000 : _air.Next(2) == 0 ? 0 : 9_000;
                int leader = _air.Next(2);
                _leaderIsDead[leader] = !_leaderIsDead[leader] && _air.Next(3) == 0;
                _air.Side[_air.Next(8)] = _air.Next(4) == 0 ? -1 : 0;
            }
        }

        Assert.IsTrue(_worstMilliamps > 50_000, "the test must see the site in use, not " + _worstMilliamps);
    }

    [TestMethod]
    public void RestartedMemberDrawsNothingUntilTheLeaderCountsItAgain()
    {
        Fresh();
        Site(4, 1, 64_000, 5);
        _takes[0] = 0;
        Run(60);
        Assert.AreEqual(0, _members[0].LimitMilliamps);
        _members[0] = new SiteMember(_air.PortAt(0), 0, 100, Safe);
        _takes[0] = 32_000;
        Run(1);
        Assert.AreEqual(0, _members[0].LimitMilliamps);
        Run(60);
        Assert.AreEqual(16_000, _members[0].LimitMilliamps);
    }

    [TestMethod]
    public void MemberThatIgnoresItsLimitIsDetectedAndTheOthersAreReduced()
    {
        Fresh();
        Site(4, 1, 64_000, 6);
        Run(60);
        _defiant = 2;
        _limitIsGuarded = false;
        Run(30);
        Assert.IsTrue(_leaders[0].IsDefiant(2));
        int others = _members[0].LimitMilliamps + _members[1].LimitMilliamps + _members[3].LimitMilliamps;
        Assert.IsTrue(others <= 64_000 - 32_000, "32 A are drawn by the defiant one, the others have " + others);
        Assert.IsTrue(others >= 30_000, "and no less than is left, but have " + others);
        _defiant = -1;
        Run(150);
        Assert.IsFalse(_leaders[0].IsDefiant(2));
        Assert.AreEqual(16_000, _members[2].LimitMilliamps);
    }

    [TestMethod]
    public void SecondDeviceWithTheSameNumberIsDetectedAndCounted()
    {
        Fresh();
        Site(4, 1, 64_000, 7);
        Run(60);
        SiteMember twin = new SiteMember(_air.PortAt(5), 1, 999, Safe);
        for (int second = 0; second < 40; second++)
        {
            for (int tick = 0; tick < 10; tick++)
            {
                twin.MeasuredMilliamps = twin.LimitMilliamps;
                twin.WantedMilliamps = 32_000;
                twin.Tick(_air.NowMs);
                Step();
                Assert.IsTrue(SumOfLimits() + twin.LimitMilliamps <= _limit, "the twin is on top");
            }
        }

        Assert.IsTrue(_leaders[0].IsDoubled(1));
        Assert.IsFalse(twin.IsLed, "a grant names the device, not only the number");
    }

    [TestMethod]
    public void LateFramesOfAnHourAgoAreNotObeyed()
    {
        Fresh();
        Site(2, 1, 64_000, 8);
        Run(60);
        _leaderIsDead[0] = true;
        Run(5);
        _air.DelayMsMax = 3_600_000;
        _leaderIsDead[0] = false;
        Run(10);
        _leaderIsDead[0] = true;
        Run(30);
        Assert.AreEqual(Safe, _members[0].LimitMilliamps);
        for (int minute = 0; minute < 60; minute++)
        {
            Run(60);
            Assert.AreEqual(Safe, _members[0].LimitMilliamps);
        }
    }

    [TestMethod]
    public void DamagedFrameIsNoFrame()
    {
        Fresh();
        SiteFrame frame = new SiteFrame();
        frame.Type = SiteFrame.Grant;
        frame.Milliamps = 16_000;
        frame.Encode();
        for (int i = 0; i < SiteFrame.Length; i++)
        {
            frame.Bytes[i] ^= 4;
            Assert.IsFalse(frame.TryDecode(SiteFrame.Length));
            frame.Bytes[i] ^= 4;
        }

        Assert.IsTrue(frame.TryDecode(SiteFrame.Length));
        Assert.IsFalse(frame.TryDecode(SiteFrame.Length - 1));
    }

    private void Site(int members, int leaders, int limit, uint seed)
    {
        _air = new SiteAir(members + 2, seed);
        _limit = limit;
        _defiant = -1;
        _limitIsGuarded = true;
        _worstMilliamps = 0;
        _members = new SiteMember[members];
        _memberClockMs = new long[members];
        _takes = new int[members];
        int[] safe = new int[members];
        for (int i = 0; i < members; i++)
        {
            // Every device has a monotonic clock of its own.
            _memberClockMs[i] = 1_000_000L * i;
            _members[i] = new SiteMember(_air.PortAt(i), i, 100 + i, Safe);
            _takes[i] = 32_000;
            safe[i] = Safe;
        }

        _leaders = new SiteLeader[leaders];
        _leaderIsDead = new bool[leaders];
        for (int i = 0; i < leaders; i++)
        {
            Connectors connectors = new Connectors(members);
            LimitTree tree = new LimitTree(1);
            tree.SetLimit(0, limit, limit);
            _leaders[i] = new SiteLeader(
                _air.PortAt(members + i), connectors, tree, new Allocator(connectors, tree), i, safe);
        }
    }

    private void Run(int seconds)
    {
        for (int i = 0; i < seconds * 1000 / TickMs; i++)
        {
            Step();
        }
    }

    private void Step()
    {
        _air.NowMs += TickMs;
        for (int i = 0; i < _leaders.Length; i++)
        {
            if (!_leaderIsDead[i])
            {
                _leaders[i].Tick(_air.NowMs + 77_000_000);
            }
        }

        for (int i = 0; i < _members.Length; i++)
        {
            int limit = _defiant == i ? 32_000 : _members[i].LimitMilliamps;
            _members[i].MeasuredMilliamps = limit < _takes[i] ? limit : _takes[i];
            _members[i].WantedMilliamps = _takes[i] == 0 ? 0 : 32_000;
            _members[i].Tick(_air.NowMs + _memberClockMs[i]);
        }

        int sum = SumOfLimits();
        _worstMilliamps = sum > _worstMilliamps ? sum : _worstMilliamps;
        Assert.IsTrue(!_limitIsGuarded
            || sum <= _limit, "limits in force " + sum + " of " + _limit + " at " + _air.NowMs);
    }

    private int SumOfLimits()
    {
        int sum = 0;
        for (int i = 0; i < _members.Length; i++)
        {
            sum += _members[i].LimitMilliamps;
        }

        return sum;
    }

    // The device makes no object of this class: what every test begins with is made here.
    private static void Fresh()
    {
        _air = null;
        _members = null;
        _leaders = null;
        _leaderIsDead = null;
        _takes = null;
        _memberClockMs = null;
        _limit = 0;
        _defiant = 0;
        _worstMilliamps = 0;
        _limitIsGuarded = false;
    }
}
