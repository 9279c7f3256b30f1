using System;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Tests.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>How much is given back: by the phases that the vehicle uses,
/// by what the offer brings back in time.</summary>
[TestClass]
public class VehicleDischargePowerTests
{
    private static readonly long _start =
        new DateTimeOffset(2026, 3, 2, 22, 0, 0, TimeSpan.FromHours(8)).ToUnixTimeSeconds();

    private SimulatedGateway _gateway;
    private SimulatedCharger _charger;
    private CommandDesk _desk;

    private VehicleDischarge Discharge => _charger.Product.Limits.Discharge;

    [TestMethod]
    [DataRow(1, 3_680)]
    [DataRow(3, 7_000)]
    public void TheSetPointFollowsThePhasesThatTheVehicleUses(int vehiclePhases, int watts)
    {
        Begin(3, vehiclePhases, stationMilliamps: 16_000, safeMilliamps: 16_000, capacityWattHours: 60_000);
        Need(300, _start + 9 * 3600);
        Permit();
        int most = 0;
        for (int i = 0; i < 12_000; i++)
        {
            _charger.Step();
            most = Math.Max(most, _charger.Bench.LineMilliamps[0]);
        }

        Assert.IsLessThanOrEqualTo(16_500, most, "mA on L1");
        Assert.AreEqual(watts, Discharge.Watts);
        Assert.AreEqual(0, _charger.Product.Controller.State.ActiveFaults);
    }

    [TestMethod]
    [DataRow(3, 16_000, 16_000)]
    [DataRow(1, 10_000, 16_000)]
    [DataRow(1, 16_000, 6_000)]
    public void NoMoreIsGivenThanTheOfferBringsBackBeforeDeparture(int phases, int stationMilliamps, int safeMilliamps)
    {
        Begin(phases, phases, stationMilliamps, Math.Min(safeMilliamps, stationMilliamps), capacityWattHours: 15_000);
        long departure = _start + 4 * 3600;
        Need(800, departure);
        Permit();
        int lowest = 1_000;
        for (int minute = 0; minute < 4 * 60 - 1; minute++)
        {
            _charger.Run(60_000);
            lowest = Math.Min(lowest, _gateway.StoredPermille);
        }

        Console.WriteLine($"{phases} phases, {stationMilliamps} mA, limit {safeMilliamps} mA: lowest {lowest}, "
            + $"at the end {_gateway.StoredPermille}, given {_charger.Vehicle.GivenWattHours} Wh");
        Assert.IsLessThan(750, lowest, "it sold");
        Assert.IsGreaterThanOrEqualTo(798, _gateway.StoredPermille, "as the driver needs it");
    }

    [TestMethod]
    [DataRow(600)]
    [DataRow(1_200)]
    [DataRow(3_600)]
    public void AnEarlierDepartureStopsSellingWithinASecond(int inSeconds)
    {
        Begin(3, 3, 16_000, 16_000, capacityWattHours: 60_000);
        Need(800, _start + 9 * 3600);
        Permit();
        _charger.Run(15 * 60_000);
        Assert.AreEqual(7_000, Discharge.Watts);
        Need(800, _start + _charger.Clock.NowMs / 1000 + inSeconds);
        _charger.Run(1_000);
        Assert.AreEqual(0, Discharge.Watts, "the battery is below the need, and no cheap hour is left");
        long given = _charger.Vehicle.GivenWattHours;
        _charger.Run(300_000);
        Assert.AreEqual(given, _charger.Vehicle.GivenWattHours, 1);
    }

    [TestMethod]
    public void GivingBackTeachesThePlanNothingOfWhatTheVehicleTakes()
    {
        Begin(3, 3, 16_000, 16_000, capacityWattHours: 60_000);
        Need(300, _start + 9 * 3600);
        Permit(watts: 2_000);
        _charger.Run(20 * 60_000);
        Assert.IsGreaterThan(500L, _charger.Vehicle.GivenWattHours);
        VehicleAcceptance acceptance = _charger.Product.Plan.Acceptance;
        Assert.AreEqual(0, acceptance.MilliampsMax, "it was told 2.9 A a phase; it takes all that it is offered");
    }

    private void Begin(
        int wiredPhases, int vehiclePhases, int stationMilliamps, int safeMilliamps, int capacityWattHours)
    {
        TariffTable tariff = Tariff();
        _gateway = new SimulatedGateway { StoredPermille = 800, CapacityWattHours = capacityWattHours };
        _charger = new SimulatedCharger(new SimulatedChargerParts
        {
            Tariff = tariff,
            StartUtcSeconds = _start,
            Charger = new SafetySettings { StationMilliampsMax = stationMilliamps, PhaseCount = wiredPhases },
            Plan = PlannedCharging.Create(tariff, "v2g", wiredPhases, 230, 300, 0),
            Gateway = _gateway,
            Grid = new GridPoint { HouseWatts = 500 },
            VehicleToGrid = new VehicleToGrid(capacityWattHours),
            SafeMilliamps = safeMilliamps,
        })
        {
            Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 100_000, PhaseCount = vehiclePhases })
            {
                Gateway = _gateway,
            },
        };
        _desk = new CommandDesk(_charger);
        _charger.Vehicle.PlugIn();
        _charger.Run(20_000);
    }

    private void Need(int permille, long departureUtc) => Assert.AreEqual(CommandRefusal.None, _desk.Do(
        CommandCode.Session, $$"""{"action":"need","permille":{{permille}},"departureUtcSeconds":{{departureUtc}}}"""));

    private void Permit(int watts = 7_000) => Assert.AreEqual(
        CommandRefusal.None, _desk.Do(CommandCode.Discharge, $$"""{"seconds":7200,"watts":{{watts}}}"""));

    // Sold until midnight, recharged from then on.
    private static TariffTable Tariff()
    {
        const string Text = """
            {"name":"test","timezone":"+08:00","currency":"CNY","rates":["night","day"],
             "days":{"all":[["00:00","night"],["08:00","day"]]},
             "seasons":[{"from":"01-01","weekday":"all","weekend":"all"}],"holidays":[],
             "prices":{"night":"0.35","day":"1.20"},"exportPrices":{"night":"0.10","day":"1.50"},"serviceFee":"0.4"}
            """;
        return TariffSource.Parse(Text).Table;
    }
}
