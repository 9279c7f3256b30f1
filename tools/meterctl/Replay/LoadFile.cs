using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace MeterFirmware.Tools.MeterCtl.Replay;

/// <summary>A recorded load: consecutive intervals of equal length, each with its energy in exact µJ.</summary>
/// <param name="StartUtcSeconds">Begin of the first interval.</param>
/// <param name="StepSeconds">Length of every interval.</param>
/// <param name="Microjoules">Energy of each interval, import only.</param>
public sealed record LoadFile(long StartUtcSeconds, int StepSeconds, IReadOnlyList<long> Microjoules)
{
    private const decimal MicrojoulesPerKilowattHour = 3_600_000_000_000m;

    // A busbar of 1 GW for a whole hour; beyond it the file is in another unit.
    private const decimal KilowattHoursMax = 1_000_000m;

    private static readonly LocalDateTimePattern[] _patterns =
    [
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss"),
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm"),
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm:ss"),
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm"),
        LocalDateTimePattern.CreateWithInvariantCulture("MM/dd/uuuu HH:mm:ss"),
    ];

    public long EndUtcSeconds => StartUtcSeconds + (long)StepSeconds * Microjoules.Count;

    /// <summary>Reads a CSV file; every error names the file, the line and what was expected there.</summary>
    /// <param name="path">Header, then local time and kWh; further columns are ignored.</param>
    /// <param name="zone">The tariff's zone: gives the missing and the repeated hour of daylight saving.</param>
    /// <param name="stampsAreStarts">Whether a row's time is the begin of its interval instead of its end.</param>
    public static LoadFile Read(string path, DateTimeZone zone, bool stampsAreStarts)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: cannot be read: {e.Message}");
        }

        List<Row> rows = [];
        for (int i = 1; i < lines.Length; i++)
        {
            if (lines[i].Trim().Length > 0)
            {
                rows.Add(ParseRow(path, i + 1, lines[i]));
            }
        }

        if (rows.Count < 2)
        {
            throw new InputException($"{path}: at least a header and two rows are expected, so that their distance gives the interval's length");
        }

        Instant first = rows[0].Local.InZoneLeniently(zone).ToInstant();
        int step = StepOf(path, rows, zone, first);
        CheckOrder(path, rows, zone, first, step);
        long start = first.ToUnixTimeSeconds() - (stampsAreStarts ? 0 : step);
        return new LoadFile(start, step, rows.ConvertAll(row => row.Microjoules));
    }

    private static Row ParseRow(string path, int line, string text)
    {
        string[] fields = text.Split(',');
        if (fields.Length < 2)
        {
            throw new InputException($"{path}:{line}: two columns are expected (local time, kWh), found \"{text}\"");
        }

        string time = fields[0].Trim().Trim('"');
        LocalDateTime? local = null;
        foreach (LocalDateTimePattern pattern in _patterns)
        {
            ParseResult<LocalDateTime> parsed = pattern.Parse(time);
            if (parsed.Success)
            {
                local = parsed.Value;
                break;
            }
        }

        if (local is null)
        {
            throw new InputException($"{path}:{line}: column 1: \"{time}\" is not a local time; expected 2012-01-31T08:15:00 or 01/31/2012 08:15:00");
        }

        string energy = fields[1].Trim().Trim('"');
        if (!decimal.TryParse(energy, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal kilowattHours))
        {
            throw new InputException($"{path}:{line}: column 2: \"{energy}\" is not a number of kWh");
        }

        if (kilowattHours is < 0 or > KilowattHoursMax)
        {
            throw new InputException($"{path}:{line}: column 2: {energy} kWh is outside of 0 to {KilowattHoursMax}");
        }

        return new Row(line, local.Value, (long)decimal.Round(kilowattHours * MicrojoulesPerKilowattHour));
    }

    private static int StepOf(string path, List<Row> rows, DateTimeZone zone, Instant first)
    {
        // By the local clock, which daylight saving cannot stretch unless it falls between these two rows.
        long local = Period.Between(rows[0].Local, rows[1].Local, PeriodUnits.Seconds).Seconds;
        long elapsed = rows[1].Local.InZoneLeniently(zone).ToInstant().ToUnixTimeSeconds() - first.ToUnixTimeSeconds();
        long step = elapsed > 0 ? elapsed : local;
        if (step is < 60 or > 86_400 || step % 60 != 0)
        {
            throw new InputException($"{path}:{rows[1].Line}: {step} s after the row before; expected a whole number of minutes, 1 to 1440");
        }

        return (int)step;
    }

    private static void CheckOrder(string path, List<Row> rows, DateTimeZone zone, Instant first, int step)
    {
        Instant expected = first;
        foreach (Row row in rows)
        {
            // At a change of the clocks an interval's end has two names: by the offset before and by the one after it.
            Offset before = zone.GetUtcOffset(expected - Duration.Epsilon);
            Offset after = zone.GetUtcOffset(expected);
            if (row.Local != expected.WithOffset(after).LocalDateTime && row.Local != expected.WithOffset(before).LocalDateTime)
            {
                throw new InputException(DisorderMessage(path, row, expected.InZone(zone).LocalDateTime));
            }

            expected += Duration.FromSeconds(step);
        }
    }

    private static string DisorderMessage(string path, Row row, LocalDateTime expected)
    {
        string what = row.Local > expected ? "a gap" : "a double or a row out of order";
        return $"{path}:{row.Line}: {row.Local:uuuu-MM-dd'T'HH:mm:ss} is {what}; expected {expected:uuuu-MM-dd'T'HH:mm:ss}";
    }

    private sealed record Row(int Line, LocalDateTime Local, long Microjoules);
}
