using MeterFirmware.Charging;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

[TestClass]
public class SharingControllerTests
{
    private static Connectors _connectors;
    private static LimitTree _tree;
    private static SharingController _sharing;
    private static int[] _takes;
    private static long _nowMs;

    [TestMethod]
    public void UnusedShareIsHandedOnWithinTenSeconds()
    {
        Fresh();
        Site(2, 40_000);
        Run(30);
        Assert.AreEqual(20_000, _connectors.OfferMilliamps[1]);
        _takes[0] = 8_000;
        Run(10);
        Assert.AreEqual(9_000, _connectors.OfferMilliamps[0]);
        Assert.IsTrue(_connectors.OfferMilliamps[1] >= 28_000, "the rest goes to the other, 8 A a step");
        Run(10);
        Assert.AreEqual(31_000, _connectors.OfferMilliamps[1]);
    }

    [TestMethod]
    public void VehicleThatWakesUpGetsItsShareBack()
    {
        Fresh();
        Site(2, 40_000);
        _takes[0] = 1_000;
        Run(60);
        Assert.AreEqual(6_000, _connectors.OfferMilliamps[0]);
        _takes[0] = 32_000;
        Run(30);
        Assert.AreEqual(20_000, _connectors.OfferMilliamps[0]);
    }

    [TestMethod]
    public void LowerLimitIsObeyedInTheSameTick()
    {
        Fresh();
        Site(4, 100_000);
        Run(30);
        _tree.SetLimit(0, 30_000, 30_000);
        Run(1);
        int sum = 0;
        for (int i = 0; i < 4; i++)
        {
            sum += _connectors.OfferMilliamps[i];
        }

        Assert.AreEqual(30_000, sum);
    }

    [TestMethod]
    public void OffersRiseInStepsAtLeastFiveSecondsApart()
    {
        Fresh();
        Site(1, 7_000);
        Run(30);
        _tree.SetLimit(0, 32_000, 32_000);
        int last = _connectors.OfferMilliamps[0];
        int lastRise = -10;
        for (int second = 0; second < 40; second++)
        {
            Run(1);
            int offer = _connectors.OfferMilliamps[0];
            if (offer != last)
            {
                Assert.IsTrue(second - lastRise >= 5, "rose again too soon");
                Assert.IsTrue(offer - last <= 8_000, "rose too far");
                lastRise = second;
                last = offer;
            }
        }

        Assert.AreEqual(32_000, last);
    }

    [TestMethod]
    public void WhenTheMinimumIsShortAllTakeTurns()
    {
        Fresh();
        // Room for two of five.
        Site(5, 13_000);
        int[] seconds = new int[5];
        int starts = 0;
        int[] before = new int[5];
        for (int second = 0; second < 5 * 3600; second++)
        {
            Run(1);
            int running = 0;
            for (int i = 0; i < 5; i++)
            {
                int offer = _connectors.OfferMilliamps[i];
                running += offer > 0 ? 1 : 0;
                seconds[i] += offer > 0 ? 1 : 0;
                starts += offer > 0 && before[i] == 0 ? 1 : 0;
                before[i] = offer;
            }

            Assert.IsTrue(running <= 2, "more than the limit carries");
        }

        for (int i = 0; i < 5; i++)
        {
            Assert.IsTrue(seconds[i] >= 6_200
                && seconds[i] <= 8_200, "fair turns of 2/5 of 5 h, not " + seconds[i] + " s");
        }

        Assert.IsTrue(starts <= 2 * 5 * 4 + 5, "a turn lasts a quarter of an hour, " + starts + " starts are too many");
    }

    [TestMethod]
    public void PriorityIsServedBeforeTheOthers()
    {
        Fresh();
        Site(3, 6_500);
        _sharing.SetPriority(2, 1);
        Run(100);
        Assert.AreEqual(6_500, _connectors.OfferMilliamps[2]);
        Assert.AreEqual(2, _sharing.WaitingCount);
    }

    [TestMethod]
    public void LimitThatFlickersDoesNotFlap()
    {
        Fresh();
        Site(2, 12_000);
        Run(30);
        int starts = 0;
        int before = 0;
        for (int second = 0; second < 600; second++)
        {
            int limit = second % 4 < 2 ? 11_900 : 12_100;
            _tree.SetLimit(0, limit, limit);
            Run(1);
            int running = (_connectors.OfferMilliamps[0] > 0 ? 1 : 0) + (_connectors.OfferMilliamps[1] > 0 ? 1 : 0);
            starts += running > before ? 1 : 0;
            before = running;
        }

        Assert.IsTrue(starts <= 11, "at most one start a minute, not " + starts);
    }

    private void Site(int count, int milliamps)
    {
        _connectors = new Connectors(count);
        _tree = new LimitTree(2);
        _tree.SetLimit(0, milliamps, milliamps);
        _sharing = new SharingController(_connectors, new Allocator(_connectors, _tree));
        _takes = new int[count];
        _nowMs = 1000;
        for (int i = 0; i < count; i++)
        {
            _connectors.PlugIn(i, 32_000, 1_000_000, 1000);
            _takes[i] = 32_000;
        }
    }

    private void Run(int seconds)
    {
        for (int second = 0; second < seconds; second++)
        {
            _sharing.Tick(_nowMs, null, 0, 0);
            _nowMs += 1000;
            for (int i = 0; i < _connectors.Count; i++)
            {
                int offer = _connectors.OfferMilliamps[i];
                _sharing.MeasuredMilliamps[i] = offer < _takes[i] ? offer : _takes[i];
            }
        }
    }

    // The device makes no object of this class: what every test begins with is made here.
    private static void Fresh()
    {
        _connectors = null;
        _tree = null;
        _sharing = null;
        _takes = null;
        _nowMs = 0;
    }
}
