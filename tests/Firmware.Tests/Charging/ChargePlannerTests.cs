using MeterFirmware.Charging;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

[TestClass]
public class ChargePlannerTests
{
    private const int SlotsPerDay = 288;
    private const int Cheap = 350_000;
    private const int Dear = 1_200_000;

    private static Connectors _connectors;
    private static PriceHorizon _prices;
    private static ChargePlanner _planner;

    [TestMethod]
    public void WaitsForTheCheapHoursWhenTheyAreEnough()
    {
        Fresh();
        Site(2, 60_000);
        Prices(60, 120);
        _connectors.PlugIn(0, 30_000, 20 * 30_000, 150);
        Assert.AreEqual(0, WantedAt(0, 0));
        Assert.AreEqual(30_000, WantedAt(60, 0));
    }

    [TestMethod]
    public void ChargesAtOnceWhenTheDepartureLiesBeforeTheCheapHours()
    {
        Fresh();
        Site(1, 60_000);
        Prices(60, 120);
        _connectors.PlugIn(0, 30_000, 20 * 30_000, 40);
        Assert.AreEqual(30_000, WantedAt(0, 0));
    }

    [TestMethod]
    public void ChargesNowWhatTheCheapHoursCannotHold()
    {
        Fresh();
        // 60 cheap slots of one vehicle at a time, three vehicles that want 25 slots each.
        Site(3, 30_000);
        Prices(60, 120);
        for (int i = 0; i < 3; i++)
        {
            _connectors.PlugIn(i, 30_000, 25 * 30_000, 120);
        }

        WantedAt(0, 0);
        int waiting = 0;
        for (int i = 0; i < 3; i++)
        {
            waiting += _connectors.WantedMilliamps[i] == 0 ? 1 : 0;
        }

        Assert.IsTrue(waiting < 3, "15 slots do not fit into the cheap hours, nobody may wait for all of them");
        Assert.IsFalse(_planner.IsShort);
    }

    [TestMethod]
    public void ALateVehicleOrOneThatAsksTheImpossibleDoesNotTakeThePriceFromTheOthers()
    {
        Fresh();
        // Before, what their own station could not bring any more counted as the site's shortage: everybody charged,
        // dear.
        for (int impossible = 0; impossible < 2; impossible++)
        {
            Site(3, 90_000);
            Prices(60, 120);
            _connectors.PlugIn(0, 30_000, 20 * 30_000, 150);
            _connectors.PlugIn(1, 30_000, 20 * 30_000, 150);
            _connectors.PlugIn(2, 30_000, 20 * 30_000, impossible == 1 ? 15 : 0);
            _connectors.IsCharging[2] = true;
            Assert.AreEqual(0, WantedAt(1, 0));
            Assert.AreEqual(0, WantedAt(1, 1));
            Assert.AreEqual(30_000, WantedAt(1, 2));
            Assert.IsFalse(_planner.IsShort);
            Assert.AreEqual(1000, _planner.FairSharePermille);
        }
    }

    [TestMethod]
    public void DepartureInThePastMeansChargeNow()
    {
        Fresh();
        Site(1, 60_000);
        Prices(60, 120);
        _connectors.PlugIn(0, 30_000, 10 * 30_000, 5);
        Assert.AreEqual(30_000, WantedAt(20, 0));
        Assert.AreEqual(1, _planner.OrderCount);
    }

    [TestMethod]
    public void WithoutAnyPriceItChargesNow()
    {
        Fresh();
        Site(1, 60_000);
        _connectors.PlugIn(0, 30_000, 10 * 30_000, 200);
        Assert.AreEqual(30_000, WantedAt(0, 0));
    }

    [TestMethod]
    public void WaitsForKnownCheapHoursButNeverForUnknownOnes()
    {
        Fresh();
        Site(1, 60_000);
        _prices.Set(0, Dear);
        _prices.Set(20, Cheap);
        _prices.Set(21, Cheap);
        _connectors.PlugIn(0, 30_000, 2 * 30_000, 200);
        Assert.AreEqual(0, WantedAt(0, 0));
        _connectors.PlugIn(0, 30_000, 3 * 30_000, 200);
        Assert.AreEqual(30_000, WantedAt(0, 0));
    }

