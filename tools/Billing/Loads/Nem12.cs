using System.Globalization;
using NodaTime;

namespace MeterFirmware.Tools.Billing.Loads;

/// <summary>
/// Australia's meter data file NEM12 (AEMO, Meter Data File Format): after a record 200 with the stream, its unit and
/// the interval's length, records 300 with a day of values each. Times are those of the market, UTC+10 all year.
/// A record 400 gives intervals of the day before it a quality of their own; those of quality N hold no data.
/// Streams E are taken from the grid, B given to it, Q reactive.
/// </summary>
internal sealed class Nem12(string path, LoadSettings settings, List<SkippedRow> skipped)
{
    private const int MarketOffsetSeconds = 10 * 3600;
    private const decimal KilowattHoursMax = 1_000_000m;
    private static readonly string[] _lengths = ["5", "15", "30"];

    private readonly Dictionary<string, SortedDictionary<LocalDate, Day>> _streams = [];
    private string? _meter;
    private string _stream = "";
    private Day? _day;
    private int _minutes;
    private decimal _kilowattHours;

    /// <summary>By the header, or where it was cut off by a record 200 with all its fields.</summary>
    public static bool Is(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAny('\r', '\n');
        return text.StartsWith("100,NEM12")
            || (text.StartsWith("200,") && end > 0 && text[..end].Count(',') is 8 or 9);
    }

    public List<LoadRow> Read(string text, out ColumnChoice choice, out int stepSeconds)
    {
        using CsvRows csv = new(path, new StringReader(text), ',', null);
        while (csv.TryRead())
        {
            switch (csv.Cells[0])
            {
                case "200":
                    Stream(csv);
                    break;
                case "300":
                    TakeDay(csv);
                    break;
                case "400":
                    TakeQuality(csv);
                    break;
            }
        }

        string[] energy = Chosen(settings.Energy, "--energy", 'E')
            ?? throw new InputException($"{path}: no stream of consumption (E1); there are {Names}");
        string[]? export = settings.Export == "none" ? null : Chosen(settings.Export, "--export", 'B');
        if (export is not null && !settings.TakesExport)
        {
            throw new InputException($"{path}: stream {export[0]} is exported energy, and this command meters import "
                + "only; --export none leaves it out");
        }

        string[]? reactive = settings.TakesReactive ? Chosen(settings.Reactive, "--reactive", 'Q') : null;
        choice = new ColumnChoice
        {
            IsStart = true,
            Export = export is null ? -1 : 0,
            Reactive = reactive is null ? -1 : 0,
        };
        stepSeconds = _minutes * 60;
        return Rows(energy, export, reactive);
    }

    private string Names => string.Join(", ", _streams.Keys.Order(StringComparer.Ordinal));

    private static string Cell(CsvRows csv, int column) => column < csv.Cells.Length ? csv.Cells[column] : "";

    private InputException Bad(CsvRows csv, int column, string message) =>
        new($"{path}:{csv.Line}: column {column + 1}: {message}");

    private void Stream(CsvRows csv)
    {
        _meter ??= Cell(csv, 1);
        if (Cell(csv, 1) != _meter)
        {
            throw Bad(csv, 1, $"meter '{Cell(csv, 1)}' after '{_meter}'; one meter a file was expected");
        }

        _stream = Cell(csv, 4);
        string unit = Cell(csv, 7).ToUpperInvariant();
        _kilowattHours = unit switch
        {
            "KWH" or "KVARH" => 1,
            "WH" or "VARH" => 0.001m,
            "MWH" or "MVARH" => 1000,
            _ => throw Bad(csv, 7, $"'{Cell(csv, 7)}', kWh was expected"),
        };
        string length = Cell(csv, 8);
        if (!_lengths.Contains(length) || (_minutes != 0 && length != $"{_minutes}"))
        {
            throw Bad(csv, 8, $"intervals of '{length}' minutes; "
                + (_minutes == 0 ? "5, 15 or 30 were expected" : $"{_minutes} as before were expected"));
        }

        _minutes = int.Parse(length, CultureInfo.InvariantCulture);
        if (_stream.Length == 0)
        {
            throw Bad(csv, 4, "a stream such as E1 was expected");
        }

        _streams.TryAdd(_stream, []);
        _day = null;
    }

