namespace MeterFirmware.Tariffs;

/// <summary>Over which stretch of local time the consumption that selects the tier is counted.</summary>
public enum TierPeriod
{
    /// <summary>The tariff has no tiers.</summary>
    None = 0,

    /// <summary>From the 1st of the month, 00:00 local time.</summary>
    Month = 1,

    /// <summary>From 1 January, 00:00 local time.</summary>
    Year = 2,
}
