using System.Globalization;

namespace MeterFirmware.Tools.HeadEnds.Quality;

/// <summary>What is looked for in a day of intervals.</summary>
public static class QualityRules
{
    /// <summary>Intervals that did not come.</summary>
    public const string Missing = "missing";

    /// <summary>The register moved by something else than the intervals add up to.</summary>
    public const string RegisterSum = "register-sum";

    /// <summary>The register went back.</summary>
    public const string Negative = "negative";

    /// <summary>More energy than the rating allows.</summary>
    public const string Spike = "spike";

    /// <summary>The device's clock was moved, is not set, or runs ahead.</summary>
    public const string Clock = "clock";

    /// <summary>Two intervals of one time.</summary>
    public const string Duplicate = "duplicate";

    /// <summary>A whole day without energy, after a week with it.</summary>
    public const string Stopped = "stopped";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> Names =
        [Missing, RegisterSum, Negative, Spike, Clock, Duplicate, Stopped];

    /// <summary>A register shows whole Wh: two of its readings differ by less than 1 Wh more or less than the energy
    /// between them.</summary>
    private const long RegisterMilliwattHours = 1_000;

    private const int SecondsAnHour = 3_600;

    private static readonly string[] _clockFlags = ["clock-step", "untimed"];

    /// <summary>Checks a day.</summary>
    public static List<Finding> Check(CheckedDay day, QualitySettings settings)
    {
        List<Finding> findings = Gaps(day, settings);
        MeasuredInterval? before = day.Before;
        foreach (MeasuredInterval interval in day.Intervals)
        {
            Neighbours(before, interval, findings);
            One(interval, day, settings, findings);
            if (before == null || interval.EndUtcSeconds > before.EndUtcSeconds)
            {
                before = interval;
            }
        }

        if (IsStopped(day))
        {
            findings.Add(new Finding(Stopped, day.StartUtcSeconds, day.EndUtcSeconds, Text(
                $"0 Wh; {day.WeekBeforeMilliwattHours / 1_000} Wh in the seven days before")));
        }

        // One of a kind and a begin: two spikes of one quarter hour are a duplicate.
        return [.. findings.DistinctBy(finding => (finding.Rule, finding.StartUtcSeconds))];
    }

    /// <summary>Whole intervals of a day that nothing covers, neighbours together.</summary>
    public static List<Finding> Gaps(CheckedDay day, QualitySettings settings)
    {
        List<Finding> gaps = [];
        int step = settings.IntervalSeconds;
        int next = 0;
        long coveredTo = day.Before?.EndUtcSeconds ?? 0;
        for (long slot = day.StartUtcSeconds; slot < day.ExpectedToUtcSeconds; slot += step)
        {
            for (; next < day.Intervals.Count && day.Intervals[next].StartUtcSeconds < slot + step; next++)
            {
                coveredTo = Math.Max(coveredTo, day.Intervals[next].EndUtcSeconds);
            }

            if (coveredTo > slot || slot < day.ExpectedFromUtcSeconds || slot + step > day.ExpectedToUtcSeconds)
            {
                continue;
            }

            if (gaps.Count > 0 && gaps[^1].EndUtcSeconds == slot)
            {
                gaps[^1] = gaps[^1] with { EndUtcSeconds = slot + step };
            }
            else
            {
                gaps.Add(new Finding(Missing, slot, slot + step, ""));
            }
        }

        return [.. gaps.Select(gap => gap with
        {
            Detail = Text($"{(gap.EndUtcSeconds - gap.StartUtcSeconds) / step} intervals"),
        })];
    }

    private static void Neighbours(MeasuredInterval? before, MeasuredInterval interval, List<Finding> findings)
    {
        if (before == null)
        {
            return;
        }

        if (interval.StartUtcSeconds < before.EndUtcSeconds && interval.EndUtcSeconds > interval.StartUtcSeconds)
        {
            findings.Add(new Finding(Duplicate, interval.StartUtcSeconds, interval.EndUtcSeconds,
                $"{interval.ImportMilliwattHours} mWh beside {before.ImportMilliwattHours} mWh"));
            return;
        }

        // Another board has other registers.
        if (interval.JournalId != before.JournalId)
        {
            return;
        }

        bool isNext = interval.StartUtcSeconds == before.EndUtcSeconds;
        Register(before.ImportRegisterWattHours, interval.ImportRegisterWattHours, interval.ImportMilliwattHours,
            isNext, interval, "import", findings);
        Register(before.ExportRegisterWattHours, interval.ExportRegisterWattHours, interval.ExportMilliwattHours,
            isNext, interval, "export", findings);
    }

    private static void Register(long? before, long? after, long milliwattHours, bool isNext,
        MeasuredInterval interval, string name, List<Finding> findings)
    {
        if (before is not { } from || after is not { } to)
        {
            return;
        }

        if (to < from)
        {
            findings.Add(new Finding(Negative, interval.StartUtcSeconds, interval.EndUtcSeconds,
                Text($"{name} register from {from} Wh to {to} Wh")));
            return;
        }

        Int128 beyond = ((Int128)to - from) * RegisterMilliwattHours - milliwattHours;

        // With intervals missing between, only too little can be wrong.
        if (beyond <= -RegisterMilliwattHours || (isNext && beyond >= RegisterMilliwattHours))
        {
            findings.Add(new Finding(RegisterSum, interval.StartUtcSeconds, interval.EndUtcSeconds,
                Text($"{name} register moved by {to - from} Wh, the interval says {milliwattHours} mWh")));
        }
    }

    private static void One(MeasuredInterval interval, CheckedDay day, QualitySettings settings,
        List<Finding> findings)
    {
        void Add(string rule, string detail) =>
            findings.Add(new Finding(rule, interval.StartUtcSeconds, interval.EndUtcSeconds, detail));

        long energy = Math.Max(interval.ImportMilliwattHours, interval.ExportMilliwattHours);
        if (day.RatingWatts is { } watts)
        {
            Int128 most = (Int128)watts * 1_000 * (interval.EndUtcSeconds - interval.StartUtcSeconds)
                * settings.SpikePercentMax / 100 / SecondsAnHour;
            if (energy > most)
            {
                Add(Spike, Text($"{energy} mWh, at most {most} mWh at {watts} W"));
            }
        }

        string? flag = interval.Flags.Split(',').FirstOrDefault(_clockFlags.Contains);
        if (flag != null)
        {
            Add(Clock, flag);
        }
        else if (settings.HasWallTime
            && interval.EndUtcSeconds > interval.ReceivedUtcSeconds + settings.ClockAheadSecondsMax)
        {
            Add(Clock, Text($"{interval.EndUtcSeconds - interval.ReceivedUtcSeconds} s ahead"));
        }
    }

    private static bool IsStopped(CheckedDay day) => day.WeekBeforeMilliwattHours > 0 && day.Intervals.Count > 0
        && day.Intervals.All(one => one is { ImportMilliwattHours: 0, ExportMilliwattHours: 0 })
        && day.Intervals.Sum(one => one.EndUtcSeconds - one.StartUtcSeconds) >= day.EndUtcSeconds - day.StartUtcSeconds;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
