using MeterFirmware.Hardware;
using MeterFirmware.SiteBus;
using MeterFirmware.SiteController;
using nanoFramework.TestFramework;
using Product = MeterFirmware.SiteController.SiteController;

namespace MeterFirmware.Firmware.Tests.Charging;

[TestClass]
public class SiteControllerTests
{
    // 2026-11-02T12:00:00Z, a slot's beginning.
    private const long Noon = 1_793_620_800L;
    private const int Cheap = 350_000;
    private const int Dear = 1_200_000;

    private static SiteAir _air;
    private static Product _site;
    private static SiteMember _member;
    private static SiteMember _other;
    private static TestClock _clock;

    [TestMethod]
    public void WaitsForTheCheapSlotAndThenCharges()
    {
        Fresh();
        Site(true);
        Run(120);
        Assert.AreEqual(0, _member.LimitMilliamps);
        Assert.IsTrue(_site.PlanCount > 0);
        Run(600);
        Assert.AreEqual(32_000, _member.LimitMilliamps);
    }

    [TestMethod]
    public void WithoutTimeItChargesWithoutAPlan()
    {
        Fresh();
        Site(true);
        _clock.IsKnown = false;
        Run(120);
        Assert.AreEqual(32_000, _member.LimitMilliamps);
    }

    [TestMethod]
    public void WithoutPricesItChargesWithoutAPlan()
    {
        Fresh();
        Site(false);
        Run(120);
        Assert.AreEqual(32_000, _member.LimitMilliamps);
    }

    [TestMethod]
    public void ClockStepsNeverProlongALimit()
    {
        Fresh();
        Site(false);
        Run(120);
        for (int i = 0; i < 20; i++)
        {
            _clock.Utc += i % 2 == 0 ? 7_200 : -7_200;
            Run(5);
            Assert.IsTrue(_member.LimitMilliamps + _other.LimitMilliamps <= 40_000);
        }

        _air.Side[2] = -1;
        _clock.Utc -= 86_400;
        Run(25);
        Assert.AreEqual(6_000, _member.LimitMilliamps);
        Assert.IsFalse(_member.IsLed);
    }

    [TestMethod]
    public void AnAbsurdDemandAndADepartureInThePastChargeNowWithinTheLimit()
    {
        Fresh();
        Site(true);
        _member.WantedWattHours = int.MaxValue;
        _member.DepartureSeconds = 0;
        Run(120);
        Assert.AreEqual(32_000, _member.LimitMilliamps);
        Assert.IsTrue(_member.LimitMilliamps + _other.LimitMilliamps <= 40_000);
    }

    [TestMethod]
    public void ThePlannerIsToldWhoRuns()
    {
        Fresh();
        // Without it no running session kept its place in the product, only in meterctl.
        Site(true);
        Run(700);
        Assert.AreEqual(32_000, _member.LimitMilliamps);
        Run(300);
        Assert.IsTrue(_site.Connectors.IsCharging[0]);
    }

    [TestMethod]
    public void AMemberThatTellsNothingIsExpectedToStayAndTakeWhatIsUsualThere()
    {
        Fresh();
        Site(true);
        for (int visit = 0; visit < 3; visit++)
        {
            // Twenty minutes each.
            _member.WantedMilliamps = 32_000;
            _member.WantedWattHours = 0;
            _member.DepartureSeconds = -1;
            Run(1200);
            _member.WantedMilliamps = 0;
            Run(60);
        }

        _member.WantedMilliamps = 32_000;
        Run(30);
        int stay = _site.Connectors.DepartureSlot[0] - (int)(_clock.Utc / Product.SlotSeconds);
        Assert.IsTrue(stay >= 1 && stay <= 5, "slots of 5 min, not " + stay);
        Assert.IsTrue(_site.Connectors.RemainingMilliampSlots[0] <= 6 * 32_000,
            "not " + _site.Connectors.RemainingMilliampSlots[0]);
    }

    private void Site(bool withPrices)
    {
        _air = new SiteAir(3, 1);
        _clock = new TestClock();
        _clock.Utc = Noon;
        _site = new Product(_air.PortAt(2), _clock, 0, new int[] { 6_000, 6_000 }, 1, 1, 230);
        _site.Limits.SetLimit(0, 40_000, 40_000);
        _member = new SiteMember(_air.PortAt(0), 0, 11, 6_000);
        _other = new SiteMember(_air.PortAt(1), 1, 12, 6_000);
        _member.WantedMilliamps = 32_000;
        _member.WantedWattHours = 5_000;
        _member.DepartureSeconds = 6 * 3600;
        for (int slot = 0; slot < Product.SlotsPerDay && withPrices; slot++)
        {
            _site.Prices.Set((int)(Noon / Product.SlotSeconds) + slot, slot < 2 ? Dear : Cheap);
        }
    }

    private void Run(int seconds)
    {
        for (int tick = 0; tick < seconds * 10; tick++)
        {
            _air.NowMs += 100;
            _clock.Utc += tick % 10 == 9 ? 1 : 0;
            _site.Tick(_air.NowMs);
            _member.MeasuredMilliamps = _member.LimitMilliamps;
            _member.Tick(_air.NowMs);
            _other.Tick(_air.NowMs);
        }
    }

    private sealed class TestClock : IClock
    {
        public long Utc { get; set; }

        public bool IsKnown { get; set; } = true;

        public bool TryReadUtc(out long utcSeconds, out int milliseconds)
        {
            utcSeconds = Utc;
            milliseconds = 0;
            return IsKnown;
        }

        public void SetUtc(long utcSeconds, int milliseconds) => Utc = utcSeconds;
    }

    // The device makes no object of this class: what every test begins with is made here.
    private static void Fresh()
    {
        _air = null;
        _site = null;
        _member = null;
        _other = null;
        _clock = null;
    }
}
