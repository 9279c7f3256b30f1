using NodaTime;

namespace MeterFirmware.Tools.Billing.Loads;

/// <summary>Gives rows their places in time: one interval after the other, nothing lost, nothing twice.</summary>
internal sealed class LoadTimeline(string path, DateTimeZone zone, LoadSettings settings, List<SkippedRow> skipped)
{
    private const decimal MicrojoulesPerKilowattHour = 3_600_000_000_000m;
    private const decimal MicrojoulesMax = MicrojoulesPerKilowattHour * 1_000_000;
    private readonly List<(int Index, LoadRow Row)> _placed = [];
    private int _missing;

    /// <param name="rows">In file order.</param>
    /// <param name="choice">What their numbers and times are.</param>
    /// <param name="givenStep">Seconds, where the file says it.</param>
    public LoadFile Build(List<LoadRow> rows, ColumnChoice choice, int? givenStep)
    {
        if (rows.Count < 2)
        {
            throw new InputException($"{path}: at least a header and two rows are expected, so that their distance "
                + $"gives the interval's length");
        }

        // Newest first, as Octopus has it. Of two rows nobody can tell.
        if (rows.Count > 2 && Enumerable.Range(1, rows.Count - 1).All(i => Instant(rows[i]) < Instant(rows[i - 1])))
        {
            rows.Reverse();
        }

        LoadRow? open = rows.Find(row => row.UtcSeconds is null != rows[0].UtcSeconds is null);
        if (open is not null)
        {
            throw new InputException($"{path}:{open.Line}: some times have an offset and some have none");
        }

        bool isStart = settings.Stamp is string stamp ? stamp == "start" : choice.IsStart ?? false;
        bool isLocal = rows[0].UtcSeconds is null;
        int step = givenStep ?? Step(rows);
        if (choice.IsReading && settings.Clock == "always-96")
        {
            throw new InputException($"{path}: --clock always-96 is for energies; a reading cannot be parted");
        }

        if (isLocal && settings.Clock is "standard" or "always-96")
        {
            rows = settings.Clock == "standard" ? Standard(rows)
                : new WallClock(path, zone).Spread(rows, step, isStart && !choice.IsReading);
            isLocal = false;
        }

        long first = rows[0].UtcSeconds ?? Instant(rows[0]).ToUnixTimeSeconds();
        if (isLocal)
        {
            PlaceLocal(rows, NodaTime.Instant.FromUnixTimeSeconds(first), step);
        }
        else
        {
            PlaceUtc(rows, first, step);
        }

        return Finish(choice, isStart, first, step);
    }

    private Instant Instant(LoadRow row) => row.UtcSeconds is long utc
        ? NodaTime.Instant.FromUnixTimeSeconds(utc) : row.Local.InZoneLeniently(zone).ToInstant();

    private int Step(List<LoadRow> rows)
    {
        // By the local clock, which daylight saving cannot stretch unless it falls between these two rows.
        int at = settings.SkipBad > 0 ? CommonStep(rows) : 0;
        long local = Period.Between(rows[at].Local, rows[at + 1].Local, PeriodUnits.Seconds).Seconds;
        long elapsed = Instant(rows[at + 1]).ToUnixTimeSeconds() - Instant(rows[at]).ToUnixTimeSeconds();
        long step = elapsed > 0 ? elapsed : local;
        return step is >= 60 and <= 86_400 && step % 60 == 0 ? (int)step
            : throw new InputException($"{path}:{rows[at + 1].Line}: {step} s after the row before; expected a whole "
                + $"number of minutes, 1 to 1440");
    }

    /// <summary>Where two rows stand as far apart as most do.</summary>
    private int CommonStep(List<LoadRow> rows) => Enumerable.Range(0, rows.Count - 1)
        .GroupBy(i => Instant(rows[i + 1]) - Instant(rows[i])).OrderByDescending(group => group.Key > Duration.Zero)
        .ThenByDescending(group => group.Count()).ThenBy(group => group.Key).First().First();

    private List<LoadRow> Standard(List<LoadRow> rows) => rows.ConvertAll(row =>
    {
        Offset standard = zone.GetZoneInterval(row.Local.InUtc().ToInstant()).StandardOffset;
        return row with { UtcSeconds = row.Local.InUtc().ToInstant().ToUnixTimeSeconds() - standard.Seconds };
    });

    private void PlaceUtc(List<LoadRow> rows, long first, int step)
    {
        int index = 0;
        foreach (LoadRow row in rows)
        {
            long expected = first + (long)index * step;
            for (; row.UtcSeconds > expected && TryMiss(expected); expected += step)
            {
                index++;
            }

            if (row.UtcSeconds == expected)
            {
                _placed.Add((index++, row));
            }
            else if (row.UtcSeconds > expected || !TryDrop(row))
            {
                Instant there = NodaTime.Instant.FromUnixTimeSeconds(row.UtcSeconds!.Value);
                throw Disorder(row, there.InZone(zone).LocalDateTime, NodaTime.Instant.FromUnixTimeSeconds(expected),
                    row.UtcSeconds > expected);
            }
        }
    }

    private void PlaceLocal(List<LoadRow> rows, Instant first, int step)
    {
        int index = 0;
        foreach (LoadRow row in rows)
        {
            Instant expected = first + Duration.FromSeconds((long)index * step);
            for (; !IsAt(row, expected) && row.Local > expected.InZone(zone).LocalDateTime
                && TryMiss(expected.ToUnixTimeSeconds());
                expected += Duration.FromSeconds(step))
            {
                index++;
            }

            if (IsAt(row, expected))
            {
                _placed.Add((index++, row));
            }
            else
            {
                bool isGap = row.Local > expected.InZone(zone).LocalDateTime;
                if (isGap || !TryDrop(row))
                {
                    throw Disorder(row, row.Local, expected, isGap);
                }
            }
        }
    }

