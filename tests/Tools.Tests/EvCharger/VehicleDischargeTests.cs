using System;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Tests.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>Vehicle to grid through the whole charge point: a gateway to a vehicle, a meter at the grid point, prices.</summary>
[TestClass]
public class VehicleDischargeTests
{
    private static readonly long _start = new DateTimeOffset(2026, 3, 2, 22, 0, 0,
        TimeSpan.FromHours(8)).ToUnixTimeSeconds();

    private readonly SimulatedGateway _gateway = new() { StoredPermille = 800 };
    private readonly GridPoint _grid = new() { HouseWatts = 12_000 };
    private readonly SimulatedCharger _charger;
    private readonly CommandDesk _desk;
    private int _violations;

    public VehicleDischargeTests()
    {
        TariffTable tariff = Tariff();
        _charger = new SimulatedCharger(new SimulatedChargerParts
        {
            Tariff = tariff,
            StartUtcSeconds = _start,
            Charger = new SafetySettings { StationMilliampsMax = 32_000 },
            Plan = PlannedCharging.Create(tariff, "v2g", 3, 230, 300, 0),
            Gateway = _gateway,
            Grid = _grid,
            VehicleToGrid = new VehicleToGrid(60_000),
        })
        {
            Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 100_000 }) { Gateway = _gateway },
        };
        _desk = new CommandDesk(_charger);
        _charger.Vehicle.PlugIn();
        Run(20_000);
    }

    private VehicleDischarge Discharge => _charger.Product.Limits.Discharge;

    [TestMethod]
    public void ItSellsAtThePeakRechargesAtNightAndBothAreSettled()
    {
        Need(800, 7);
        Permit("""{"seconds":7200,"watts":5000}""");
        Run(60_000);
        Assert.AreEqual(5_000, Discharge.Watts);
        Assert.IsTrue(Sold() is > 4_900 and < 5_050, Sold() + " W flow out");
        Run(2 * 3_600_000);
        Assert.AreEqual(0, Discharge.Watts, "the permission and the peak are over");
        long given = _charger.Vehicle.GivenWattHours;
        Assert.IsTrue(given is > 9_500 and < 10_100, given + " Wh");
        Run(5 * 3_600_000 - 120_000);
        Assert.IsGreaterThanOrEqualTo(798, _gateway.StoredPermille, "as the driver needs it");
        Assert.IsLessThanOrEqualTo(810, _gateway.StoredPermille, "and no more than he needs");
        _desk.Do(CommandCode.Session, """{"action":"stop"}""");
        Run(10_000);
        SessionRecord record = LastRecord();
        Assert.AreEqual(1, record.ExportCount);
        Assert.AreEqual(1_500_000, record.ExportPrice[0]);
        Assert.AreEqual(given, record.ExportWattHours[0], 1);
        Assert.AreEqual(Bill.LineCost(record.ExportWattHours[0], 1_500_000), record.ExportEarned[0]);
        Assert.AreEqual(_charger.Product.Meter.Registers.TotalWattHours(EnergyKind.Export), record.ExportWattHours[0]);
        Assert.AreEqual(_charger.Vehicle.DrawnWattHours, record.RateWattHours[0] + record.RateWattHours[1], 2,
            "the import side stays whole");
        Assert.IsGreaterThan(10_000, record.RateWattHours[0], "recharged in the night");
        Assert.AreEqual(0, _violations);
    }

    [TestMethod]
    [DataRow(false, true)]
    [DataRow(true, false)]
    [DataRow(false, false)]
    public void NeverWithoutBothPermissions(bool vehicle, bool grid)
    {
        Need(300, 7);
        _gateway.Permits = vehicle;
        if (grid)
        {
            Permit("""{"seconds":7200,"watts":5000,"peakWatts":1000}""");
        }

        Run(600_000);
        Assert.AreEqual(0L, _charger.Vehicle.GivenWattHours);
        Assert.IsFalse(_gateway.IsHeld);
    }

    [TestMethod]
    [DataRow("vehicle")]
    [DataRow("grid")]
    [DataRow("expiry")]
    [DataRow("gateway")]
    [DataRow("stop")]
    [DataRow("boost")]
    [DataRow("limit")]
    [DataRow("residual")]
    [DataRow("fault")]
    public void ItStopsWithinATickWhenAnyReasonGoes(string reason)
    {
        Need(300, 7);
        Permit("""{"seconds":100,"watts":5000}""");
        Run(60_000);
        Assert.AreEqual(5_000, _gateway.DischargeWatts);
        switch (reason)
        {
            case "vehicle": _gateway.Permits = false; break;
            case "grid": Permit("""{"seconds":0}"""); break;
            case "expiry": Run(40_000 - 10); break;
            case "gateway": _gateway.IsThere = false; break;
            case "stop": _desk.Do(CommandCode.Session, """{"action":"stop"}"""); break;
            case "boost": _desk.Do(CommandCode.Session, """{"action":"boost"}"""); break;
            case "limit": _desk.Do(CommandCode.Limit, """{"milliamps":0,"seconds":600}"""); break;
            case "residual": _charger.Bench.RcdAcMilliamps = 40; break;
            case "fault": _charger.Bench.EarthPresent = false; break;
        }

        Run(10);
        Assert.AreEqual(0, _gateway.DischargeWatts, reason);
        long given = _charger.Vehicle.GivenWattHours;
        Run(60_000);
        Assert.AreEqual(given, _charger.Vehicle.GivenWattHours, 1);
        Assert.AreEqual(0, _violations);
    }

    [TestMethod]
    public void TheFloorIsKeptAndWhoNamesNoDepartureGivesNothing()
    {
        Permit("""{"seconds":86400,"watts":7000}""");
        Run(60_000);
        Assert.AreEqual(0L, _charger.Vehicle.GivenWattHours, "no departure was said");
        Assert.AreEqual(CommandRefusal.None,
            _desk.Do(CommandCode.Session,
                $$"""{"action":"need","permille":0,"departureUtcSeconds":{{_start + 7 * 3600}}}"""));
        _gateway.StoredPermille = 310;
        _charger.Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 100_000 }) { Gateway = _gateway };
        _charger.Vehicle.PlugIn();
        Run(30 * 60_000);
        Assert.IsTrue(_gateway.StoredPermille is 300 or 301, _gateway.StoredPermille + " of 1000");
        Assert.IsGreaterThan(400L, _charger.Vehicle.GivenWattHours);
    }

    [TestMethod]
    public void ABuildingsPeakIsHeldDownAndNothingIsFedIn()
    {
        Need(500, 7);
        Permit("""{"seconds":7200,"watts":7000,"peakWatts":10000,"sell":false}""");
        Run(30_000);
        Assert.AreEqual(10_000, _grid.Watts, 60, "12 kW of building at a limit of 10");
        _grid.HouseWatts = 9_000;
        Run(30_000);
        Assert.AreEqual(9_000, _grid.Watts, 1, "below the limit it rests, and does not charge either");
        Assert.IsTrue(_charger.Bench.IsCoilOn, "a peak that comes and goes does not switch the contactor");
        _grid.HouseWatts = 30_000;
        Run(30_000);
        Assert.AreEqual(23_000, _grid.Watts, 100, "7 kW are allowed");
        _grid.HouseWatts = 500;
        Run(2_000);
        Assert.AreEqual(500, _grid.Watts, "never into the grid");
        Run(11 * 60_000);
        Assert.IsFalse(_charger.Bench.IsCoilOn);
        _grid.HouseWatts = 14_000;
        _grid.Answers = false;
        Run(30_000);
        Assert.AreEqual(0, Discharge.Watts, "without the meter no peak is known");
    }

    [TestMethod]
    public void WhatWasGivenBackIsKeptOverALossOfSupply()
    {
        Need(300, 7);
        Permit("""{"seconds":7200,"watts":5000}""");
        Run(1_200_000);
        long given = _charger.Vehicle.GivenWattHours;
        _charger.LosePower(1_000, isWarned: true);
        Run(5_000);
        SessionRecord record = LastRecord();
        Assert.AreEqual(SessionReason.PowerLoss, record.Reason);
        Assert.AreEqual(given, record.ExportWattHours[0], 1);
        Run(60_000);
        Assert.IsFalse(_gateway.IsHeld, "the grid's permission ended with the supply");
    }

    [TestMethod]
    public void BadArgumentsChangeNothing()
    {
        Assert.AreEqual(CommandRefusal.BadArgument, _desk.Do(CommandCode.Discharge, "{}"));
        Assert.AreEqual(CommandRefusal.BadArgument, _desk.Do(CommandCode.Discharge, """{"seconds":600}"""));
        Assert.AreEqual(CommandRefusal.BadArgument,
            _desk.Do(CommandCode.Discharge, """{"seconds":600,"watts":5000,"sell":1}"""));
        Assert.AreEqual(CommandRefusal.BadArgument,
            _desk.Do(CommandCode.Discharge, """{"seconds":600,"watts":5000,"price":1}"""));
        Assert.AreEqual(CommandRefusal.OutOfRange,
            _desk.Do(CommandCode.Discharge, """{"seconds":86401,"watts":5000}"""));
        Assert.AreEqual(CommandRefusal.OutOfRange, _desk.Do(CommandCode.Discharge, """{"seconds":-1,"watts":5000}"""));
        Assert.AreEqual(CommandRefusal.OutOfRange,
            _desk.Do(CommandCode.Session, """{"action":"need","permille":1001,"departureUtcSeconds":0}"""));
        Assert.AreEqual(CommandRefusal.BadArgument,
            _desk.Do(CommandCode.Session, """{"action":"need","permille":500}"""));
        Run(60_000);
        Assert.IsFalse(_gateway.IsHeld);
        CommandDesk without = new(new SimulatedCharger(SessionRulesTests.Options()));
        Assert.AreEqual(CommandRefusal.NotSupported,
            without.Do(CommandCode.Discharge, """{"seconds":600,"watts":5000}"""));
    }

    private void Need(int permille, int hours) => Assert.AreEqual(CommandRefusal.None, _desk.Do(
        CommandCode.Session,
        $$"""{"action":"need","permille":{{permille}},"departureUtcSeconds":{{_start + hours * 3600}}}"""));

    private void Permit(string arguments) =>
        Assert.AreEqual(CommandRefusal.None, _desk.Do(CommandCode.Discharge, arguments));

    private int Sold() => _grid.HouseWatts - _grid.Watts;

    // In every tick: who gives back stands behind a contactor that is driven closed in order, and both permissions stand.
    private void Run(long milliseconds)
    {
        for (long end = _charger.Clock.NowMs + milliseconds; _charger.Clock.NowMs < end;)
        {
            _charger.Step();
            ChargeState state = _charger.Product.Controller.State;
            bool isFine = state.IsClosed && !state.IsStopping && state.IsPwm && state.ActiveFaults == 0
                && _gateway.Permits
                && state.Level == PilotLevel.Volts6 && _charger.Product.Sessions.IsAuthorized;
            _violations += _gateway.IsHeld && !isFine ? 1 : 0;
        }
    }

    private SessionRecord LastRecord()
    {
        byte[] bytes = new byte[1_024];
        SessionRecord record = new();
        for (long number = _charger.Records.NextNumber - 1; number >= _charger.Records.OldestNumber; number--)
        {
            if (_charger.Records.TryRead(number, bytes, out int count, out int kind) && kind == RecordKind.Session)
            {
                Assert.IsTrue(record.TryRead(bytes, 0, count));
                return record;
            }
        }

        throw new AssertFailedException("no session was recorded");
    }

    internal static TariffTable Tariff()
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
