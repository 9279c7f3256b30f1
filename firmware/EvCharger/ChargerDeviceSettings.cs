using MeterFirmware.Commands;
using MeterFirmware.DeviceCore;
using MeterConfiguration = MeterFirmware.Metering.MeterConfiguration;

namespace MeterFirmware.EvCharger;

/// <summary>What the settings document of a charger changes beside link, time and log: the time between two savings at
/// once, the interval of its records from a restart.</summary>
internal sealed class ChargerDeviceSettings : DeviceSettings
{
    private readonly EvChargerParts _parts;
    private readonly MeterConfiguration _metering;

    public ChargerDeviceSettings(EvChargerParts parts)
        : base(new DeviceSchema(), new CoreFields(), parts.Telemetry, parts.LinkSettings, parts.Metering.IntervalMinutes,
            parts.CheckpointMs)
    {
        _parts = parts;
        _metering = parts.Metering;
    }

    protected override void ApplyOwn(ConfigurationValues values, bool isDocument, int checkpointMs) =>
        _parts.CheckpointMs = checkpointMs;

    protected override void BuildOwn(ConfigurationValues values) =>
        _metering.IntervalMinutes = values.IntegerOf(DeviceSchema.TelemetryIntervalMinutes);

    protected override bool IsOwnAsBuilt(ConfigurationValues values) =>
        _metering.IntervalMinutes == values.IntegerOf(DeviceSchema.TelemetryIntervalMinutes);
}