    private void TakeDay(CsvRows csv)
    {
        if (_minutes == 0)
        {
            throw Bad(csv, 0, "a record 200 was expected before the first 300");
        }

        int count = 1440 / _minutes;
        bool isDate = DateTime.TryParseExact(Cell(csv, 1), "yyyyMMdd", CultureInfo.InvariantCulture,
            DateTimeStyles.None, out DateTime date) && date.Year is >= 1972 and <= 2098;
        if (!isDate)
        {
            throw Bad(csv, 1, $"'{Cell(csv, 1)}', a date such as 20260331 was expected");
        }

        if (csv.Cells.Length < 2 + count)
        {
            throw Bad(csv, csv.Cells.Length - 1, $"{csv.Cells.Length - 2} values; {count} of {_minutes} minutes were "
                + "expected");
        }

        decimal[] values = new decimal[count];
        for (int i = 0; i < count; i++)
        {
            string cell = csv.Cells[2 + i];
            values[i] = NumberText.TryRead(cell, out decimal value) ? value * _kilowattHours
                : throw Bad(csv, 2 + i, NumberText.Problem(cell));
            if (values[i] is < 0 or > KilowattHoursMax)
            {
                throw Bad(csv, 2 + i, $"{cell} is outside of 0 to {KilowattHoursMax}");
            }
        }

        _day = new Day(csv.Line, values);
        if (!_streams[_stream].TryAdd(LocalDate.FromDateTime(date), _day))
        {
            throw Bad(csv, 1, $"{Cell(csv, 1)} is given twice for stream {_stream}");
        }

        // N: no data; the values stand for nothing.
        if (Cell(csv, 2 + count).StartsWith('N'))
        {
            _day.Holes.Add(new Hole(csv.Line, 1, count, "the day has no data"));
        }
    }

    private void TakeQuality(CsvRows csv)
    {
        if (_day is null)
        {
            throw Bad(csv, 0, "a record 300 was expected before the first 400");
        }

        int first = Interval(csv, 1, 1);
        int last = Interval(csv, 2, first);
        if (Cell(csv, 3).StartsWith('N'))
        {
            _day.Holes.Add(new Hole(csv.Line, first, last, $"intervals {first} to {last} have no data"));
        }
    }

    private int Interval(CsvRows csv, int column, int least) =>
        NumberText.TryReadWhole(Cell(csv, column), out int number) && number >= least && number <= _day!.Values.Length
            ? number : throw Bad(csv, column, $"'{Cell(csv, column)}', an interval from {least} to "
                + $"{_day!.Values.Length} was expected");

    /// <summary>Intervals for which one of the streams that are taken has no data; each hole is a bad row.</summary>
    private HashSet<(LocalDate Date, int Index)> Lacking(IEnumerable<string> streams)
    {
        HashSet<(LocalDate, int)> lacking = [];
        foreach ((LocalDate date, Hole hole) in streams.Distinct().SelectMany(name => _streams[name])
            .SelectMany(day => day.Value.Holes.Select(hole => (day.Key, hole))).OrderBy(one => one.hole.Line))
        {
            string reason = $"{hole.Line}: quality N: {hole.Reason}";
            if (skipped.Count >= settings.SkipBad)
            {
                throw new InputException($"{path}:{reason}");
            }

            skipped.Add(new SkippedRow(hole.Line, reason));
            lacking.UnionWith(Enumerable.Range(hole.First - 1, hole.Last - hole.First + 1).Select(i => (date, i)));
        }

        return lacking;
    }

    /// <summary>Streams that an option names, joined by '+'; without it the only one of the letter.</summary>
    private string[]? Chosen(string? given, string option, char letter)
    {
        if (given is not null)
        {
            string[] names = given.Split('+');
            return Array.Find(names, name => !_streams.ContainsKey(name)) is string unknown
                ? throw new InputException($"{path}: {option}: no stream '{unknown}'; there are {Names}") : names;
        }

        string[] all = [.. _streams.Keys.Where(name => char.ToUpperInvariant(name[0]) == letter)
            .Order(StringComparer.Ordinal)];
        return all.Length > 1
            ? throw new InputException($"{path}: several streams of one kind; {option} {string.Join('+', all)} adds "
                + "them, or names one")
            : all.Length == 1 ? all : null;
    }

    private List<LoadRow> Rows(string[] energy, string[]? export, string[]? reactive)
    {
        List<LoadRow> rows = [];
        HashSet<(LocalDate, int)> lacking = Lacking([.. energy, .. export ?? [], .. reactive ?? []]);
        foreach (LocalDate date in energy.SelectMany(name => _streams[name].Keys).Distinct().Order())
        {
            for (int i = 0; i < 1440 / _minutes; i++)
            {
                if (lacking.Contains((date, i)))
                {
                    continue;
                }

                LocalDateTime local = date.AtMidnight().PlusMinutes(i * _minutes);
                long utc = local.InUtc().ToInstant().ToUnixTimeSeconds() - MarketOffsetSeconds;
                rows.Add(new LoadRow(_streams[energy[0]].GetValueOrDefault(date)?.Line ?? 0, local, utc,
                    Sum(energy, date, i), Sum(export, date, i), Sum(reactive, date, i)));
            }
        }

        return rows;
    }

    private decimal Sum(string[]? names, LocalDate date, int index)
    {
        decimal sum = 0;
        foreach (string name in names ?? [])
        {
            sum += _streams[name].TryGetValue(date, out Day? day) ? day.Values[index]
                : throw new InputException($"{path}: stream {name} has no {date:uuuu-MM-dd}, which another one has");
        }

        return sum;
    }

    private sealed record Day(int Line, decimal[] Values)
    {
        public List<Hole> Holes { get; } = [];
    }

    /// <summary>Intervals of a day, counted from 1, that have no data.</summary>
    private sealed record Hole(int Line, int First, int Last, string Reason);
}
