using MeterFirmware.Charging;

namespace MeterFirmware.EvCharger;

/// <summary>Every size of the charger product, in one place; nothing grows after start.</summary>
public static class ChargerLimits
{
    /// <summary>Longest token: ISO 14443 UIDs have 4, 7 or 10 bytes, vehicle identifiers (EVCCID) 6 to 8.</summary>
    public const int TokenBytesMax = 16;

    /// <summary>Tokens on the local list.</summary>
    public const int TokenCount = 64;

    /// <summary>Rates of a charging tariff: what a plan knows.</summary>
    public const int RateCount = PlannedCharging.RateCountMax;

    /// <summary>Charging profiles held at once.</summary>
    public const int ProfileCount = 8;

    /// <summary>Longest compiled tariff by command: five rates with ten years of holidays and zone changes stay far
    /// below.</summary>
    public const int TariffBytesMax = 4_096;

    /// <summary>Longest compact form of a grid profile by command: those that ship take 250 to 400 bytes.</summary>
    public const int GridProfileBytesMax = 640;

    /// <summary>Periods of the composite schedule in an answer, so that it fits into one.</summary>
    public const int ProfileReportPeriods = 16;
}
