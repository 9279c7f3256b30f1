namespace MeterFirmware.Tariffs;

/// <summary>Over which stretch of local time the consumption that selects the tier is counted.</summary>
public enum TierPeriod
{
    /// <summary>The tariff has no tiers.</summary>
    None = 0,

    /// <summary>From the 1st of the month, 00:00 local time.</summary>
    Month = 1,

    /// <summary>From the 1st of the tariff's start month, 00:00 local time; 1 January unless it names one.</summary>
    Year = 2,

    /// <summary>From 00:00 local time.</summary>
    Day = 3,

    /// <summary>From the first day of the season that runs.</summary>
    Season = 4,
}
