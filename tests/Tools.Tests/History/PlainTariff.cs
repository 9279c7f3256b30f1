using System;
using System.Linq;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Tariffs;

namespace MeterFirmware.Tools.Tests.History;

/// <summary>A tariff as plain data: the file that the meter loads is written from it, and <see cref="IndependentBill"/>
/// reads the same data without the firmware's loader, cursor or registers. East of UTC by 8 hours, tiers by the year.</summary>
internal sealed class PlainTariff
{
    public const int OffsetSeconds = 8 * 3600;

    private static readonly string[] _rates = ["sharp", "peak", "flat", "valley"];

    private PlainTariff(string name)
    {
        Name = name;
    }

    public static int RateCount => _rates.Length;

    public string Name { get; }

    /// <summary>Two day tables: minutes from which a rate holds.</summary>
    public (int Minute, int Rate)[][] Days { get; private init; }

    /// <summary>First month of a season, and its day table on weekdays and weekends.</summary>
    public (int Month, int Weekday, int Weekend)[] Seasons { get; private init; }

    /// <summary>Currency per kWh by rate.</summary>
    public decimal[] Import { get; private init; }

    public decimal[] Export { get; private init; }

    /// <summary>From so many kWh in a year on, so much more by rate.</summary>
    public (int FromKwh, decimal[] Add)[] Tiers { get; private init; }

    public static PlainTariff First { get; } = new("First")
    {
        Days = [[(0, 3), (480, 1), (720, 2), (1080, 0), (1320, 3)], [(0, 2), (540, 1), (1200, 3)]],
        Seasons = [(1, 0, 1), (7, 1, 0)],
        Import = [1.2m, 0.9m, 0.6m, 0.307001m],
        Export = [0.5m, 0.45m, 0.3m, 0.1m],
        Tiers = [(0, [0, 0, 0, 0]), (150, [0.05m, 0.05m, 0.05m, 0.03m]), (3120, [0.3m, 0.3m, 0.3m, 0.18m])],
    };

    public static PlainTariff Second { get; } = new("Second")
    {
        Days = [[(0, 3), (375, 2), (615, 0), (840, 1), (1290, 3)], [(0, 3), (420, 2), (1110, 0)]],
        Seasons = [(1, 0, 0), (4, 1, 0), (10, 0, 1)],
        Import = [1.3325m, 1.2025m, 0.65m, 0.26m],
        Export = [0.92865m, 0.83805m, 0.453m, 0.1812m],
        Tiers = [(0, [0, 0, 0, 0]), (90, [0.06m, 0.06m, 0.06m, -0.03m]), (210, [0.1m, 0.1m, 0.1m, 0.02m]),
            (4800, [0.36m, 0.36m, 0.36m, 0.2m])],
    };

    /// <summary>The day table of a local date.</summary>
    public int DayTable(DateTime date)
    {
        (int _, int weekday, int weekend) = Seasons.Last(season => season.Month <= date.Month);
        return date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? weekend : weekday;
    }

    /// <summary>The rate of a minute of the day.</summary>
    public int Rate(int dayTable, int minute)
    {
        (int Minute, int Rate)[] day = Days[dayTable];
        int at = day.Length - 1;
        while (day[at].Minute > minute)
        {
            at--;
        }

        return day[at].Rate;
    }

    /// <summary>As a meter takes it.</summary>
    public TariffFile File()
    {
        string days = Join(Days.Select((day, table) =>
            $"\"d{table}\": ["
            + Join(day.Select(step => $"[\"{step.Minute / 60:00}:{step.Minute % 60:00}\", \"{_rates[step.Rate]}\"]"))
            + "]"));
        string seasons = Join(Seasons.Select(season =>
            $$"""{"from": "{{season.Month:00}}-01", "weekday": "d{{season.Weekday}}", "weekend": "d{{season.Weekend}}"}"""));
        string tiers = Join(Tiers.Select(tier =>
            $"{{\"fromKwh\": {tier.FromKwh}, \"add\": {(tier.FromKwh == 0 ? "{}" : Prices(tier.Add))}}}"));
        return TariffSource.Parse($$"""
            {"name": "{{Name}}", "timezone": "+08:00", "currency": "CNY", "rates": [{{Join(_rates.Select(rate => $"\"{rate}\""))}}],
            "days": { {{days}} }, "seasons": [{{seasons}}], "prices": {{Prices(Import)}}, "exportPrices": {{Prices(Export)}},
            "tiers": {"period": "year", "steps": [{{tiers}}] } }
            """);
    }

    private static string Prices(decimal[] prices) =>
        "{" + Join(prices.Select((price, rate) => FormattableString.Invariant($"\"{_rates[rate]}\": \"{price}\"")))
        + "}";

    private static string Join(System.Collections.Generic.IEnumerable<string> parts) => string.Join(", ", parts);
}
