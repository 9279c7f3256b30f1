using MeterFirmware.Charging;
using MeterFirmware.SiteBus;
using MeterFirmware.SiteController;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

/// <summary>Leader and members on one RS-485 line, byte by byte. The invariant in every tick of every test: the limits
/// in force together are within the site's limit.</summary>
[TestClass]
public class SerialSiteBusTests
{
    private const int TickMs = 10;
    private const int Safe = 6_000;

    private static SiteWire _wire;
    private static SiteMember[] _members;
    private static SerialSiteBus[] _memberBus;
    private static SiteLeader[] _leaders;
    private static SerialSiteBus[] _leaderBus;
    private static bool[] _leaderIsDead;
    private static int _limit;

    // How often a charger looks at its member; its bus runs in every tick.
    private static int _lookMs;

    [TestMethod]
    public void MembersOnALineShareTheLimitAndNobodySpeaksIntoAnother()
    {
        Fresh();
        Site(4, 1, 64_000, 1);
        Run(60);
        AllHave(16_000);
        Assert.AreEqual(0, _wire.Collisions);
    }

    [TestMethod]
    public void AChargerThatLooksTenTimesASecondAtWhatItIsToldKeepsItsTurns()
    {
        Fresh();
        Site(16, 1, 256_000, 1);
        _lookMs = 100;
        Run(60);
        AllHave(16_000);
        Assert.AreEqual(0, _wire.Collisions);
        int heard = 0;
        for (int second = 0; second < 30; second++)
        {
            Run(1);
            heard += _leaders[0].HeardCount;
        }

        Assert.AreEqual(30 * 16, heard);
    }

    [TestMethod]
    public void TransceiversThatHearThemselvesChangeNothing()
    {
        Fresh();
        Site(4, 1, 64_000, 1);
        _wire.HasEcho = true;
        Run(60);
        AllHave(16_000);
    }

    [TestMethod]
    public void SixtyFourMembersAreFoundAndServed()
    {
        Fresh();
        Site(64, 1, 64 * 8_000, 2);
        Run(90);
        Assert.AreEqual(64, _leaders[0].HeardCount);
        AllHave(8_000);
    }

    [TestMethod]
    public void LostBentAndDoubledBytesNeverBreakTheLimit()
    {
        Fresh();
        Site(8, 2, 100_000, 3);
        int served = 0;
        for (int minute = 0; minute < 8; minute++)
        {
            // At most one byte in 250: every fifth frame is hurt.
            _wire.LostBytes = _wire.Next(200);
            _wire.BentBytes = _wire.Next(200);
            _wire.DoubledBytes = _wire.Next(200);
            for (int second = 0; second < 60; second++)
            {
                Run(1);
                _wire.Hiss(_wire.Next(20));
                served += SumOfLimits() > 60_000 ? 1 : 0;
            }
        }

        Assert.IsTrue(served > 200, "the site must be in use under this, not " + served + " of 480 s");
        _wire.LostBytes = 0;
        _wire.BentBytes = 0;
        _wire.DoubledBytes = 0;
        Run(60);
        Assert.IsTrue(SumOfLimits() > 95_000, "and recover: " + SumOfLimits());
    }

    [TestMethod]
    public void ACutLineLeavesTheSafeCurrents()
    {
        Fresh();
        Site(4, 1, 64_000, 4);
        Run(60);
        _wire.LostBytes = 100_000;
        Run(25);
        AllHave(Safe);
        _wire.LostBytes = 0;
        Run(60);
        AllHave(16_000);
    }

    [TestMethod]
    public void StandbyTakesTheLineOverAndTheReturningLeaderStandsBack()
    {
        Fresh();
        Site(4, 2, 64_000, 5);
        Run(60);
        _leaderIsDead[0] = true;
        Run(60);
        Assert.IsTrue(_leaders[1].IsLeading);
        AllHave(16_000);
        _leaderIsDead[0] = false;
        Run(60);
        Assert.AreEqual(1, (_leaders[0].IsLeading ? 1 : 0) + (_leaders[1].IsLeading ? 1 : 0));
        AllHave(16_000);
    }

