using MeterFirmware.Commands;
using MeterFirmware.DeviceCore;

namespace MeterFirmware.SiteController;

/// <summary>What the settings document of a site controller changes beside link, time and log: the time between two
/// savings
/// at once, the interval of its records from a restart. Members and limits are commissioned in site.txt.</summary>
internal sealed class SiteDeviceSettings : DeviceSettings
{
    private readonly CompleteSiteParts _parts;

    public SiteDeviceSettings(CompleteSiteParts parts)
        : base(new DeviceSchema(), new CoreFields(), parts.Telemetry, parts.LinkSettings, parts.IntervalMinutes,
            parts.CheckpointMs)
    {
        _parts = parts;
    }

    protected override void ApplyOwn(SettingsValues values, bool isDocument, int checkpointMs) =>
        _parts.CheckpointMs = checkpointMs;

    protected override void BuildOwn(SettingsValues values) =>
        _parts.IntervalMinutes = values.IntegerOf(DeviceSchema.TelemetryIntervalMinutes);

    protected override bool IsOwnAsBuilt(SettingsValues values) =>
        _parts.IntervalMinutes == values.IntegerOf(DeviceSchema.TelemetryIntervalMinutes);
}
