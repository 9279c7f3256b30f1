using MeterFirmware.DeviceCore;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Quality;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.SmartMeter;

/// <summary>What a board hands to the whole meter. What is not called optional is required.</summary>
public sealed class CompleteMeterParts
{
    public IClock Clock;

    public IPowerSensor Sensor;

    public IMqttLink Link;

    /// <summary>All that must outlive a loss of supply, as <see cref="Plan"/> divides it.</summary>
    public IBlockStore Flash;

    public MeterPlan Plan;

    /// <summary>In force until another one comes by command.</summary>
    public TariffTable Tariff;

    public MeteringSettings Metering = new MeteringSettings();

    public TelemetrySettings Telemetry = new TelemetrySettings();

    public SmartMeterLimits Limits = new SmartMeterLimits();

    /// <summary>Parts of the recorder; its stores come from the plan unless they are given. Optional: null, no
    /// recorder.</summary>
    public HistoryParts History;

    /// <summary>Power quality limits. Optional: null, no power quality.</summary>
    public QualitySettings Quality;

    /// <summary>Samples for power quality, of as many phases as the meter has; the quality settings then keep
    /// distributions. Optional: null, power quality from the sensor's readings.</summary>
    public ISampleSource Samples;

    /// <summary>Whether a prepaid account may be opened by command.</summary>
    public bool HasPrepayment = true;

    /// <summary>Why the device started, as the board defines it; 0: nothing to report.</summary>
    public int ResetCause;

    /// <summary>The load relay. Optional.</summary>
    public IRelay Relay;

    /// <summary>The button or link under the seal. Optional: null, no metrological parameter is ever changed.</summary>
    public IProgrammingInput Programming;

    /// <summary>Optional: records that lie elsewhere than in the plan's journal.</summary>
    public IRecordLog Records;

    /// <summary>The link as the settings document may change it. Optional: null, the document's link section does
    /// nothing.</summary>
    public ILinkSettings LinkSettings;

    /// <summary>False for a meter that has nobody to call: the watchdog then does not miss the link.</summary>
    public bool HasBroker = true;

    /// <summary>What a new journal's identity is made from. Optional: null, the records go without one.</summary>
    public IEntropySource Entropy;

    /// <summary>True for a meter whose sensor is simulated: it takes calibration records of a simulated bench.
    /// </summary>
    public bool IsSimulated;

    /// <summary>True where a power cut may take bytes that a good write had confirmed: FAT on an SD card.</summary>
    public bool StoreMayLoseTail;
}
