using MeterFirmware.Basics;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Commands;

/// <summary>The smart meter's settings. The list is made from firmware/Catalogue/settings.json; here stand the rules
/// between
/// them.</summary>
public sealed partial class MeterSchema : SettingsSchema
{
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
}
