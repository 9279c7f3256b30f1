using System;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>The least on-time: the plan waits with 6 A for it, nobody else does.</summary>
[TestClass]
public class LeastOnTimeTests
{
    private const int LeastOnMs = 300_000;

    private readonly GridPoint _grid = new();
    private SimulatedCharger _charger;
    private long _closedMs;

    private EvChargerProduct Product => _charger.Product;

    [TestMethod]
    public void APlanThatWouldStopWaitsWithTheLeastCurrentForTheLeastOnTime()
    {
        Charge();
        WaitForTheCheapHours();
        _charger.Run(10_000);
        Assert.AreEqual(6_000, Product.Controller.State.OfferMilliamps);
        RunTo(LeastOnMs - 5_000);
        Assert.IsTrue(_charger.Bench.IsCoilOn);
        RunTo(LeastOnMs + 15_000);
        Assert.IsFalse(_charger.Bench.IsCoilOn, "then it waits for the price");
        Assert.AreEqual(ConnectorStatus.SuspendedEvse, Product.Status);
    }

    [TestMethod]
    public void AContactorThatHasBeenClosedLongEnoughIsStoppedAtOnce()
    {
        Charge();
        RunTo(LeastOnMs + 1_000);
        WaitForTheCheapHours();
        _charger.Run(10_000);
        Assert.IsFalse(_charger.Bench.IsCoilOn);
    }

    [TestMethod]
    public void NoLeastOnTimeHoldsNothing()
    {
        Charge(leastOnMs: 0);
        WaitForTheCheapHours();
        _charger.Run(10_000);
        Assert.IsFalse(_charger.Bench.IsCoilOn);
    }

    [TestMethod]
    [DataRow("limit 0")]
    [DataRow("limit 5.9 A")]
    [DataRow("ceiling 0")]
    [DataRow("stop")]
    // A limit that forbids even 6 A, and a person, wait for nothing: an orderly stop of a vehicle takes 1.5 s here.
    public void ALimitBelowSixAmpsAndAStopWaitForNothing(string what)
    {
        Charge();
        WaitForTheCheapHours();
        switch (what)
        {
            case "limit 0": Limit(0); break;
            case "limit 5.9 A": Limit(5_900); break;
            case "ceiling 0": Assert.AreEqual(0, Product.TrySetCeiling(CommandRole.Utility, 0)); break;
            default: Product.Sessions.StopRemotely(); break;
        }

        _charger.Run(3_000);
        Assert.IsFalse(_charger.Bench.IsCoilOn);
    }

    [TestMethod]
    public void AContactorThatClosedForTheSurplusIsNotHeldForThePlan()
    {
        Charge();
        RunTo(LeastOnMs + 1_000);
        WaitForTheCheapHours();
        _charger.Run(10_000);
        Assert.IsFalse(_charger.Bench.IsCoilOn);
        Assert.AreEqual(CommandRefusal.None, Product.TrySetSurplus(SurplusCharging.Minimum, 0, 0, lackSeconds: 0));
        _grid.SolarWatts = 12_000;
        _charger.Run(120_000);
        Assert.IsTrue(_charger.Bench.IsCoilOn, "for the surplus");
        _grid.SolarWatts = 0;
        _charger.Run(60_000);
        Assert.IsFalse(_charger.Bench.IsCoilOn);
    }

    [TestMethod]
    public void SafetyWaitsForNothing()
    {
        Charge();
        WaitForTheCheapHours();
        _charger.Bench.EarthPresent = false;
        _charger.Run(20);
        Assert.IsFalse(_charger.Bench.IsCoilOn);
    }

    // Boosted in the dear hours, for a minute.
    private void Charge(int leastOnMs = LeastOnMs)
    {
        TariffTable tariff = SessionPlanTests.DearThenCheap();
        _charger = new SimulatedCharger(new SimulatedChargerParts
        {
            Tariff = tariff,
            StartUtcSeconds = SessionPlanTests.Start,
            Charger = new SafetySettings { StationMilliampsMax = 16_000, LeastOnMs = leastOnMs },
            Plan = PlannedCharging.Create(tariff, "x", 3, 230, 300, 0),
            Grid = _grid,
        })
        {
            Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 60_000 }),
        };
        _charger.Vehicle.PlugIn();
        _charger.Run(2_000);
        Product.Plan.Boost(true);
        while (!_charger.Bench.IsCoilOn)
        {
            _charger.Step();
        }

        _closedMs = _charger.Clock.NowMs;
        _charger.Run(60_000);
        Assert.AreEqual(16_000, Product.Controller.State.OfferMilliamps);
    }

    private void WaitForTheCheapHours()
    {
        Assert.IsTrue(Product.Plan.TrySetTarget(5_000, _charger.Clock.UtcSeconds + 20 * 3_600));
        Product.Plan.Boost(false);
    }

    private void Limit(int milliamps) =>
        Assert.IsTrue(Product.Limits.TrySet(CommandRole.Utility, milliamps, 600_000, Product.NowMs));

    private void RunTo(long afterClosingMs) =>
        _charger.Run(Math.Max(0, _closedMs + afterClosingMs - _charger.Clock.NowMs));
}