    [TestMethod]
    [DataRow(11, 1)]
    [DataRow(12, 0)]
    // One place, two vehicles. The one that runs has a bonus,
    // but none against a departure less than two slots away from late.
    public void ADepartureThatIsAlmostMissedGoesBeforeTheOneThatRuns(int departureSlot, int first)
    {
        Fresh();
        Site(2, 30_000);
        Prices(0, SlotsPerDay);
        _connectors.PlugIn(0, 30_000, 10 * 30_000, 30);
        _connectors.PlugIn(1, 30_000, 10 * 30_000, departureSlot);
        _connectors.IsCharging[0] = true;
        Assert.AreEqual(30_000, WantedAt(0, first));
        Assert.AreEqual(first, (int)_planner.Order[0]);
    }

    [TestMethod]
    public void BoostIsServedFirst()
    {
        Fresh();
        Site(2, 30_000);
        Prices(60, 120);
        _connectors.PlugIn(0, 30_000, 10 * 30_000, 12);
        _connectors.PlugIn(1, 30_000, 10 * 30_000, 200);
        _connectors.ForcedNow[1] = true;
        Assert.AreEqual(30_000, WantedAt(0, 1));
        Assert.AreEqual(1, (int)_planner.Order[0]);
    }

    [TestMethod]
    public void ShortageGivesEveryoneTheSameShare()
    {
        Fresh();
        // Capacity for 40 vehicle slots, three vehicles want 40 each.
        Site(3, 30_000);
        Prices(0, SlotsPerDay);
        for (int i = 0; i < 3; i++)
        {
            _connectors.PlugIn(i, 30_000, 40 * 30_000, 40);
        }

        WantedAt(0, 0);
        Assert.IsTrue(_planner.IsShort);
        Assert.IsTrue(_planner.FairSharePermille > 320
            && _planner.FairSharePermille <= 336, "a third each, not " + _planner.FairSharePermille);
    }

    [TestMethod]
    public void SlicedAndWholePlansAgree()
    {
        Fresh();
        Site(20, 100_000);
        Prices(90, 140);
        for (int i = 0; i < 20; i++)
        {
            _connectors.PlugIn(i, 30_000, (i + 3) * 25_000, 40 + i * 9);
        }

        WantedAt(30, 0);
        int count = _planner.OrderCount;
        int last = _planner.Order[count - 1];
        _planner.Begin(30, 30, false, false);
        int slices = 1;
        while (!_planner.Step(1))
        {
            slices++;
        }

        Assert.AreEqual(count, _planner.OrderCount);
        Assert.AreEqual(last, (int)_planner.Order[count - 1]);
        Assert.IsTrue(slices > 100, "one simulated slot a slice");
    }

    private int WantedAt(int slot, int connector)
    {
        _planner.Begin(slot, slot % SlotsPerDay, false, false);
        Finish();
        return _connectors.WantedMilliamps[connector];
    }

    private void Finish()
    {
        while (!_planner.Step(1000))
        {
        }
    }

    private void Site(int count, int milliamps)
    {
        _connectors = new Connectors(count);
        _prices = new PriceHorizon(SlotsPerDay);
        _planner = new ChargePlanner(_connectors, _prices, new ArrivalProfile(SlotsPerDay));
        _planner.SetCapacity(milliamps, new int[] { milliamps, milliamps, milliamps }, 1, 30_000);
    }

    private void Prices(int cheapFrom, int cheapTo)
    {
        for (int slot = 0; slot < SlotsPerDay; slot++)
        {
            _prices.Set(slot, slot >= cheapFrom && slot < cheapTo ? Cheap : Dear);
        }
    }

    // The device makes no object of this class: what every test begins with is made here.
    private static void Fresh()
    {
        _connectors = null;
        _prices = null;
        _planner = null;
    }
}
