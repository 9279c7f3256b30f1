using MeterFirmware.Basics;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Commands;

/// <summary>
/// The smart meter's settings, in the order in which they are stored: new ones go to the end of their section only
/// together with a new version, else to the end of the list in a section of their own. settings.schema.json is
/// the same list as a JSON schema; a test keeps both equal.
/// </summary>
public sealed class MeterSchema : SettingsSchema
{
    public const int LinkHost = 0;
    public const int LinkPort = 1;
    public const int LinkTls = 2;
    public const int LinkUser = 3;
    public const int LinkPassword = 4;
    public const int TelemetryInstantSeconds = 5;
    public const int TelemetryIntervalMinutes = 6;
    public const int TelemetryHistoricalAfterSeconds = 7;
    public const int DemandPeriodMinutes = 8;
    public const int DemandSlipMinutes = 9;
    public const int ProfileIntervalMinutes = 10;
    public const int StorageCheckpointMinutes = 11;
    public const int TimeServer = 12;
    public const int TimeSlewSecondsMax = 13;
    public const int LogLevel = 14;
    public const int EventsUnderVoltageMillivolts = 15;
    public const int EventsOverVoltageMillivolts = 16;
    public const int EventsVoltageLossMillivolts = 17;
    public const int EventsCurrentLossMilliamps = 18;
    public const int EventsOverCurrentMilliamps = 19;
    public const int EventsOverLoadMilliwatts = 20;
    public const int EventsReversePowerMilliwatts = 21;
    public const int EventsVoltageUnbalancePermille = 22;
    public const int EventsCurrentUnbalancePermille = 23;
    public const int EventsLowPowerFactorPermille = 24;
    public const int EventsDelaySeconds = 25;
    public const int QualityVoltageUpperPermille = 26;
    public const int QualityVoltageLowerPermille = 27;
    public const int QualityDipPermille = 28;
    public const int QualitySwellPermille = 29;
    public const int QualityInterruptionPermille = 30;
    public const int AcknowledgementPlain = 31;

    private const int FieldCount = AcknowledgementPlain + 1;

    public MeterSchema()
        : base(FieldCount)
    {
    }

    /// <summary>Rules between fields (facts/metering-rules.md). Returns the wrong field; −1: none.</summary>
    public static int FindConflict(SettingsValues values)
    {
        if (!BrokerAddresses.IsList(values.Bytes, values.TextOffsetOf(LinkHost), values.TextLengthOf(LinkHost)))
        {
            return LinkHost;
        }

        // Intervals end on the hour.
        if (60 % values.IntegerOf(TelemetryIntervalMinutes) != 0)
        {
            return TelemetryIntervalMinutes;
        }

        if (60 % values.IntegerOf(ProfileIntervalMinutes) != 0)
        {
            return ProfileIntervalMinutes;
        }

        // 5, 10, 15, 30 or 60 min; the slip 1, 2, 3 or 5 min or the period, which is a whole multiple of it.
        long period = values.IntegerOf(DemandPeriodMinutes);
        long slip = values.IntegerOf(DemandSlipMinutes);
        if (60 % period != 0 || period % 5 != 0 || period == 20)
        {
            return DemandPeriodMinutes;
        }

        if (period % slip != 0 || (slip > 3 && slip != 5 && slip != period))
        {
            return DemandSlipMinutes;
        }

        // A voltage cannot be too low and too high at once, and an interruption is the deepest dip.
        if (values.IntegerOf(EventsUnderVoltageMillivolts) >= values.IntegerOf(EventsOverVoltageMillivolts))
        {
            return EventsOverVoltageMillivolts;
        }

        if (values.IntegerOf(EventsVoltageLossMillivolts) >= values.IntegerOf(EventsOverVoltageMillivolts))
        {
            return EventsVoltageLossMillivolts;
        }

        return values.IntegerOf(QualityInterruptionPermille) >= values.IntegerOf(QualityDipPermille)
            ? QualityInterruptionPermille : -1;
    }

    /// <summary>Plain text needs "tls":false by name; there is no default host and no default password.</summary>
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
            case DemandPeriodMinutes:
                Integer("demand", "periodMinutes", 5, 60, 15);
                break;
            case DemandSlipMinutes:
                Integer("demand", "slipMinutes", 1, 60, 15);
                break;
            case ProfileIntervalMinutes:
                Integer("profile", "intervalMinutes", 1, 60, 15);
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
            case EventsUnderVoltageMillivolts:
                Integer("events", "underVoltageMillivolts", 1, 1_000_000, 171_600);
                break;
            case EventsOverVoltageMillivolts:
                Integer("events", "overVoltageMillivolts", 1, 1_000_000, 264_000);
                break;
            case EventsVoltageLossMillivolts:
                Integer("events", "voltageLossMillivolts", 1, 1_000_000, 171_600);
                break;
            case EventsCurrentLossMilliamps:
                Integer("events", "currentLossMilliamps", 1, 1_000_000, 25);
                break;
            case EventsOverCurrentMilliamps:
                Integer("events", "overCurrentMilliamps", 1, 10_000_000, 72_000);
                break;
            case EventsOverLoadMilliwatts:
                Integer("events", "overLoadMilliwatts", 1, 2_000_000_000, 15_840_000);
                break;
            case EventsReversePowerMilliwatts:
                Integer("events", "reversePowerMilliwatts", 1, 2_000_000_000, 5_500);
                break;
            case EventsVoltageUnbalancePermille:
                Integer("events", "voltageUnbalancePermille", 1, 1_000, 300);
                break;
            case EventsCurrentUnbalancePermille:
                Integer("events", "currentUnbalancePermille", 1, 1_000, 300);
                break;
            case EventsLowPowerFactorPermille:
                Integer("events", "lowPowerFactorPermille", 1, 1_000, 300);
                break;
            case EventsDelaySeconds:
                Integer("events", "delaySeconds", 1, 3_600, 60);
                break;
            case QualityVoltageUpperPermille:
                Integer("quality", "voltageUpperPermille", 1_001, 1_500, 1_070);
                break;
            case QualityVoltageLowerPermille:
                Integer("quality", "voltageLowerPermille", 500, 999, 900);
                break;
            case QualityDipPermille:
                Integer("quality", "dipPermille", 200, 999, 900);
                break;
            case QualitySwellPermille:
                Integer("quality", "swellPermille", 1_001, 1_800, 1_100);
                break;
            case QualityInterruptionPermille:
                Integer("quality", "interruptionPermille", 1, 500, 100);
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
