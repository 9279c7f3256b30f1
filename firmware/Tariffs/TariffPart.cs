namespace MeterFirmware.Tariffs;

/// <summary>The parts of a tariff that switch on their own, each with its switch time (DL/T 645-2007: time-zone
/// tables, day tables, rate prices, tiers).</summary>
public enum TariffPart
{
    /// <summary>Seasons, weekends, holidays and the zone offset.</summary>
    Seasons = 0,

    /// <summary>Day tables.</summary>
    DayTables = 1,

    /// <summary>Rates with their import and export prices, service fee and carbon factor.</summary>
    Prices = 2,

    /// <summary>Tier steps and what they add.</summary>
    Tiers = 3,
}
