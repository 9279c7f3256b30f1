using System.Globalization;
using MeterFirmware.Boards.Simulator;
using MeterFirmware.Tools.MeterCtl.Input;
using NodaTime;
using NodaTime.Text;

namespace MeterFirmware.Tools.MeterCtl.Replay;

/// <summary>A recorded load: consecutive intervals of equal length, each with its energy in exact µJ.</summary>
/// <param name="StartUtcSeconds">Begin of the first interval.</param>
/// <param name="StepSeconds">Length of every interval.</param>
/// <param name="Microjoules">Energy of each interval, import only.</param>
public sealed record LoadFile(long StartUtcSeconds, int StepSeconds, IReadOnlyList<long> Microjoules)
{
    /// <summary>A header that is right.</summary>
    internal const string Header = "time,kwh";

    private const decimal MicrojoulesPerKilowattHour = 3_600_000_000_000m;

    // A busbar of 1 GW for a whole hour; beyond it the file is in another unit.
    private const decimal KilowattHoursMax = 1_000_000m;

    // The first year that has zone offsets, and the last one that the firmware's calendar reaches with all of them.
    private const int YearMin = 1972;
    private const int YearMax = 2098;

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
    /// <param name="path">Header, then local time and kWh; further columns that hold no energy are ignored.</param>
    /// <param name="zone">The tariff's zone: gives the missing and the repeated hour of daylight saving.</param>
    /// <param name="stampsAreStarts">Whether a row's time is the begin of its interval instead of its end.</param>
    public static LoadFile Read(string path, DateTimeZone zone, bool stampsAreStarts)
    {
        using CsvReader csv = new(path, Header);
        LoadColumns.Check(csv);
        List<Row> rows = [];
        while (csv.TryReadRow())
        {
            rows.Add(ParseRow(csv));
        }

        if (rows.Count < 2)
        {
            throw new InputException($"{path}: at least a header and two rows are expected, so that their distance gives the interval's length");
        }

        Instant first = rows[0].Local.InZoneLeniently(zone).ToInstant();
        int step = StepOf(path, rows, zone, first);
        CheckOrder(path, rows, zone, first, step);
        CheckPower(path, rows, step);
        long start = first.ToUnixTimeSeconds() - (stampsAreStarts ? 0 : step);
        return new LoadFile(start, step, rows.ConvertAll(row => row.Microjoules));
    }

    /// <summary>A local time in one of the forms that a load may have.</summary>
    internal static bool TryReadTime(string text, out LocalDateTime local)
    {
        foreach (LocalDateTimePattern pattern in _patterns)
        {
            ParseResult<LocalDateTime> parsed = pattern.Parse(text);
            if (parsed.Success)
            {
                local = parsed.Value;
                return true;
            }
        }

        local = default;
        return false;
    }

    private static Row ParseRow(CsvReader csv)
    {
        if (!TryReadTime(csv[0], out LocalDateTime local))
        {
            throw csv.Bad(0, $"'{csv[0]}' is not a local time; expected 2012-01-31T08:15:00 or 01/31/2012 08:15:00");
        }

        if (local.Year is < YearMin or > YearMax)
        {
            throw csv.Bad(0, $"'{csv[0]}': years {YearMin} to {YearMax} were expected, of which the zones are known");
        }

        decimal kilowattHours = csv.Number(1, 0, KilowattHoursMax);
        return new Row(csv.Line, local, (long)decimal.Round(kilowattHours * MicrojoulesPerKilowattHour));
    }

    private static void CheckPower(string path, List<Row> rows, int step)
    {
        foreach (Row row in rows)
        {
            long milliwatts = row.Microjoules / (step * 1000L);
            if (milliwatts > SimulatedMeter.PowerMilliwattsMax)
            {
                throw new InputException(string.Create(CultureInfo.InvariantCulture,
                    $"{path}:{row.Line}: column 2: {milliwatts / 1_000_000} kW, a meter measures up to {SimulatedMeter.PowerMilliwattsMax / 1_000_000} kW"));
            }
        }
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
