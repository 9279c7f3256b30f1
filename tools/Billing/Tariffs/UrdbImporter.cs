using System.Globalization;
using System.Text.Json;
using MeterFirmware.Tariffs;
using NodaTime;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>
/// Turns a rate of OpenEI's Utility Rate Database (JSON of its API: energyratestructure, energyweekdayschedule,
/// energyweekendschedule) into a tariff file. What has no place is a warning; what is contradictory is an error.
/// </summary>
internal sealed class UrdbImporter
{
    private const int Months = 12;
    private const int Hours = 24;

    private static readonly string[] _known =
    [
        "label", "utility", "name", "uri", "source", "sourceparent", "startdate", "enddate", "approved", "eiaid",
            "sector",
        "description", "servicetype", "dgrules", "country", "revisions", "energyratestructure", "energyweekdayschedule",
        "energyweekendschedule", "energycomments", "basicinformationcomments", "is_default", "supersedes",
    ];

    private readonly List<TariffProblem> _problems;
    private readonly List<TariffProblem> _warnings;
    private readonly TariffFields _fields;
    private readonly TariffModel _model = new();
    private readonly List<int[]> _tables = [];

    private UrdbImporter(List<TariffProblem> problems, List<TariffProblem> warnings)
    {
        _problems = problems;
        _warnings = warnings;
        _fields = new TariffFields(problems);
    }

    /// <summary>Null when anything is wrong; the problems then say what.</summary>
    public static TariffModel? Import(
        byte[] utf8, string timezone, string currency, List<TariffProblem> problems, List<TariffProblem> warnings)
    {
        UrdbImporter importer = new(problems, warnings);
        JsonValue? root = JsonReader.Read(utf8, problems);
        if (root?.Find("items") is JsonValue { Kind: JsonValueKind.Array, Items.Count: > 0 } items)
        {
            root = items.Items.Count == 1 ? items.Items[0] : null;
            if (root is null)
            {
                problems.Add(new TariffProblem("$.items", $"{items.Items.Count} rates; one was expected"));
            }
        }

        if (root is not null && importer._fields.IsKind(root, JsonValueKind.Object, "a rate of URDB"))
        {
            importer._model.TimeZoneText = timezone;
            importer._model.Currency = currency;
            importer.Build(root);
        }

        return problems.Count == 0 ? importer._model : null;
    }

    private void Build(JsonValue root)
    {
        foreach ((string name, JsonValue member) in root.Members.Where(member => !_known.Contains(member.Key)))
        {
            _warnings.Add(new TariffProblem(member.Path, $"{name} has no place in a tariff file and is left out"));
        }

        string utility = root.Find("utility")?.Text ?? "";
        string title = root.Find("name")?.Text ?? "";
        _model.Name = utility.Length > 0 ? $"{utility}: {title}" : title;
        JsonValue? rates = Required(root, "energyratestructure");
        JsonValue? weekdays = Required(root, "energyweekdayschedule");
        JsonValue? weekends = Required(root, "energyweekendschedule");
        if (rates is null || weekdays is null || weekends is null || !Rates(rates))
        {
            return;
        }

        int[]?[] days = Schedule(weekdays);
        int[]?[] ends = Schedule(weekends);
        for (int month = 0; month < Months && _problems.Count == 0; month++)
        {
            int before = (month + Months - 1) % Months;
            bool isNew = !days[month]!.SequenceEqual(days[before]!) || !ends[month]!.SequenceEqual(ends[before]!);
            if (month == 0 || isNew)
            {
                _model.Seasons.Add(new SeasonModel(month + 1, 1, Table(days[month]!), Table(ends[month]!)));
            }
        }
    }

    /// <summary>A rate a period; the steps of all periods must be the same.</summary>
    private bool Rates(JsonValue structure)
    {
        int steps = structure.Items.Count == 0 ? 0 : structure.Items[0].Items.Count;
        long[] from = new long[Math.Max(1, steps)];
        List<long[]> prices = [];
        for (int period = 0; period < structure.Items.Count; period++)
        {
            JsonValue tiers = structure.Items[period];
            if (tiers.Items.Count != steps || steps == 0)
            {
                _fields.Add(tiers,
                    $"{tiers.Items.Count} tiers; {Math.Max(1, steps)} were expected, as in the first period");
                return false;
            }

            _model.Rates.Add($"period {period + 1}");
            prices.Add([.. tiers.Items.Select(tier => Price(tier, "rate") + Price(tier, "adj"))]);
            Thresholds(tiers, period, from);
        }

        _model.ImportPrices = [.. prices.Select(row => row.Length > 0 ? row[0] : 0)];
        for (int step = 0; step < steps && steps > 1; step++)
        {
            _model.Tiers.Add(new TierModel(from[step], [.. prices.Select(row => row[step] - row[0])]));
        }

        _model.TierPeriod = steps > 1 ? TierPeriod.Month : TierPeriod.None;
        Sell(structure);
        return _problems.Count == 0;
    }

