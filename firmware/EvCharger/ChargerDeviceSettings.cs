using MeterFirmware.Commands;
using MeterFirmware.DeviceCore;
using MeterFirmware.Metering;

namespace MeterFirmware.EvCharger;

/// <summary>What the settings document of a charger changes beside link, time and log: the time between two savings and
/// the wait after an outage at once, the interval of its records from a restart.</summary>
internal sealed class ChargerDeviceSettings : DeviceSettings
{
    private readonly EvChargerParts _parts;
    private readonly MeteringSettings _metering;

    public ChargerDeviceSettings(EvChargerParts parts)
        : base(new DeviceSchema(), new CoreFields(), parts.Telemetry, parts.LinkSettings,
            parts.Metering.IntervalMinutes,
            parts.CheckpointMs)
    {
        _parts = parts;
        _metering = parts.Metering;
        Schema.SetDefault(DeviceSchema.GridReturnSeconds, parts.ReturnSeconds);
    }

    protected override void ApplyOwn(SettingsValues values, bool isDocument, int checkpointMs)
    {
        _parts.CheckpointMs = checkpointMs;
        _parts.ReturnSeconds = values.IntegerOf(DeviceSchema.GridReturnSeconds);
    }

    protected override void BuildOwn(SettingsValues values) =>
        _metering.IntervalMinutes = values.IntegerOf(DeviceSchema.TelemetryIntervalMinutes);

    protected override bool IsOwnAsBuilt(SettingsValues values) =>
        _metering.IntervalMinutes == values.IntegerOf(DeviceSchema.TelemetryIntervalMinutes);
}
