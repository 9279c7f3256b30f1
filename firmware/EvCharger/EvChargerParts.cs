using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.DeviceCore;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Grid;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.SiteBus;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.EvCharger;

/// <summary>What a board hands to the charger product. All of it is required unless it says otherwise.</summary>
public sealed class EvChargerParts
{
    public ChargerHardware Hardware { get; set; }

    public SafetySettings Charger { get; set; }

    public SessionSettings Sessions { get; set; }

    public MeteringSettings Metering { get; set; }

    public IClock Clock { get; set; }

    public IRecordLog Records { get; set; }

    public ICheckpointStore Checkpoints { get; set; }

    /// <summary>What a new journal's identity is made from; null: the records go without one.</summary>
    public IEntropySource Entropy { get; set; }

    /// <summary>Null: a charger that stands alone.</summary>
    public IMqttLink Link { get; set; }

    public TelemetrySettings Telemetry { get; set; }

    /// <summary>The link as the settings document may change it; null: the document's link section does
    /// nothing.</summary>
    public ILinkSettings LinkSettings { get; set; }

    /// <summary>False for a charger that has nobody to call: the watchdog then does not miss the link.</summary>
    public bool HasBroker { get; set; } = true;

    /// <summary>Why the device started, a <see cref="RestartPart"/> plus 1; 0: nothing but the supply is
    /// known.</summary>
    public int ResetCause { get; set; }

    /// <summary>At most <see cref="ChargerLimits.RateCount"/> rates, no tiers.</summary>
    public TariffTable Tariff { get; set; }

    /// <summary>Key of the session records' HMAC, 16 bytes or more, from the device's own secrets.</summary>
    public byte[] BillingKey { get; set; }

    /// <summary>Time between two checkpoints of registers and session; what the board's flash bears (facts: 15 min on
    /// plain 4 MB flash).</summary>
    public int CheckpointMs { get; set; } = 900_000;

    /// <summary>The current that is offered when no manager says anything, mA per phase: the commissioned safe
    /// current.</summary>
    public int SafeMilliamps { get; set; } = 6_000;

    /// <summary>The longest random wait when the mains are back, s, as the settings document may change it; 0 = it
    /// offers at once.</summary>
    public int ReturnSeconds { get; set; }

    /// <summary>Plans by price and departure; null: it charges as soon as it may.</summary>
    public PlannedCharging Plan { get; set; }

    /// <summary>Bounds and costs of giving back; needs a plan and <see cref="ChargerHardware.Bidirectional"/>. Null:
    /// never.</summary>
    public VehicleToGrid VehicleToGrid { get; set; }

    /// <summary>The grid code that a vehicle gives back under, as commissioned; null, or one named "none": as a load.
    /// One that was loaded by command takes its place.</summary>
    public GridProfile GridProfile { get; set; }

    /// <summary>The charger's place in a site; null: it stands alone. Its limit takes the safe current's
    /// place.</summary>
    public SiteMember Site { get; set; }

    /// <summary>Keeps the charging profiles, blocks of its own; null: there are none.</summary>
    public ICheckpointStore ProfileStore { get; set; }

    /// <summary>Keeps the tariff that was loaded by command, blocks of its own; null: it cannot be.</summary>
    public ICheckpointStore TariffStore { get; set; }

    /// <summary>Cars need a pause between one and three phases (check).</summary>
    public int PhaseSwitchMs { get; set; } = 30_000;
}
