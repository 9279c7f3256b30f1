using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Telemetry;

namespace MeterFirmware.DeviceCore;

/// <summary>
/// The settings that every device has; charger and site controller have no others yet. Stored in this order: new ones go to
/// the end, in a section of their own. A meter has the same among its own, with the same names and bounds (a test).
/// </summary>
public sealed class DeviceSchema : SettingsSchema
{
    public const int LinkHost = 0;
    public const int LinkPort = 1;
    public const int LinkTls = 2;
    public const int LinkUser = 3;
    public const int LinkPassword = 4;
    public const int TelemetryInstantSeconds = 5;
    public const int TelemetryIntervalMinutes = 6;
    public const int TelemetryHistoricalAfterSeconds = 7;
    public const int StorageCheckpointMinutes = 8;
    public const int TimeServer = 9;
    public const int TimeSlewSecondsMax = 10;
    public const int LogLevel = 11;
    public const int AcknowledgementPlain = 12;

    private const int FieldCount = AcknowledgementPlain + 1;

    public DeviceSchema()
        : base(FieldCount)
    {
    }

    protected override void Define(int index)
    {
        switch (index)
        {
            case LinkHost:
                Text("link", "host", 0, BrokerAddresses.TextBytesMax, "").ByUtilityOnly().Reconnects();
                break;
            case LinkPort:
                Integer("link", "port", 1, 65_535, 8_883).Reconnects();
                break;
            case LinkTls:
                Boolean("link", "tls", true).ByUtilityOnly().Reconnects();
                break;
            case LinkUser:
                Text("link", "user", 0, 32, "").Reconnects();
                break;
            case LinkPassword:
                Text("link", "password", 0, 64, "").Secret().Reconnects();
                break;
            case TelemetryInstantSeconds:
                Integer("telemetry", "instantSeconds", 0, 86_400, 60);
                break;
            case TelemetryIntervalMinutes:
                Integer("telemetry", "intervalMinutes", 1, 60, 15);
                break;
            case TelemetryHistoricalAfterSeconds:
                Integer("telemetry", "historicalAfterSeconds", 60, 86_400, 300);
                break;
            case StorageCheckpointMinutes:
                Integer("storage", "checkpointMinutes", 1, 60, 15);
                break;
            case TimeServer:
                Text("time", "server", 0, 64, "");
                break;
            case TimeSlewSecondsMax:
                Integer("time", "slewSecondsMax", 1, 60, 5);
                break;
            case LogLevel:
                Integer("log", "level", 0, 4, 2);
                break;
            case AcknowledgementPlain:
                Boolean("acknowledgement", "plain", true);
                break;
            default:
                Invariant.Require(false, "no setting of this number");
                break;
        }
    }
}