    private void Thresholds(JsonValue tiers, int period, long[] from)
    {
        for (int step = 0; step + 1 < tiers.Items.Count; step++)
        {
            JsonValue? most = tiers.Items[step].Find("max");
            string? unit = tiers.Items[step].Find("unit")?.Text;
            string? error = most is null ? "no max; only the last tier has none"
                : unit is not (null or "kWh") ? $"unit {unit}; kWh was expected"
                : ExactDecimal.Parse(most.Text, 3, 0, TariffLimits.TierFromWattHoursMax,
                    out long wattHours) is string bad ? bad
                : period > 0 && from[step + 1] != wattHours ? "another step than in the first period"
                : Set(from, step + 1, wattHours);
            if (error is not null)
            {
                _fields.Add(most ?? tiers.Items[step], error);
            }
        }
    }

    private static string? Set(long[] from, int step, long wattHours)
    {
        from[step] = wattHours;
        return null;
    }

    /// <summary>What exported energy is paid, where every period says it.</summary>
    private void Sell(JsonValue structure)
    {
        JsonValue?[] sells = [.. structure.Items.Select(tiers => tiers.Items[0].Find("sell"))];
        if (sells.All(sell => sell is not null))
        {
            _model.ExportPrices = [.. structure.Items.Select(tiers => Price(tiers.Items[0], "sell"))];
        }
        else if (sells.Any(sell => sell is not null))
        {
            _warnings.Add(new TariffProblem(structure.Path, "sell stands in some periods only and is left out"));
        }
    }

    /// <summary>Millionths; 0 when the member is missing. URDB's numbers have a few more places than that.</summary>
    private long Price(JsonValue tier, string name)
    {
        if (tier.Find(name) is not JsonValue value)
        {
            return 0;
        }

        if (value.Kind != JsonValueKind.Number || !NumberText.TryRead(value.Text, out decimal price)
            || Math.Abs(price) > 1000)
        {
            _fields.Add(value, "a price from -1000 to 1000 was expected");
            return 0;
        }

        long millionths = (long)decimal.Round(price * 1_000_000, MidpointRounding.AwayFromZero);
        if (millionths != price * 1_000_000)
        {
            _warnings.Add(new TariffProblem(value.Path,
                string.Create(CultureInfo.InvariantCulture, $"{price} is rounded to {millionths / 1_000_000m}")));
        }

        return millionths;
    }

    /// <summary>Periods by month and hour.</summary>
    private int[]?[] Schedule(JsonValue schedule)
    {
        int[]?[] months = new int[]?[Months];
        if (schedule.Items.Count != Months)
        {
            _fields.Add(schedule, $"{schedule.Items.Count} rows; {Months} months were expected");
            return months;
        }

        for (int month = 0; month < Months; month++)
        {
            JsonValue row = schedule.Items[month];
            months[month] = [.. row.Items.Select(cell => NumberText.TryReadWhole(cell.Text, out int period) ? period
                : -1)];
            if (months[month]!.Length != Hours || months[month]!.Any(period => period < 0
                || period >= _model.Rates.Count))
            {
                _fields.Add(row, $"{Hours} periods from 0 to {_model.Rates.Count - 1} were expected");
            }
        }

        return months;
    }

    private int Table(int[] hours)
    {
        int at = _tables.FindIndex(table => table.SequenceEqual(hours));
        if (at >= 0)
        {
            return at;
        }

        List<PeriodModel> periods = [.. Enumerable.Range(0, Hours).Where(hour => hour == 0
            || hours[hour] != hours[hour - 1])
            .Select(hour => new PeriodModel(hour * 60, hours[hour]))];
        _tables.Add(hours);
        _model.Days.Add(new DayTableModel($"day {_tables.Count}", periods));
        return _tables.Count - 1;
    }

    private JsonValue? Required(JsonValue root, string name)
    {
        JsonValue? value = root.Find(name);
        if (value is null)
        {
            _fields.Add(JsonValue.MemberPath(root.Path, name), "missing");
            return null;
        }

        return _fields.IsKind(value, JsonValueKind.Array, "an array") ? value : null;
    }
}
