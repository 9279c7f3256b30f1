using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.DeviceCore;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Quality;

namespace MeterFirmware.SmartMeter;

/// <summary>
/// What a meter's settings document says beside what every device's does: event thresholds hold at once, intervals and
/// the limits of power quality from a restart.
/// </summary>
public sealed class SettingsInForce : DeviceSettings
{
    private readonly MeteringSettings _metering;
    private readonly SmartMeterLimits _limits;
    private readonly EventThresholds _thresholds;
    private readonly int[] _begins;
    private readonly int[] _ends;
    private readonly int[] _delays;
    private readonly QualitySettings _quality;

    public SettingsInForce(CompleteMeterParts parts)
        : base(SchemaOf(parts), Fields(), parts.Telemetry, parts.LinkSettings, parts.Metering.IntervalMinutes,
            parts.Limits.CheckpointMs)
    {
        _metering = parts.Metering;
        _limits = parts.Limits;
        _quality = parts.Quality;
        if (parts.History != null)
        {
            _thresholds = parts.History.Thresholds;
            _begins = (int[])_thresholds.Begin.Clone();
            _ends = (int[])_thresholds.End.Clone();
            _delays = (int[])_thresholds.DelayMs.Clone();
        }
    }

    protected override int FindOwnConflict(SettingsValues values) => MeterSchema.FindConflict(values);

    protected override void ApplyOwn(SettingsValues values, bool isDocument, int checkpointMs)
    {
        _limits.CheckpointMs = checkpointMs;
        if (_thresholds != null)
        {
            UseThresholds(values, isDocument);
        }
    }

    protected override void BuildOwn(SettingsValues values)
    {
        if (_quality != null)
        {
            _quality.VoltageUpperPermille = values.IntegerOf(MeterSchema.QualityVoltageUpperPermille);
            _quality.VoltageLowerPermille = values.IntegerOf(MeterSchema.QualityVoltageLowerPermille);
            _quality.DipPermille = values.IntegerOf(MeterSchema.QualityDipPermille);
            _quality.SwellPermille = values.IntegerOf(MeterSchema.QualitySwellPermille);
            _quality.InterruptionPermille = values.IntegerOf(MeterSchema.QualityInterruptionPermille);
        }

        _metering.IntervalMinutes = values.IntegerOf(MeterSchema.TelemetryIntervalMinutes);
        _metering.DemandPeriodMinutes = values.IntegerOf(MeterSchema.DemandPeriodMinutes);
        _metering.DemandSlipMinutes = values.IntegerOf(MeterSchema.DemandSlipMinutes);
        _metering.GridMinutes = values.IntegerOf(MeterSchema.ProfileIntervalMinutes);
    }

    protected override bool IsOwnAsBuilt(SettingsValues values) => IsQualityAsBuilt(values)
        && _metering.IntervalMinutes == values.IntegerOf(MeterSchema.TelemetryIntervalMinutes)
        && _metering.DemandPeriodMinutes == values.IntegerOf(MeterSchema.DemandPeriodMinutes)
        && _metering.DemandSlipMinutes == values.IntegerOf(MeterSchema.DemandSlipMinutes)
        && _metering.GridMinutes == values.IntegerOf(MeterSchema.ProfileIntervalMinutes);

    private static CoreFields Fields() => new CoreFields
    {
        CheckpointMinutes = MeterSchema.StorageCheckpointMinutes,
        SlewSecondsMax = MeterSchema.TimeSlewSecondsMax,
        LogLevel = MeterSchema.LogLevel,
        PlainAcknowledgements = MeterSchema.AcknowledgementPlain,
    };

    /// <summary>The list of settings with the board's own as defaults.</summary>
    private static SettingsSchema SchemaOf(CompleteMeterParts parts)
    {
        MeterSchema schema = new MeterSchema();
        schema.SetDefault(MeterSchema.DemandPeriodMinutes, parts.Metering.DemandPeriodMinutes);
        schema.SetDefault(MeterSchema.DemandSlipMinutes, parts.Metering.DemandSlipMinutes);
        schema.SetDefault(MeterSchema.ProfileIntervalMinutes, parts.Metering.GridMinutes);
        if (parts.History != null)
        {
            WriteEventDefaults(schema, parts.History.Thresholds);
        }

        if (parts.Quality != null)
        {
            schema.SetDefault(MeterSchema.QualityVoltageUpperPermille, parts.Quality.VoltageUpperPermille);
            schema.SetDefault(MeterSchema.QualityVoltageLowerPermille, parts.Quality.VoltageLowerPermille);
            schema.SetDefault(MeterSchema.QualityDipPermille, parts.Quality.DipPermille);
            schema.SetDefault(MeterSchema.QualitySwellPermille, parts.Quality.SwellPermille);
            schema.SetDefault(MeterSchema.QualityInterruptionPermille, parts.Quality.InterruptionPermille);
        }

        return schema;
    }

    /// <summary>The board's own as defaults. Current and load are what the wiring bears: a document can only lower
    /// them.</summary>
    private static void WriteEventDefaults(SettingsSchema schema, EventThresholds thresholds)
    {
        for (int row = 0; row < EventThresholds.RowCount; row++)
        {
            int setting = ThresholdSettings.Of(row);
            if (setting >= 0)
            {
                schema.SetDefault(setting, thresholds.Begin[row]);
            }
        }

        schema.SetDefault(MeterSchema.EventsDelaySeconds, thresholds.DelayMs[0] / 1000);
        schema.Commission(MeterSchema.EventsOverCurrentMilliamps);
        schema.Commission(MeterSchema.EventsOverLoadMilliwatts);
    }

    private void UseThresholds(SettingsValues values, bool isDocument)
    {
        int delayMs = values.IntegerOf(MeterSchema.EventsDelaySeconds) * 1000;
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

    private bool IsQualityAsBuilt(SettingsValues values) => _quality == null
        || (_quality.VoltageUpperPermille == values.IntegerOf(MeterSchema.QualityVoltageUpperPermille)
            && _quality.VoltageLowerPermille == values.IntegerOf(MeterSchema.QualityVoltageLowerPermille)
            && _quality.DipPermille == values.IntegerOf(MeterSchema.QualityDipPermille)
            && _quality.SwellPermille == values.IntegerOf(MeterSchema.QualitySwellPermille)
            && _quality.InterruptionPermille == values.IntegerOf(MeterSchema.QualityInterruptionPermille));
}
