using MeterFirmware.Boards.Bench;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.Charging;
using MeterFirmware.DeviceCore;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Grid;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.SiteBus;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Boards.Simulator.Chargers;

/// <summary>What one simulated charge point is made of; the defaults are a free one without a network.</summary>
public sealed class SimulatedChargerParts
{
    public required TariffTable Tariff { get; init; }

    public required long StartUtcSeconds { get; init; }

    public SafetySettings Charger { get; init; } = SafetySettings.For(ChargingStandard.Iec61851);

    public SessionSettings Sessions { get; init; } = new() { IsFree = true };

    public MeteringSettings Metering { get; init; } = new() { PhaseCount = 3, TierCountMax = 1 };

    /// <summary>Where the records go; null: into the flash's journal.</summary>
    public IRecordLog Records { get; init; } =
        new MemoryRecordLog(512, SessionRecord.BytesMax + IntervalRecord.BytesMax, HostEntropy.NewIdentity());

    public ICheckpointStore Checkpoints { get; init; } =
        new CheckpointStore(new RamBlockStore(4, 64 * 1024), 16 * 1024);

    /// <summary>Keeps the charging profiles.</summary>
    public ICheckpointStore ProfileStore { get; init; } = new CheckpointStore(new RamBlockStore(2, 8 * 1024), 4 * 1024);

    /// <summary>Keeps the tariff that is loaded by command.</summary>
    public ICheckpointStore TariffStore { get; init; } = new CheckpointStore(new RamBlockStore(2, 8 * 1024), 4 * 1024);

    /// <summary>Outlives every loss of supply; null: the charger's plan in RAM.</summary>
    public IBlockStore Flash { get; init; }

    /// <summary>True: a restart that the firmware asks for is made; false: a bench that compares one life.</summary>
    public bool Restarts { get; init; }

    /// <summary>What the settings document may change of the link; null: nothing.</summary>
    public ILinkSettings LinkSettings { get; init; }

    /// <summary>Null: a charger that stands alone.</summary>
    public IMqttLink Link { get; init; }

    /// <summary>The device's secret, 32 bytes, which acknowledgements are checked with; null: it has none.</summary>
    public byte[] Secret { get; init; }

    public TelemetrySettings Telemetry { get; init; } = new() { Product = "ev-charger" };

    /// <summary>Null: no card reader.</summary>
    public ICardReader Cards { get; init; }

    /// <summary>Null: a tethered cable.</summary>
    public IConnectorLock Lock { get; init; }

    /// <summary>The station has a second meter at its supply.</summary>
    public bool HasSupplyMeter { get; init; }

    /// <summary>Null: no light.</summary>
    public IIndicator Indicator { get; init; }

    /// <summary>The building's meter at the grid point; null: none.</summary>
    public GridPoint Grid { get; init; }

    /// <summary>How the charger reads <see cref="Grid"/>, e.g. over a line; null: directly.</summary>
    public IPowerSensor GridSensor { get; init; }

    /// <summary>The way to a vehicle that gives back; null: the pilot alone.</summary>
    public SimulatedGateway Gateway { get; init; }

    /// <summary>Bounds and costs of giving back; null: never.</summary>
    public VehicleToGrid VehicleToGrid { get; init; }

    /// <summary>Impedance of the line in mΩ a phase.</summary>
    public int LineMilliohms { get; init; }

    /// <summary>A simulation's key; a device has its own.</summary>
    public byte[] BillingKey { get; init; } = UsualBillingKey;

    /// <summary>What a simulated charger signs its sessions with unless it is given another key.</summary>
    public static byte[] UsualBillingKey => "simulated-billing-key"u8.ToArray();

    /// <summary>Offered when no manager says anything, mA per phase.</summary>
    public int SafeMilliamps { get; init; } = 16_000;

    /// <summary>The grid code that a vehicle gives back under; null: as a load.</summary>
    public GridProfile GridProfile { get; init; }

    /// <summary>The longest random wait when the mains are back, s.</summary>
    public int ReturnSeconds { get; init; }

    /// <summary>Null: it charges without a plan.</summary>
    public PlannedCharging Plan { get; init; }

    /// <summary>Null: it belongs to no site.</summary>
    public SiteMember Site { get; init; }
}
