using System;
using System.IO;
using System.Text.Json.Nodes;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Tests.EvCharger;

namespace MeterFirmware.Tools.Tests.Releases;

/// <summary>The state of a charger that has everything: a vehicle that gives back, surplus, wishes, a ceiling of each
/// role, in the middle of a session.</summary>
internal static class ReleaseChargerState
{
    public const string StateFile = "state.hex";
    public const string FactsFile = "state-facts.json";
    private const long Start = 1_772_460_000; // 2026-03-02T22:00:00+08:00

    public static void Make(string folder)
    {
        CheckpointStore store = NewStore();
        SimulatedCharger charger = New(store, isPlugged: true);
        CommandDesk desk = new(charger);
        charger.Run(20_000);
        Do(desk, CommandCode.Surplus, """{"mode":"only","importWatts":100,"exportWatts":200,"lackSeconds":333}""");
        const long Departure = Start + 7 * 3_600;
        Do(desk, CommandCode.Session, $$"""{"action":"need","permille":300,"departureUtcSeconds":{{Departure}}}""");
        Do(desk, CommandCode.Surplus, """{"mode":"off","importWatts":100,"exportWatts":200,"lackSeconds":333}""");
        Do(desk, CommandCode.Discharge, """{"seconds":7200,"watts":5000}""");
        charger.Run(900_000);
        charger.Product.Sessions.IsOperative = true;
        charger.Product.TrySetCeiling(CommandRole.Technician, 30_000);
        charger.Product.TrySetCeiling(CommandRole.Owner, 28_000);
        charger.Product.Plan.SkipOnce();
        charger.Product.PowerFails(charger.Clock.NowMs);
        byte[] state = new byte[16 * 1024];
        if (!store.TryReadNewest(state, out int length, out bool _))
        {
            throw new InvalidOperationException("no state");
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, StateFile), Convert.ToHexStringLower(state.AsSpan(0, length)) + "\n");
        File.WriteAllText(Path.Combine(folder, FactsFile),
            Facts(state[..length]).ToJsonString(new() { WriteIndented = true }) + "\n");
    }

    public static byte[] Load(string folder) =>
        Convert.FromHexString(File.ReadAllText(Path.Combine(folder, StateFile)).Trim());

    /// <summary>What a charger says of this state at its start.</summary>
    public static JsonObject Facts(byte[] state)
    {
        CheckpointStore store = NewStore();
        byte[] room = new byte[state.Length + CheckpointStore.OverheadBytes];
        state.CopyTo(room, 0);
        store.TryWrite(room, state.Length);
        EvChargerProduct product = New(store, isPlugged: false).Product;
        SurplusCharging surplus = product.Limits.Surplus;
        byte[] vehicles = new byte[VehicleMemory.SavedBytes];
        product.Plan.Vehicles.Save(vehicles, 0);
        return new JsonObject
        {
            ["importWattHours"] = product.Meter.Registers.TotalWattHours(EnergyKind.Import),
            ["exportWattHours"] = product.Meter.Registers.TotalWattHours(EnergyKind.Export),
            ["exportMicrojoules"] = product.Meter.Registers.TotalRemainder(EnergyKind.Export),
            ["isInSession"] = product.Sessions.IsActive,
            ["nextSession"] = product.Sessions.NextNumber,
            ["sessionExportWattHours"] = product.Ledger.ExportWattHours,
            ["sessionEarned"] = product.Ledger.Earned,
            ["surplus"] = new JsonArray(surplus.Mode, surplus.ImportWatts, surplus.ExportWatts, surplus.LackSeconds),
            ["ceiling"] = new JsonArray(product.Limits.Ceiling.ValueOf(CommandRole.Utility),
                product.Limits.Ceiling.ValueOf(CommandRole.Technician),
                product.Limits.Ceiling.ValueOf(CommandRole.Owner)),
            ["contactorCycles"] = product.Health.ContactorCycles,
            ["isWelded"] = product.Controller.State.Has(ChargerFault.Welded),
            ["vehicles"] = Convert.ToHexStringLower(vehicles),
            ["nextRecordNumber"] = EvChargerProduct.NextNumberOf(store, new byte[16 * 1024]),
        };
    }

    public static SimulatedCharger New(ICheckpointStore store, bool isPlugged)
    {
        SimulatedGateway gateway = new() { StoredPermille = 800 };
        TariffTable tariff = VehicleDischargeTests.Tariff();
        SimulatedCharger charger = new(new SimulatedChargerParts
        {
            Tariff = tariff,
            StartUtcSeconds = Start,
            Charger = new SafetySettings { StationMilliampsMax = 32_000 },
            Plan = PlannedCharging.Create(tariff, "v2g", 3, 230, 300, 0),
            Gateway = gateway,
            Grid = new GridPoint { HouseWatts = 12_000 },
            VehicleToGrid = new VehicleToGrid(60_000),
            Checkpoints = store,
            Records = new MemoryRecordLog(64, 1_024),
        });
        charger.Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 100_000 }) { Gateway = gateway };
        if (isPlugged)
        {
            charger.Vehicle.PlugIn();
        }

        return charger;
    }

    private static CheckpointStore NewStore() => new(new RamBlockStore(4, 64 * 1024), 16 * 1024);

    private static void Do(CommandDesk desk, int code, string arguments)
    {
        if (desk.Do(code, arguments) != CommandRefusal.None)
        {
            throw new InvalidOperationException(arguments);
        }
    }
}
