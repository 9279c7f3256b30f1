using NodaTime;

namespace MeterFirmware.Tools.MeterCtl.Tariffs;

/// <summary>A tariff file after every check: names resolved to numbers, decimals to millionths.</summary>
public sealed class TariffModel
{
    public string Name { get; set; } = "";

    /// <summary>As written: a zone name or an offset.</summary>
    public string TimeZoneText { get; set; } = "";

    public DateTimeZone TimeZone { get; set; } = DateTimeZone.Utc;

    public string Currency { get; set; } = "";

    public List<string> Rates { get; } = [];

    public List<DayTableModel> Days { get; } = [];

    public List<SeasonModel> Seasons { get; } = [];

    public List<HolidayModel> Holidays { get; } = [];

    /// <summary>Millionths of the currency per kWh, by rate.</summary>
    public long[] ImportPrices { get; set; } = [];

    /// <summary>Millionths of the currency per kWh, by rate; null without export prices.</summary>
    public long[]? ExportPrices { get; set; }

    /// <summary>Year, Month, or None without tiers.</summary>
    public MeterFirmware.Tariffs.TierPeriod TierPeriod { get; set; }

    /// <summary>Empty without tiers.</summary>
    public List<TierModel> Tiers { get; } = [];

    /// <summary>Millionths of the currency per kWh, in charging sessions only.</summary>
    public long ServiceFee { get; set; }

    /// <summary>Micrograms of CO₂ per kWh.</summary>
    public long CarbonMicrogramsPerKwh { get; set; }
}

/// <summary>A day table: its periods from 00:00 on, each to the next one's start.</summary>
public sealed record DayTableModel(string Name, List<PeriodModel> Periods);

/// <summary>A period begins at a quarter hour of local wall time, 0 to 95.</summary>
public sealed record PeriodModel(int StartQuarter, int Rate);

/// <summary>From a date on until the next season's, each year; day tables by number.</summary>
public sealed record SeasonModel(int Month, int Day, int WeekdayTable, int WeekendTable);

/// <summary>One date that has its own day table.</summary>
public sealed record HolidayModel(LocalDate Date, int DayTable);

/// <summary>From that consumption on the amounts are added, millionths per kWh by rate.</summary>
public sealed record TierModel(long FromWattHours, long[] Adds);
