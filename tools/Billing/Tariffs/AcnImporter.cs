using NodaTime;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>
/// Turns ACN-Sim's rows (https://github.com/zach401/acnportal, data of ../shared/data/tariffs) into a tariff file.
/// Every day of the year must have one row for weekdays and one for weekends: two are a contradiction that names
/// both, none is a gap. A price level keeps a rate of its own in each season (summer-on-peak, winter-on-peak),
/// because the same level has another price there.
/// </summary>
internal sealed class AcnImporter
{
    private const int DaysInYear = 365;

    /// <summary>Names of price levels from the cheapest on, by how many a season has.</summary>
    private static readonly string[][] _levels =
    [
        ["flat"],
        ["off-peak", "on-peak"],
        ["off-peak", "mid-peak", "on-peak"],
        ["super-off-peak", "off-peak", "mid-peak", "on-peak"],
    ];

    private readonly List<TariffProblem> _problems;
    private readonly AcnReader _reader;
    private readonly TariffModel _model = new();
    private readonly List<long> _prices = [];

    private AcnImporter(List<TariffProblem> problems, List<TariffProblem> warnings)
    {
        _problems = problems;
        _reader = new AcnReader(problems, warnings);
    }

    /// <summary>Null when anything is wrong; the problems then say what.</summary>
    public static TariffModel? Import(
        byte[] utf8, string timezone, string currency, List<TariffProblem> problems, List<TariffProblem> warnings)
    {
        AcnImporter importer = new(problems, warnings);
        importer._reader.Read(utf8);
        if (problems.Count == 0)
        {
            importer.Build(timezone, currency);
        }

        return problems.Count == 0 ? importer._model : null;
    }

    private void Build(string timezone, string currency)
    {
        AcnRow?[] weekdays = Cover("weekdays", row => row.Weekdays);
        AcnRow?[] weekends = Cover("weekends", row => row.Weekends);
        if (_problems.Count > 0)
        {
            return;
        }

        _model.Name = _reader.Name;
        _model.TimeZoneText = timezone;
        _model.Currency = currency;
        NameRates();
        List<AcnRow> tables = [];
        for (int day = 0; day < DaysInYear; day++)
        {
            int before = (day + DaysInYear - 1) % DaysInYear;
            if (weekdays[day] != weekdays[before] || weekends[day] != weekends[before])
            {
                AddSeason(day, weekdays[day]!, weekends[day]!, tables);
            }
        }

        if (_model.Seasons.Count == 0)
        {
            AddSeason(0, weekdays[0]!, weekends[0]!, tables);
        }

        _model.ImportPrices = [.. _prices];
    }

    private void AddSeason(int day, AcnRow weekday, AcnRow weekend, List<AcnRow> tables)
    {
        LocalDate date = new LocalDate(2001, 1, 1).PlusDays(day);
        _model.Seasons.Add(new SeasonModel(date.Month, date.Day, Table(weekday, tables), Table(weekend, tables)));
    }

    /// <summary>Which row holds each day of the year.</summary>
    private AcnRow?[] Cover(string what, Func<AcnRow, bool> holds)
    {
        AcnRow?[] owners = new AcnRow?[DaysInYear];
        HashSet<(AcnRow, AcnRow)> reported = [];
        foreach (AcnRow row in _reader.Rows.Where(holds))
        {
            int day = row.From.DayOfYear;
            for (bool isLast = false; !isLast; day = (day + 1) % DaysInYear)
            {
                isLast = day == row.To.DayOfYear;
                if (owners[day] is AcnRow other && reported.Add((other, row)))
                {
                    _problems.Add(new TariffProblem(row.Path,
                        $"{JsonReader.Quote(row.Id)} ({row.From} to {row.To}) contradicts "
                            + $"{JsonReader.Quote(other.Id)} in " +
                        $"{other.Path} ({other.From} to {other.To}): both hold for {what}, first on {DateText(day)}"));
                }

                owners[day] ??= row;
            }
        }

        int gap = Array.IndexOf(owners, null);
        if (gap >= 0)
        {
            int end = gap;
            while (end + 1 < DaysInYear && owners[end + 1] is null)
            {
                end++;
            }

            _problems.Add(new TariffProblem("$.schedule",
                $"no row holds for {what} from {DateText(gap)} to {DateText(end)}"));
        }

        return owners;
    }

    /// <summary>One rate for each price that a stretch of dates has, named by its rank there.</summary>
    private void NameRates()
    {
        List<IGrouping<string, AcnRow>> seasons = [.. _reader.Rows.GroupBy(row => $"{row.From} {row.To}")];
        foreach (IGrouping<string, AcnRow> season in seasons)
        {
            string prefix = seasons.Count == 1 ? "" : SeasonName(season) + "-";
            List<long> prices = [.. season.SelectMany(row => row.Prices).Distinct().Order()];
            for (int level = 0; level < prices.Count; level++)
            {
                string name = prices.Count <= _levels.Length ? _levels[prices.Count - 1][level] : $"level-{level + 1}";
                if (_model.Rates.Contains(prefix + name))
                {
                    // Two stretches of one name ("Summer" twice a year) are told apart by their first date.
                    prefix = $"{prefix}{season.First().From}-";
                }

                _model.Rates.Add(prefix + name);
                _prices.Add(prices[level]);
            }
        }
    }

    /// <summary>"Summer-Weekday" and "Summer-Weekend" are of the season "summer".</summary>
    private static string SeasonName(IGrouping<string, AcnRow> season)
    {
        string first = season.First().Id;
        int dash = first.IndexOf('-');
        string name = dash > 0 ? first[..dash] : first;
        bool isShared = season.All(row => row.Id.StartsWith(name, StringComparison.Ordinal));
        return (isShared ? name : $"from-{season.First().From}").ToLowerInvariant();
    }

    private int Table(AcnRow row, List<AcnRow> tables)
    {
        int index = tables.IndexOf(row);
        if (index >= 0)
        {
            return index;
        }

        // The rates of a row's own season lie together; the first of that price at or after the season's start is it.
        int firstRate = 0;
        foreach (IGrouping<string, AcnRow> season in _reader.Rows.GroupBy(r => $"{r.From} {r.To}"))
        {
            if (season.Contains(row))
            {
                break;
            }

            firstRate += season.SelectMany(r => r.Prices).Distinct().Count();
        }

        List<PeriodModel> periods = [];
        for (int i = 0; i < row.Prices.Length; i++)
        {
            periods.Add(new PeriodModel(row.StartQuarters[i] * 15, _prices.IndexOf(row.Prices[i], firstRate)));
        }

        string name = row.Id.ToLowerInvariant();
        for (int i = 2; _model.Days.Any(d => d.Name == name); i++)
        {
            name = $"{row.Id.ToLowerInvariant()}-{i}";
        }

        _model.Days.Add(new DayTableModel(name, periods));
        tables.Add(row);
        return tables.Count - 1;
    }

    private static string DateText(int day) => new LocalDate(2001, 1, 1).PlusDays(day).ToString("MM-dd", null);
}
