using System;
using System.Collections.Generic;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.GridServices;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>A charge point with a vehicle that can give back, under a grid profile; the test sets the mains.</summary>
internal sealed class V2gBench
{
    private static readonly long _start = new DateTimeOffset(2026, 3, 2, 12, 0, 0,
        TimeSpan.FromHours(8)).ToUnixTimeSeconds();

    private CommandDesk _desk;

    /// <param name="profile">Null: none is known.</param>
    /// <param name="checkpoints">Null: a store of its own.</param>
    public V2gBench(
        string profile, int hertz = 50, IMqttLink link = null, ICheckpointStore checkpoints = null)
    {
        TariffTable tariff = VehicleDischargeTests.Tariff();
        Charger = new SimulatedCharger(new SimulatedChargerParts
        {
            Tariff = tariff,
            StartUtcSeconds = _start,
            Charger = new SafetySettings { StationMilliampsMax = 32_000, NominalMillihertz = hertz * 1_000 },
            Plan = PlannedCharging.Create(tariff, "v2g", 3, 230, 300, 0),
            Gateway = Gateway,
            Grid = new GridPoint { HouseWatts = 12_000 },
            VehicleToGrid = new VehicleToGrid(60_000),
            Link = link,
            Telemetry = new TelemetrySettings { Product = "ev-charger", SpreadMs = 0 },
            Checkpoints = checkpoints ?? new CheckpointStore(new RamBlockStore(4, 64 * 1024), 16 * 1024),
            GridProfile = profile is null ? null : GridProfileFile.Load(profile).Profile,
        })
        {
            Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 100_000 }) { Gateway = Gateway },
        };
        _desk = new CommandDesk(Charger);
        Disturb(230_000, hertz * 1_000);
        Charge();
    }

    public SimulatedGateway Gateway { get; } = new() { StoredPermille = 800 };

    public SimulatedCharger Charger { get; }

    public ChargeState State => Charger.Product.Controller.State;

    public VehicleDischarge Discharge => Charger.Product.Limits.Discharge;

    /// <summary>Of a station of three phases and 32 A at 230 V.</summary>
    public int RatedWatts => 22_080;

    /// <summary>The vehicle charges on, whatever the gateway tells it.</summary>
    public bool Obstinate { get; set; }

    /// <summary>The mains on all phases.</summary>
    public void Disturb(int millivolts, int millihertz)
    {
        Array.Fill(Charger.Bench.MillivoltsOfMains, millivolts);
        Charger.Bench.MillihertzOfMains = millihertz;
    }

    /// <summary>A vehicle comes and charges.</summary>
    public void Charge()
    {
        Charger.Vehicle.PlugIn();
        Run(5_000);
        Need(1_000);
        Charger.Product.Plan.Boost(true);
        Run(20_000);
    }

    /// <summary>Sells 5 kW from now on.</summary>
    public void Give()
    {
        Charger.Product.Plan.Boost(false);
        Need(300);
        Permit(5_000);
    }

    private void Need(int permille) => Assert.AreEqual(CommandRefusal.None, _desk.Do(CommandCode.Session,
        $$"""{"action":"need","permille":{{permille}},"departureUtcSeconds":{{_start + 20 * 3600}}}"""));

    public void Permit(int watts) => Assert.AreEqual(CommandRefusal.None,
        _desk.Do(CommandCode.Discharge, $$"""{"seconds":14400,"watts":{{watts}}}"""));

    /// <summary>Gives a command. Returns a <see cref="CommandRefusal"/>.</summary>
    public int Do(int code, string arguments, int role = CommandRole.Utility) => _desk.Do(code, arguments, role);

    public void LosePower()
    {
        Charger.LosePower(60_000, isWarned: true);
        _desk = new CommandDesk(Charger);
    }

    /// <summary>What the last command answered.</summary>
    public string Answer => _desk.Answer;

    public long NextMs()
    {
        Charger.Clock.Advance(SimulatedCharger.TickMs);
        return Charger.Clock.NowMs;
    }

    public void Run(int milliseconds)
    {
        for (int i = 0; i < milliseconds / SimulatedCharger.TickMs; i++)
        {
            if (!Obstinate)
            {
                Charger.Step();
                continue;
            }

            long nowMs = NextMs();
            Charger.Vehicle.Step(nowMs, Charger.Bench);
            Charger.Bench.IsFeedingBack = false;
            Charger.Bench.Advance(nowMs);
            Charger.Firmware.Tick(nowMs);
        }
    }

    public List<EventRecord> Events(int code)
    {
        List<EventRecord> found = [];
        foreach (byte[] bytes in Bytes(RecordKind.Event))
        {
            EventRecord record = new();
            if (record.TryRead(bytes, 0, bytes.Length) && record.Code == code)
            {
                found.Add(record);
            }
        }

        return found;
    }

    public SessionRecord LastSession()
    {
        SessionRecord record = new();
        byte[] bytes = Bytes(RecordKind.Session)[^1];
        Assert.IsTrue(record.TryRead(bytes, 0, bytes.Length));
        return record;
    }

    private List<byte[]> Bytes(int wantedKind)
    {
        List<byte[]> found = [];
        byte[] bytes = new byte[1_024];
        for (long number = Charger.Records.OldestNumber; number < Charger.Records.NextNumber; number++)
        {
            if (Charger.Records.TryRead(number, bytes, out int count, out int kind) && kind == wantedKind)
            {
                found.Add(bytes[..count]);
            }
        }

        return found;
    }
}
