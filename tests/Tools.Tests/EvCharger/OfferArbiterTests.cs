using MeterFirmware.Arbiter;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>Everybody who limits or commands a charger's power goes through one arbiter.</summary>
[TestClass]
public class OfferArbiterTests
{
    private SimulatedCharger _charger;
    private CommandDesk _desk;

    private OfferArbiter Limits => _charger.Product.Limits;

    private int Offer => _charger.Product.Controller.State.OfferMilliamps;

    [TestMethod]
    public void AGridLimitLowersTheOfferAndNeverLiftsTheSafeCurrent()
    {
        Build(safeMilliamps: 10_000);
        Limits.Sources.Set(OfferSource.Grid, 16_000, LimitSet.Always);
        _charger.Run(10_000);
        Assert.AreEqual(10_000, Offer, "nobody granted more than the safe current");
        Assert.AreEqual(CommandRefusal.None, _desk.Do(CommandCode.Limit, """{"milliamps":15000,"seconds":120}"""));
        _charger.Run(10_000);
        Assert.AreEqual(15_000, Offer);
        Limits.Sources.Set(OfferSource.Grid, 12_000, _charger.Clock.NowMs + 30_000);
        _charger.Run(10_000);
        Assert.AreEqual(12_000, Offer, "the least of all holds");
        _charger.Run(30_000);
        Assert.AreEqual(15_000, Offer, "each limit ends by itself");
        _charger.Run(90_000);
        Assert.AreEqual(10_000, Offer);
    }

    [TestMethod]
    public void AGridSetPointIsObeyedBeforeDriverAndPriceWithinTheLimits()
    {
        Build(safeMilliamps: 16_000);
        _charger.Run(60_000);
        Assert.AreEqual(0, Offer, "the plan waits for the cheap hours");
        Limits.SetPoints.Set(SetPointSource.Grid, 10_000, _charger.Clock.NowMs + 60_000);
        _charger.Run(10_000);
        Assert.AreEqual(10_000, Offer);
        Limits.SetPoints.Set(SetPointSource.Grid, 32_000, _charger.Clock.NowMs + 60_000);
        _charger.Run(10_000);
        Assert.AreEqual(16_000, Offer, "no set-point lifts a limit");
        _charger.Product.Plan.Boost(true);
        _charger.Run(10_000);
        Limits.SetPoints.Set(SetPointSource.Grid, 0, _charger.Clock.NowMs + 60_000);
        _charger.Run(10_000);
        Assert.AreEqual(0, Offer, "the grid pauses though the driver wants to charge now");
        _charger.Run(90_000);
        Assert.AreEqual(16_000, Offer, "a set-point ends by itself, and the driver is heard");
        _charger.Product.Plan.Boost(false);

        // A contactor that has just closed is not opened for a price.
        _charger.Run(900_000);
        Assert.AreEqual(0, Offer, "without the driver's wish the price decides");
    }

    /// <summary>Everybody's words in every order: the least of the limits, and the first of the set-points.</summary>
    [TestMethod]
    public void WhoeverSpeaksInWhateverOrderTheLeastHolds()
    {
        Build(safeMilliamps: 8_000);
        _charger.Product.Plan.Boost(true);
        _charger.Run(30_000);
        int[] sources = [OfferSource.Grid, OfferSource.FirstCommand, OfferSource.FirstCommand + CommandRole.Owner];
        int[] values = [15_000, 13_000, 11_000];
        for (int said = 0; said < 8; said++)
        {
            int granted = int.MaxValue;
            for (int i = 0; i < sources.Length; i++)
            {
                bool speaks = (said >> i & 1) != 0;
                Limits.Sources.Set(sources[i], values[i], speaks ? LimitSet.Always : 0);
                granted = speaks && i > 0 ? values[i] : granted;
            }

            _charger.Run(10_000);
            int limit = granted == int.MaxValue ? 8_000 : granted;
            Assert.AreEqual((said & 1) != 0 && limit > 15_000 ? 15_000 : limit, Limits.Milliamps, $"said {said}");
        }
    }

    private void Build(int safeMilliamps)
    {
        TariffTable tariff = SessionPlanTests.DearThenCheap();
        _charger = new SimulatedCharger(new SimulatedChargerParts
        {
            Tariff = tariff,
            StartUtcSeconds = SessionPlanTests.Start,
            Charger = new SafetySettings { StationMilliampsMax = 16_000, PhaseCount = 3 },
            SafeMilliamps = safeMilliamps,
            Plan = safeMilliamps == 10_000 ? null : PlannedCharging.Create(tariff, "x", 3, 230, 300, 0),
        })
        {
            Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 60_000 }),
        };
        _desk = new CommandDesk(_charger);
        _charger.Vehicle.PlugIn();
        _charger.Run(5_000);
        Assert.AreEqual(CommandRefusal.None, _charger.Product.Sessions.IsActive ? CommandRefusal.None
            : _desk.Do(CommandCode.Session, """{"action":"start","token":"01020304"}"""));
        _charger.Run(5_000);
    }
}
