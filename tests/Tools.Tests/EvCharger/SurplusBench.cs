using System;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.Tools.Billing.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>A charge point with a vehicle beside photovoltaics, and what came of it.</summary>
internal sealed class SurplusBench
{
    private readonly LateGridMeter _meter;
    private readonly CommandDesk _desk;
    private int _phasesBefore;

    /// <param name="lateMs">Age of the grid meter's readings.</param>
    /// <param name="noiseWatts">Its noise, W.</param>
    public SurplusBench(
        int wiredPhases, int vehiclePhases, int lateMs = 0, int noiseWatts = 0, int vehicleMilliamps = 32_000)
    {
        _meter = new LateGridMeter(Grid, lateMs, noiseWatts);
        Charger = new SimulatedCharger(new SimulatedChargerParts
        {
            Tariff = TariffFile.Load("ontario-household").Table,
            StartUtcSeconds = 1_330_000_000,
            Charger = new SafetySettings { StationMilliampsMax = 32_000, PhaseCount = wiredPhases },
            Grid = Grid,
            GridSensor = _meter,
            SafeMilliamps = 32_000,
        })
        {
            Vehicle = new Vehicle(new VehicleSettings
            {
                PhaseCount = vehiclePhases,
                MilliampsMax = vehicleMilliamps,
                WantedWattHours = 1_000_000,
            }),
        };
        _desk = new CommandDesk(Charger);
        Do("""{"mode":"only"}""");
        Charger.Vehicle.PlugIn();
        Run(5, 0);
    }

    public GridPoint Grid { get; } = new();

    public SimulatedCharger Charger { get; }

    public int Closings => Charger.Bench.CloseCount;

    /// <summary>Changes between one and three phases.</summary>
    public int PhaseChanges { get; private set; }

    public double SolarWattHours { get; private set; }

    public double ImportedWattHours { get; private set; }

    /// <summary>Charged from the sun, Wh.</summary>
    public double FromSunWattHours { get; private set; }

    /// <summary>Seconds with the contactor open, after it closed first.</summary>
    public int IdleSeconds { get; private set; }

    /// <summary>What came of it, for people.</summary>
    public string Summary => $"{PhaseChanges} changes, {Closings} closings, {IdleSeconds} s idle, "
        + $"{FromSunWattHours:0} of {SolarWattHours:0} Wh, import {ImportedWattHours:0} Wh";

    public void Do(string arguments) =>
        Assert.AreEqual(CommandRefusal.None, _desk.Do(CommandCode.Surplus, arguments), arguments);

    public void Run(int seconds, int solarWatts)
    {
        Grid.SolarWatts = solarWatts;
        for (int second = 0; second < seconds; second++)
        {
            for (int i = 0; i < 1_000 / SimulatedCharger.TickMs; i++)
            {
                Charger.Step();
                _meter.Sample(Charger.Clock.NowMs);
            }

            Count(solarWatts);
        }
    }

    private void Count(int solarWatts)
    {
        PhaseChanges += _phasesBefore != 0 && _phasesBefore != Charger.Bench.PhaseCount ? 1 : 0;
        _phasesBefore = Charger.Bench.PhaseCount;
        IdleSeconds += Closings > 0 && !Charger.Bench.AreContactsClosed ? 1 : 0;
        int imported = Math.Max(0, Grid.Watts);
        ImportedWattHours += imported / 3600.0;
        SolarWattHours += solarWatts / 3600.0;
        FromSunWattHours += (Grid.Watts + solarWatts - imported) / 3600.0;
    }
}
