using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.SmartMeter;

/// <summary>What a board hands to the product. What is not called optional is required.</summary>
public sealed class SmartMeterParts
{
    public IClock Clock { get; set; }

    public IPowerSensor Sensor { get; set; }

    public IRecordLog Records { get; set; }

    public ICheckpointStore Checkpoints { get; set; }

    public TariffTable Tariff { get; set; }

    public MeteringSettings Metering { get; set; }

    /// <summary>Device address, intervals and bounds of the telemetry.</summary>
    public TelemetrySettings Telemetry { get; set; }

    public SmartMeterLimits Limits { get; set; }

    /// <summary>Optional: freezes, profile, events and carbon; null for a meter that does without.</summary>
    public IMeterRecorder Recorder { get; set; }

    /// <summary>Optional: writes the recorder's freezes where it puts them into the records.</summary>
    public IRecordPayload Freezes { get; set; }

    /// <summary>Optional: both table sets and day-ahead lists; null: <see cref="Tariff"/> holds until it is
    /// replaced.</summary>
    public TariffSets Tariffs { get; set; }

    /// <summary>Optional: what the utility set besides tariffs, the prepaid account among it.</summary>
    public MeterTerms Terms { get; set; }

    /// <summary>Optional: power quality.</summary>
    public QualityRecorder Quality { get; set; }

    /// <summary>Optional: the load relay.</summary>
    public IRelay Relay { get; set; }

    /// <summary>Optional: room for a checkpoint, a record or an incoming message that others use too, so nothing in it
    /// outlives a call; null or too short: room of its own.</summary>
    public byte[] Buffer { get; set; }

    /// <summary>Why the device started, as the board defines it; 0: nothing to report.</summary>
    public int ResetCause { get; set; }
}
