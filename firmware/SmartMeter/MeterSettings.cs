using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Quality;
using MeterFirmware.Recording;
using MeterFirmware.Supervision;
using MeterFirmware.Telemetry;

namespace MeterFirmware.SmartMeter;

/// <summary>
/// The configuration document in force, put where it holds. What the board was commissioned with are the document's defaults.
/// Some settings hold at once, the link's from the next connection on, and those that records and registers are built on
/// from a restart, which the meter makes by itself once the document is confirmed.
/// </summary>
public sealed class MeterSettings : IConfigurationTarget
{
    private readonly Metering.MeterConfiguration _metering;
    private readonly TelemetryOptions _telemetry;
    private readonly SmartMeterLimits _limits;
    private readonly ILinkSettings _link;
    private readonly TimeKeeper _time;
    private readonly RingLog _log;
    private readonly int _instantIntervalMs;
    private readonly int _checkpointMs;
    private readonly EventThresholds _thresholds;
    private readonly int[] _begins;
    private readonly int[] _ends;
    private readonly int[] _delays;
    private readonly QualitySettings _quality;
    private bool _isBuilt;

    public MeterSettings(CompleteMeterParts parts, TimeKeeper time, RingLog log)
    {
        _metering = parts.Metering;
        _telemetry = parts.Telemetry;
        _limits = parts.Limits;
        _link = parts.LinkSettings;
        _time = time;
        _log = log;
        _instantIntervalMs = parts.Telemetry.InstantIntervalMs;
        _checkpointMs = parts.Limits.CheckpointMs;
        _quality = parts.Quality;
        if (parts.Recording != null)
        {
            _thresholds = parts.Recording.Thresholds;
            _begins = (int[])_thresholds.Begin.Clone();
            _ends = (int[])_thresholds.End.Clone();
            _delays = (int[])_thresholds.DelayMs.Clone();
        }
    }

    /// <summary>True when the link is to be made anew; cleared by whoever does it.</summary>
    public bool IsReconnectDue { get; set; }

    /// <summary>True when a setting is in force that holds from the next start on.</summary>
    public bool IsRestartDue { get; private set; }

    /// <summary>The list of settings with the board's own as defaults.</summary>
    public static ConfigurationSchema SchemaOf(CompleteMeterParts parts)
    {
        MeterConfiguration schema = new MeterConfiguration();
        if (parts.LinkSettings != null)
        {
            parts.LinkSettings.WriteDefaults(schema);
        }

        schema.SetDefault(MeterConfiguration.TelemetryInstantSeconds, parts.Telemetry.InstantIntervalMs / 1000);
        schema.SetDefault(MeterConfiguration.AcknowledgementPlain, parts.Telemetry.TakesPlainAcknowledgements ? 1 : 0);
        schema.SetDefault(MeterConfiguration.TelemetryIntervalMinutes, parts.Metering.IntervalMinutes);
        schema.SetDefault(MeterConfiguration.TelemetryHistoricalAfterSeconds, parts.Telemetry.HistoricalAfterSeconds);
        schema.SetDefault(MeterConfiguration.DemandPeriodMinutes, parts.Metering.DemandPeriodMinutes);
        schema.SetDefault(MeterConfiguration.DemandSlipMinutes, parts.Metering.DemandSlipMinutes);
        schema.SetDefault(MeterConfiguration.ProfileIntervalMinutes, parts.Metering.GridMinutes);
        if (parts.Recording != null)
        {
            WriteEventDefaults(schema, parts.Recording.Thresholds);
        }

        if (parts.Quality != null)
        {
            schema.SetDefault(MeterConfiguration.QualityVoltageUpperPermille, parts.Quality.VoltageUpperPermille);
            schema.SetDefault(MeterConfiguration.QualityVoltageLowerPermille, parts.Quality.VoltageLowerPermille);
            schema.SetDefault(MeterConfiguration.QualityDipPermille, parts.Quality.DipPermille);
            schema.SetDefault(MeterConfiguration.QualitySwellPermille, parts.Quality.SwellPermille);
            schema.SetDefault(MeterConfiguration.QualityInterruptionPermille, parts.Quality.InterruptionPermille);
        }

        int checkpointMinutes = parts.Limits.CheckpointMs / 60_000;
        schema.SetDefault(MeterConfiguration.StorageCheckpointMinutes, checkpointMinutes < 1 ? 1 : checkpointMinutes);
        return schema;
    }

    /// <summary>From now on what cannot change in a running meter waits for a restart.</summary>
    public void NoteBuilt() => _isBuilt = true;

    public int FindConflict(ConfigurationValues values) => MeterConfiguration.FindConflict(values);