    [TestMethod]
    public void TwoDevicesWithOneNumberAreHeardApartAndNeverGrantedTwice()
    {
        Fresh();
        Site(4, 1, 64_000, 6);
        Run(60);
        SerialSiteBus twinBus = SerialSiteBus.ForMember(_wire.PortAt(5), 1, SiteSeal.ForMember(SiteKeys.Site, 999, 1));
        SiteMember twin = new SiteMember(twinBus, 1, 999, Safe, 1);
        for (int tick = 0; tick < 60_000 / TickMs; tick++)
        {
            twin.WantedMilliamps = 32_000;
            twin.MeasuredMilliamps = twin.LimitMilliamps;
            twin.Tick(_wire.NowMs);
            twinBus.Tick(_wire.NowMs);
            Step();
            Assert.IsFalse(twin.IsLed, "a grant names the device, not only the number");
        }

        Assert.IsTrue(_leaders[0].IsDoubled(1));
        Assert.IsTrue(SumOfLimits() + twin.LimitMilliamps <= _limit, "the twin's draw is taken off");
    }

    private void Site(int members, int leaders, int limit, uint seed)
    {
        _wire = new SiteWire(members + 2, seed);
        _limit = limit;
        _members = new SiteMember[members];
        _memberBus = new SerialSiteBus[members];
        int[] safe = new int[members];
        for (int i = 0; i < members; i++)
        {
            _memberBus[i] = SerialSiteBus.ForMember(_wire.PortAt(i), i, SiteSeal.ForMember(SiteKeys.Site, 100 + i, 7));
            _members[i] = new SiteMember(_memberBus[i], i, 100 + i, Safe, 7);
            safe[i] = Safe;
        }

        _leaders = new SiteLeader[leaders];
        _leaderBus = new SerialSiteBus[leaders];
        _leaderIsDead = new bool[leaders];
        for (int i = 0; i < leaders; i++)
        {
            Connectors connectors = new Connectors(members);
            LimitTree tree = new LimitTree(1);
            tree.SetLimit(0, limit, limit);
            SiteSeal seal = SiteSeal.ForLeader(SiteKeys.Site, 900 + i, 3 + i, members);
            _leaderBus[i] = SerialSiteBus.ForLeader(_wire.PortAt(members + i), members, seal);
            _leaders[i] = new SiteLeader(_leaderBus[i], connectors, tree, new Allocator(connectors, tree), i, safe)
            {
                Seal = seal,
            };
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
        _wire.Advance(TickMs);
        for (int i = 0; i < _leaders.Length; i++)
        {
            if (!_leaderIsDead[i])
            {
                _leaders[i].Tick(_wire.NowMs);
                _leaderBus[i].Tick(_wire.NowMs);
            }
        }

        for (int i = 0; i < _members.Length; i++)
        {
            _members[i].MeasuredMilliamps = _members[i].LimitMilliamps;
            _members[i].WantedMilliamps = 32_000;
            if ((_wire.NowMs + i * TickMs) % _lookMs == 0)
            {
                _members[i].Tick(_wire.NowMs);
            }

            _memberBus[i].Tick(_wire.NowMs);
        }

        int sum = SumOfLimits();
        Assert.IsTrue(sum <= _limit, "limits in force " + sum + " of " + _limit + " at " + _wire.NowMs);
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

    private void AllHave(int milliamps)
    {
        for (int i = 0; i < _members.Length; i++)
        {
            Assert.AreEqual(milliamps, _members[i].LimitMilliamps);
        }
    }

    // The device makes no object of this class: what every test begins with is made here.
    private static void Fresh()
    {
        _wire = null;
        _members = null;
        _memberBus = null;
        _leaders = null;
        _leaderBus = null;
        _leaderIsDead = null;
        _limit = 0;
        _lookMs = TickMs;
    }
}
