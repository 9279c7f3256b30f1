using System.Globalization;
using NodaTime;

namespace MeterFirmware.Tools.Billing.Loads;

/// <summary>One load file, whatever its form, into rows; the <see cref="LoadTimeline"/> gives them their
/// places.</summary>
internal sealed class LoadReader(string path, DateTimeZone zone, LoadSettings settings)
{
    // A busbar of 1 GW for a whole hour; beyond it the file is in another unit.
    private const decimal KilowattHoursMax = 1_000_000m;
    private const decimal ReadingMax = 1_000_000_000m;

    // The first year that has zone offsets, and the last one that the firmware's calendar reaches with all of them.
    private const int YearMin = 1972;
    private const int YearMax = 2098;

    private readonly List<SkippedRow> _skipped = [];
    private NumberColumn? _energy;
    private NumberColumn? _export;
    private NumberColumn? _reactive;
    private NumberColumn? _generation;
    private bool _isDayFirst;

    public LoadFile Read()
    {
        string text = TextFile.Read(path, settings.Encoding);
        ReadOnlySpan<char> start = text.AsSpan().TrimStart();
        LoadTimeline timeline = new(path, zone, settings, _skipped);
        if (start.StartsWith("<"))
        {
            return timeline.Build(GreenButtonXml.Read(path, text, out int step),
                new ColumnChoice { IsStart = true, Unit = "Wh" }, step);
        }

        if (start.StartsWith("{") || start.StartsWith("["))
        {
            return timeline.Build(OctopusJson.Read(path, text), new ColumnChoice { IsStart = true }, null);
        }

        CsvTable table = CsvTable.Parse(path, text);
        if (!table.HasHeader && settings.Energy is null)
        {
            throw table.Bad(0, $"a header such as {LoadColumns.HeaderExample} was expected before the first row; "
                + "without one --time 1 --energy 2 --unit kWh");
        }

        ColumnChoice choice = new EnergyColumnFinder(table, settings)
            .Find(new TimeColumnFinder(table, settings).Find(new ColumnChoice()));
        return timeline.Build(Rows(table, choice), choice, null);
    }

    private List<LoadRow> Rows(CsvTable table, ColumnChoice choice)
    {
        _energy = Numbers(table, choice.Energy);
        _export = Numbers(table, choice.Export);
        _reactive = Numbers(table, choice.Reactive);
        _generation = Numbers(table, choice.Generation);
        _isDayFirst = DateOrder.IsDayFirst(table, choice, settings);
        List<LoadRow> rows = [];
        foreach (CsvRow row in table.Rows)
        {
            try
            {
                rows.Add(Row(table, row, choice));
            }
            catch (InputException e) when (_skipped.Count < settings.SkipBad)
            {
                _skipped.Add(new SkippedRow(row.Line, e.Message[(table.Path.Length + 1)..]));
            }
        }

        return rows;
    }

    private LoadRow Row(CsvTable table, CsvRow row, ColumnChoice choice)
    {
        int width = table.Header.Length;
        if (row.Cells.Length != width)
        {
            throw new InputException($"{path}:{row.Line}: column {Math.Min(row.Cells.Length, width) + 1}: "
                + $"{row.Cells.Length} columns, the header has {width}"
                + (table.Separator == ',' && row.Cells.Length > width ? "; a comma is no decimal point" : ""));
        }

        ParsedTime time = Time(table, row, choice);
        if (time.Local.Year is < YearMin or > YearMax)
        {
            throw table.Bad(row.Line, choice.Time,
                $"'{row.Cells[choice.Time]}': years {YearMin} to {YearMax} were expected, "
                + "of which the zones are known");
        }

        long? utc = choice.IsUtc && time.OffsetSeconds is null ? Utc(time.Local, 0)
            : time.OffsetSeconds is int offset ? Utc(time.Local, offset) : null;
        decimal most = choice.IsReading ? ReadingMax : KilowattHoursMax;
        return new LoadRow(row.Line, time.Local, utc, Number(table, row, choice.Energy, _energy!, most, choice.Unit),
            choice.Export < 0 ? 0 : Number(table, row, choice.Export, _export!, most, choice.Unit),
            choice.Reactive < 0 ? 0 : Number(table, row, choice.Reactive, _reactive!, most, "kWh"),
            choice.Generation < 0 ? 0 : Number(table, row, choice.Generation, _generation!, most, choice.Unit));
    }

    private static long Utc(LocalDateTime local, int offsetSeconds) =>
        local.InUtc().ToInstant().ToUnixTimeSeconds() - offsetSeconds;

    private ParsedTime Time(CsvTable table, CsvRow row, ColumnChoice choice)
    {
        string cell = choice.IsPeriod && choice.Clock < 0 ? LoadColumns.BeforeTo(row.Cells[choice.Time])
            : row.Cells[choice.Time];
        if (!TimeText.TryRead(cell, _isDayFirst, out ParsedTime time) || !time.HasDate
            || (choice.Clock < 0 && !time.HasClock && !IsDaily(table)))
        {
            throw table.Bad(row.Line, choice.Time,
                $"'{cell}' is not a local time; expected 2012-01-31T08:15:00 or 01/31/2012 08:15:00");
        }

        if (choice.Clock < 0)
        {
            return time;
        }

        string clock = row.Cells[choice.Clock];
        if (choice.IsHourNumber && NumberText.TryReadWhole(clock, out int hour) && hour is >= 0 and <= 25)
        {
            return time with { Local = time.Local.PlusHours(hour), HasClock = true };
        }

        return TimeText.TryRead(clock, false, out ParsedTime ofDay) && !ofDay.HasDate
            ? time with
            {
                Local = time.Local + Period.Between(new LocalDateTime(1970, 1, 1, 0, 0), ofDay.Local),
                HasClock = true,
                OffsetSeconds = ofDay.OffsetSeconds,
            }
            : throw table.Bad(row.Line, choice.Clock, $"'{clock}' is no time of day; expected 08:15");
    }

    /// <summary>A file of days: two columns, a date and its energy.</summary>
    private static bool IsDaily(CsvTable table) => table.Header.Length == 2;

    private decimal Number(CsvTable table, CsvRow row, int column, NumberColumn numbers, decimal most, string unit)
    {
        string cell = row.Cells[column];
        decimal value = numbers.TryRead(cell, out decimal read) ? read
            : throw table.Bad(row.Line, column, NumberText.Problem(cell));
        decimal limit = unit is "Wh" or "W" ? most * 1000 : unit is "MWh" ? most / 1000 : most;
        return value >= 0 && value <= limit ? value
            : throw table.Bad(row.Line, column,
                string.Create(CultureInfo.InvariantCulture, $"{cell} is outside of 0 to {limit}"));
    }

    private NumberColumn? Numbers(CsvTable table, int column) => column < 0 ? null : NumberColumn.Find(
        [.. table.Rows.Where(row => row.Cells.Length == table.Header.Length && row.Cells[column].Length > 0)
            .Select(row => (row.Line, row.Cells[column]))],
        settings.DecimalSign, (line, message) => table.Bad(line, column, message));
}