    public void Apply(ConfigurationValues values, bool reconnect)
    {
        // Without a document the board's own hold, which may be finer than a document can say.
        bool isDocument = values.Revision > 0;
        _telemetry.InstantIntervalMs = isDocument
            ? values.IntegerOf(MeterConfiguration.TelemetryInstantSeconds) * 1000 : _instantIntervalMs;
        _limits.CheckpointMs = isDocument
            ? values.IntegerOf(MeterConfiguration.StorageCheckpointMinutes) * 60_000 : _checkpointMs;
        _telemetry.TakesPlainAcknowledgements = values.IsTrue(MeterConfiguration.AcknowledgementPlain);
        _time.SlewMsMax = values.IntegerOf(MeterConfiguration.TimeSlewSecondsMax) * 1000;
        _log.Level = values.IntegerOf(MeterConfiguration.LogLevel);
        if (_link != null)
        {
            _link.Use(values);
        }

        if (_thresholds != null)
        {
            UseThresholds(values, isDocument);
        }

        IsReconnectDue |= reconnect;
        if (_isBuilt)
        {
            IsRestartDue = !IsAsBuilt(values);
        }
        else if (isDocument)
        {
            Build(values);
        }
    }

    /// <summary>The board's own as defaults. Current and load are what the wiring bears: a document can only lower them.</summary>
    private static void WriteEventDefaults(ConfigurationSchema schema, EventThresholds thresholds)
    {
        for (int row = 0; row < EventThresholds.RowCount; row++)
        {
            int setting = ThresholdSettings.Of(row);
            if (setting >= 0)
            {
                schema.SetDefault(setting, thresholds.Begin[row]);
            }
        }

        schema.SetDefault(MeterConfiguration.EventsDelaySeconds, thresholds.DelayMs[0] / 1000);
        schema.Commission(MeterConfiguration.EventsOverCurrentMilliamps);
        schema.Commission(MeterConfiguration.EventsOverLoadMilliwatts);
    }

    private void UseThresholds(ConfigurationValues values, bool isDocument)
    {
        int delayMs = values.IntegerOf(MeterConfiguration.EventsDelaySeconds) * 1000;
        for (int row = 0; row < EventThresholds.RowCount; row++)
        {
            int setting = ThresholdSettings.Of(row);
            if (setting >= 0)
            {
                int begin = isDocument ? values.IntegerOf(setting) : _begins[row];
                _thresholds.Set(row, begin, _begins[row], _ends[row], isDocument ? delayMs : _delays[row]);
            }
        }
    }

    private void Build(ConfigurationValues values)
    {
        if (_quality != null)
        {
            _quality.VoltageUpperPermille = values.IntegerOf(MeterConfiguration.QualityVoltageUpperPermille);
            _quality.VoltageLowerPermille = values.IntegerOf(MeterConfiguration.QualityVoltageLowerPermille);
            _quality.DipPermille = values.IntegerOf(MeterConfiguration.QualityDipPermille);
            _quality.SwellPermille = values.IntegerOf(MeterConfiguration.QualitySwellPermille);
            _quality.InterruptionPermille = values.IntegerOf(MeterConfiguration.QualityInterruptionPermille);
        }

        _metering.IntervalMinutes = values.IntegerOf(MeterConfiguration.TelemetryIntervalMinutes);
        _metering.DemandPeriodMinutes = values.IntegerOf(MeterConfiguration.DemandPeriodMinutes);
        _metering.DemandSlipMinutes = values.IntegerOf(MeterConfiguration.DemandSlipMinutes);
        _metering.GridMinutes = values.IntegerOf(MeterConfiguration.ProfileIntervalMinutes);
        _telemetry.HistoricalAfterSeconds = values.IntegerOf(MeterConfiguration.TelemetryHistoricalAfterSeconds);
    }

    private bool IsAsBuilt(ConfigurationValues values) => IsQualityAsBuilt(values)
        && _metering.IntervalMinutes == values.IntegerOf(MeterConfiguration.TelemetryIntervalMinutes)
        && _metering.DemandPeriodMinutes == values.IntegerOf(MeterConfiguration.DemandPeriodMinutes)
        && _metering.DemandSlipMinutes == values.IntegerOf(MeterConfiguration.DemandSlipMinutes)
        && _metering.GridMinutes == values.IntegerOf(MeterConfiguration.ProfileIntervalMinutes)
        && _telemetry.HistoricalAfterSeconds == values.IntegerOf(MeterConfiguration.TelemetryHistoricalAfterSeconds);

    private bool IsQualityAsBuilt(ConfigurationValues values) => _quality == null
        || (_quality.VoltageUpperPermille == values.IntegerOf(MeterConfiguration.QualityVoltageUpperPermille)
            && _quality.VoltageLowerPermille == values.IntegerOf(MeterConfiguration.QualityVoltageLowerPermille)
            && _quality.DipPermille == values.IntegerOf(MeterConfiguration.QualityDipPermille)
            && _quality.SwellPermille == values.IntegerOf(MeterConfiguration.QualitySwellPermille)
            && _quality.InterruptionPermille == values.IntegerOf(MeterConfiguration.QualityInterruptionPermille));
}
