using MeterFirmware.Tariffs;
using NodaTime;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>A tariff file after every check: names resolved to numbers, decimals to millionths.</summary>
public sealed class TariffModel
{
    public string Name { get; set; } = "";

    /// <summary>False: only the bill engine uses it, and the limits of devices do not hold.</summary>
    public bool IsForDevices { get; set; } = true;

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
    public TierPeriod TierPeriod { get; set; }

    /// <summary>Empty without tiers.</summary>
    public List<TierModel> Tiers { get; } = [];

    /// <summary>Millionths of the currency per kWh, in charging sessions only; 0 where it goes by rate.</summary>
    public long ServiceFee { get; set; }

    /// <summary>What the bill engine computes and no device does; empty in a plain tariff.</summary>
    public TariffTerms Terms { get; } = new();

    /// <summary>Micrograms of CO₂ per kWh.</summary>
    public long CarbonMicrogramsPerKwh { get; set; }

    /// <summary>The season of a date: the last that began, round the year; null without seasons.</summary>
    public SeasonModel? SeasonOf(LocalDate date) => Seasons.Count == 0 ? null
        : Seasons.LastOrDefault(one => (one.Month, one.Day).CompareTo((date.Month, date.Day)) <= 0) ?? Seasons[^1];

    /// <summary>First day of the tier period that holds a date; without tiers the date itself. A bill's load begins
    /// here or says what was used before: else the first tier is billed to energy of a later one.</summary>
    public LocalDate TierBegin(LocalDate date)
    {
        if (Terms.TierSpan == TierSpan.Season)
        {
            SeasonModel season = SeasonOf(date)!;
            bool isThisYear = (season.Month, season.Day).CompareTo((date.Month, date.Day)) <= 0;
            return new LocalDate(isThisYear ? date.Year : date.Year - 1, season.Month, season.Day);
        }

        int month = Terms.TierStartMonth;
        return TierPeriod switch
        {
            TierPeriod.Month => new LocalDate(date.Year, date.Month, 1),
            TierPeriod.Year => new LocalDate(date.Month >= month ? date.Year : date.Year - 1, month, 1),
            _ => date,
        };
    }
}

/// <summary>A day table: its periods from 00:00 on, each to the next one's start.</summary>
public sealed record DayTableModel(string Name, List<PeriodModel> Periods);

/// <summary>A period begins at a minute of local wall time, 0 to 1439.</summary>
public sealed record PeriodModel(int StartMinute, int Rate);

/// <summary>From a date on until the next season's, each year; day tables by number.</summary>
public sealed record SeasonModel(int Month, int Day, int WeekdayTable, int WeekendTable)
{
    /// <summary>Days of the week that have their own table.</summary>
    public Dictionary<IsoDayOfWeek, int> Days { get; } = [];

    /// <summary>Prices of this season, millionths per kWh by rate; null: the tariff's.</summary>
    public long[]? Prices { get; set; }

    public int TableOf(IsoDayOfWeek day) => Days.TryGetValue(day, out int table) ? table
        : day is IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday ? WeekendTable : WeekdayTable;
}

/// <summary>One date that has its own day table.</summary>
public sealed record HolidayModel(LocalDate Date, int DayTable);

/// <summary>From that consumption on the amounts are added, millionths per kWh by rate.</summary>
public sealed record TierModel(long FromWattHours, long[] Adds);
