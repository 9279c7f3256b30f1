using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.DeviceCore;
using MeterFirmware.Quality;
using MeterFirmware.Recording;

namespace MeterFirmware.SmartMeter;

/// <summary>
/// What a meter's settings document says beside what every device's does: event thresholds hold at once, intervals and the
/// limits of power quality from a restart.
/// </summary>
public sealed class MeterSettings : DeviceSettings
{
    private readonly Metering.MeterConfiguration _metering;
    private readonly SmartMeterLimits _limits;
    private readonly EventThresholds _thresholds;
    private readonly int[] _begins;
    private readonly int[] _ends;
    private readonly int[] _delays;
    private readonly QualitySettings _quality;

    public MeterSettings(CompleteMeterParts parts)
        : base(SchemaOf(parts), Fields(), parts.Telemetry, parts.LinkSettings, parts.Metering.IntervalMinutes,
            parts.Limits.CheckpointMs)
    {
        _metering = parts.Metering;
        _limits = parts.Limits;
        _quality = parts.Quality;
        if (parts.Recording != null)
        {
            _thresholds = parts.Recording.Thresholds;
            _begins = (int[])_thresholds.Begin.Clone();
            _ends = (int[])_thresholds.End.Clone();
            _delays = (int[])_thresholds.DelayMs.Clone();
        }
    }

    protected override int FindOwnConflict(ConfigurationValues values) => MeterConfiguration.FindConflict(values);

    protected override void ApplyOwn(ConfigurationValues values, bool isDocument, int checkpointMs)
    {
        _limits.CheckpointMs = checkpointMs;
        if (_thresholds != null)
        {
            UseThresholds(values, isDocument);
        }
    }

    protected override void BuildOwn(ConfigurationValues values)
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
    }

    protected override bool IsOwnAsBuilt(ConfigurationValues values) => IsQualityAsBuilt(values)
        && _metering.IntervalMinutes == values.IntegerOf(MeterConfiguration.TelemetryIntervalMinutes)
        && _metering.DemandPeriodMinutes == values.IntegerOf(MeterConfiguration.DemandPeriodMinutes)
        && _metering.DemandSlipMinutes == values.IntegerOf(MeterConfiguration.DemandSlipMinutes)
        && _metering.GridMinutes == values.IntegerOf(MeterConfiguration.ProfileIntervalMinutes);

    private static CoreFields Fields() => new CoreFields
    {
        CheckpointMinutes = MeterConfiguration.StorageCheckpointMinutes,
        SlewSecondsMax = MeterConfiguration.TimeSlewSecondsMax,
        LogLevel = MeterConfiguration.LogLevel,
        PlainAcknowledgements = MeterConfiguration.AcknowledgementPlain,
    };

    /// <summary>The list of settings with the board's own as defaults.</summary>
    private static ConfigurationSchema SchemaOf(CompleteMeterParts parts)
    {
        MeterConfiguration schema = new MeterConfiguration();
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

        return schema;
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

    private bool IsQualityAsBuilt(ConfigurationValues values) => _quality == null
        || (_quality.VoltageUpperPermille == values.IntegerOf(MeterConfiguration.QualityVoltageUpperPermille)
            && _quality.VoltageLowerPermille == values.IntegerOf(MeterConfiguration.QualityVoltageLowerPermille)
            && _quality.DipPermille == values.IntegerOf(MeterConfiguration.QualityDipPermille)
            && _quality.SwellPermille == values.IntegerOf(MeterConfiguration.QualitySwellPermille)
            && _quality.InterruptionPermille == values.IntegerOf(MeterConfiguration.QualityInterruptionPermille));
}
