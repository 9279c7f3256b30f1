namespace MeterFirmware.Grid;

/// <summary>What a rule of a profile judges; the limit itself is still inside.</summary>
public static class TripKind
{
    public const int UnderVoltage = 0;
    public const int OverVoltage = 1;
    public const int UnderFrequency = 2;
    public const int OverFrequency = 3;

    /// <summary>Kinds that a profile's rules have.</summary>
    public const int RuleCount = 4;

    /// <summary>The sliding mean of the voltage was too high.</summary>
    public const int MeanVoltage = 4;

    /// <summary>There were no readings.</summary>
    public const int Missing = 5;

    /// <summary>It never tripped.</summary>
    public const int None = 6;

    /// <summary>The word in messages.</summary>
    public static string NameOf(int kind)
    {
        switch (kind)
        {
            case UnderVoltage:
                return "under-voltage";
            case OverVoltage:
                return "over-voltage";
            case UnderFrequency:
                return "under-frequency";
            case OverFrequency:
                return "over-frequency";
            case MeanVoltage:
                return "mean-voltage";
            case Missing:
                return "missing";
            default:
                return "none";
        }
    }
}