    /// <summary>At a change of the clocks an interval's end has two names: by the offset before and by the one after
    /// it.</summary>
    private bool IsAt(LoadRow row, Instant expected)
    {
        Offset before = zone.GetUtcOffset(expected - Duration.Epsilon);
        Offset after = zone.GetUtcOffset(expected);
        return row.Local == expected.WithOffset(after).LocalDateTime
            || row.Local == expected.WithOffset(before).LocalDateTime;
    }

    private bool TryMiss(long utcSeconds)
    {
        if (_missing == settings.SkipBad)
        {
            return false;
        }

        _missing++;
        LocalDateTime local = NodaTime.Instant.FromUnixTimeSeconds(utcSeconds).InZone(zone).LocalDateTime;
        skipped.Add(new SkippedRow(0, $"no row for {local:uuuu-MM-dd'T'HH:mm:ss}"));
        return true;
    }

    private bool TryDrop(LoadRow row)
    {
        if (skipped.Count(one => one.Line > 0) >= settings.SkipBad)
        {
            return false;
        }

        skipped.Add(new SkippedRow(row.Line,
            $"{row.Line}: {row.Local:uuuu-MM-dd'T'HH:mm:ss} is a double or out of order"));
        return true;
    }

    private InputException Disorder(LoadRow row, LocalDateTime there, Instant expected, bool isGap)
    {
        string what = isGap ? "a gap" : "a double or a row out of order";
        LocalDateTime local = expected.InZone(zone).LocalDateTime;
        bool isChange = zone.MapLocal(row.Local).Count != 1 || zone.MapLocal(local).Count != 1;
        string hint = isChange && settings.Clock is null
            ? "; at a change of the clocks: --clock standard or --clock always-96 says how the file has it" : "";
        return new InputException($"{path}:{row.Line}: {there:uuuu-MM-dd'T'HH:mm:ss} is {what}; expected "
            + $"{local:uuuu-MM-dd'T'HH:mm:ss}{hint}");
    }

    private LoadFile Finish(ColumnChoice choice, bool isStart, long first, int step)
    {
        int count = _placed[^1].Index + (choice.IsReading ? 0 : 1);
        long[] import = new long[count];
        long[] export = new long[count];
        long[] reactive = new long[count];
        long[] generation = new long[count];
        int[] lines = new int[count];
        decimal factor = Factor(choice.Unit, step);
        for (int i = 0; i < _placed.Count; i++)
        {
            (int index, LoadRow row) = _placed[i];
            if (!choice.IsReading)
            {
                import[index] = Whole(row.Line, row.Value, factor);
                export[index] = Whole(row.Line, row.Export, factor);
                reactive[index] = Whole(row.Line, row.Reactive, MicrojoulesPerKilowattHour);
                generation[index] = Whole(row.Line, row.Generation, factor);
                lines[index] = row.Line;
            }
            else if (i > 0)
            {
                Spread(import, _placed[i - 1], _placed[i], one => one.Value, factor);
                Spread(export, _placed[i - 1], _placed[i], one => one.Export, factor);
                Spread(reactive, _placed[i - 1], _placed[i], one => one.Reactive, MicrojoulesPerKilowattHour);
                Spread(generation, _placed[i - 1], _placed[i], one => one.Generation, factor);
                Array.Fill(lines, row.Line, _placed[i - 1].Index, index - _placed[i - 1].Index);
            }
        }

        long start = first - (isStart || choice.IsReading ? 0 : step);
        return new LoadFile(start, step, import)
        {
            Path = path,
            ExportMicrojoules = choice.Export < 0 ? null : export,
            ReactiveMicrojoules = choice.Reactive < 0 ? null : reactive,
            GenerationMicrojoules = choice.Generation < 0 ? null : generation,
            Lines = lines,
            Skipped = skipped,
            Description =
                $"{count} intervals of {step / 60} min, "
                + $"{(choice.IsReading ? $"readings in {choice.Unit}" : choice.Unit)}, "
                + $"a time is "
                    + $"{(choice.IsReading ? "a reading's" : isStart ? "an interval's start" : "an interval's end")}",
        };
    }

    /// <summary>The difference of two readings, in equal parts over the intervals between them.</summary>
    private void Spread(
        long[] target, (int Index, LoadRow Row) from, (int Index, LoadRow Row) to, Func<LoadRow, decimal> value,
        decimal factor)
    {
        decimal difference = value(to.Row) - value(from.Row);
        long whole = difference >= 0 ? Whole(to.Row.Line, difference, factor)
            : throw new InputException($"{path}:{to.Row.Line}: the reading {value(to.Row)} is below "
                + $"{value(from.Row)} of line {from.Row.Line}");
        int parts = to.Index - from.Index;
        for (int i = 0; i < parts; i++)
        {
            target[from.Index + i] = whole / parts + (i == parts - 1 ? whole % parts : 0);
        }
    }

    /// <summary>µJ; 1 GWh in one interval at most, far below what a long holds.</summary>
    private long Whole(int line, decimal value, decimal factor) => value <= MicrojoulesMax / factor
        ? (long)decimal.Round(value * factor)
        : throw new InputException($"{path}:{line}: more than 1000000 kWh in one interval");

    /// <summary>µJ in one of the unit; a power is the mean of its interval.</summary>
    private static decimal Factor(string unit, int step) => unit switch
    {
        "Wh" => MicrojoulesPerKilowattHour / 1000,
        "MWh" => MicrojoulesPerKilowattHour * 1000,
        "kW" => 1_000_000_000m * step,
        "W" => 1_000_000m * step,
        _ => MicrojoulesPerKilowattHour,
    };
}
