namespace MeterFirmware.Tools.HeadEnds.Quality;

/// <summary>Checks days, estimates what is missing, and tells what to ask a device for again.</summary>
public sealed class QualityCheck(QualityStore store, QualitySettings settings)
{
    private const int HistoryDays = 28;
    private const int SecondsADay = 86_400;

    /// <summary>Gaps longer than this are left to a person.</summary>
    private const int GapDaysMax = 62;

    /// <summary>Name under which estimates are written.</summary>
    public const string Who = "head-end";

    /// <summary>What days are measured against.</summary>
    public QualitySettings Settings { get; } = settings;

    /// <summary>Checks a device's day anew, stores what was found and estimates what is missing of a day that is
    /// over.</summary>
    /// <returns>What was found.</returns>
    public IReadOnlyList<Finding> Check(string device, DateOnly day)
    {
        if (store.FirstStart(device) is not { } first)
        {
            return [];
        }

        long start = Settings.StartOf(day);
        long end = Settings.StartOf(day.AddDays(1));
        IReadOnlyList<MeasuredInterval> intervals = store.Measured(device, start, end);
        long now = store.NowOf(device, Settings);
        (long expectedFrom, long expectedTo) = Expected(device, Math.Max(start, first),
            Math.Min(Math.Min(end, now), store.PlacedTo(device) ?? long.MaxValue));
        CheckedDay checkedDay = new()
        {
            StartUtcSeconds = start,
            EndUtcSeconds = end,
            ExpectedFromUtcSeconds = expectedFrom,
            ExpectedToUtcSeconds = expectedTo,
            Intervals = intervals,
            Before = store.Before(device, start),
            RatingWatts = store.RatingWatts(device, start),
            WeekBeforeMilliwattHours = store.MeasuredEnergy(device, start - 7 * SecondsADay, start),
        };
        List<Finding> findings = QualityRules.Check(checkedDay, Settings);
        store.Replace(device, day, findings);
        if (end <= now)
        {
            foreach (Finding gap in findings.Where(finding => finding.Rule == QualityRules.Missing))
            {
                Estimate(device, gap);
            }
        }

        return findings;
    }

    /// <summary>Times that a device shall be asked for again.</summary>
    public static IReadOnlyList<(long FromUtcSeconds, long ToUtcSeconds)> Asked(IEnumerable<Finding> findings)
    {
        List<(long From, long To)> asked = [];
        foreach (Finding gap in findings.Where(finding => finding.Rule == QualityRules.Missing)
            .OrderBy(gap => gap.StartUtcSeconds))
        {
            if (asked.Count > 0 && asked[^1].To == gap.StartUtcSeconds)
            {
                asked[^1] = (asked[^1].From, gap.EndUtcSeconds);
            }
            else
            {
                asked.Add((gap.StartUtcSeconds, gap.EndUtcSeconds));
            }
        }

        return asked;
    }

    /// <summary>What was erased does not come again. A time that was erased in the middle of a day ends what is
    /// expected of its morning.</summary>
    private (long From, long To) Expected(string device, long from, long to)
    {
        foreach ((long erasedFrom, long erasedTo) in store.Erased(device, from, to))
        {
            (from, to) = erasedTo < to ? (Math.Max(from, erasedTo), to) : (from, Math.Min(to, erasedFrom));
        }

        return (from, to);
    }

    private void Estimate(string device, Finding gap)
    {
        // The whole gap at once, over midnight too: the registers around it bound all of it. None of them bounds it
        // where something between was erased: that would be estimated with it.
        MeasuredInterval? before = store.Before(device, gap.StartUtcSeconds + 1) is { } last
            && store.Erased(device, last.EndUtcSeconds, gap.StartUtcSeconds).Count == 0 ? last : null;
        MeasuredInterval? after = store.After(device, gap.EndUtcSeconds) is { } next
            && store.Erased(device, gap.EndUtcSeconds, next.StartUtcSeconds).Count == 0 ? next : null;
        long from = gap.StartUtcSeconds;
        long to = gap.EndUtcSeconds;
        if (before != null && after != null)
        {
            from = Up(before.EndUtcSeconds);
            to = Down(after.StartUtcSeconds);
            if (to - from > GapDaysMax * (long)SecondsADay)
            {
                return;
            }
        }

        IReadOnlyList<MeasuredInterval> history =
            store.Measured(device, from - HistoryDays * (long)SecondsADay, from);
        foreach ((Reading reading, string method) in Estimator.Fill(from, to, before, after, history, Settings))
        {
            store.Correct(device, reading, method, Who, gap.Detail);
        }
    }

    private long Up(long utcSeconds) => Down(utcSeconds + Settings.IntervalSeconds - 1);

    private long Down(long utcSeconds) => utcSeconds - utcSeconds % Settings.IntervalSeconds;
}
