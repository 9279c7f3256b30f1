namespace MeterFirmware.Tools.HeadEnds.Quality;

/// <summary>Fills intervals that did not come: with the difference of the registers around them, in the shape of like
/// days; where a register is not known, with the mean of like days.</summary>
public static class Estimator
{
    private const int LikeDaysMax = 4;
    private const long MilliwattHoursAWattHour = 1_000;

    /// <summary>Fills a gap.</summary>
    /// <param name="fromUtcSeconds">Begin of the first interval that is missing.</param>
    /// <param name="toUtcSeconds">End of the last one.</param>
    /// <param name="before">The interval before it; null: not known.</param>
    /// <param name="after">The interval after it; null: not known.</param>
    /// <param name="history">What was measured in the weeks before.</param>
    /// <param name="settings">Length of an interval, zone.</param>
    /// <returns>One reading an interval; none: there is nothing to estimate from.</returns>
    public static IReadOnlyList<(Reading Reading, string Method)> Fill(long fromUtcSeconds, long toUtcSeconds,
        MeasuredInterval? before, MeasuredInterval? after, IReadOnlyList<MeasuredInterval> history,
        QualitySettings settings)
    {
        int step = settings.IntervalSeconds;
        int count = (int)((toUtcSeconds - fromUtcSeconds) / step);
        ILookup<long, MeasuredInterval> bySlot = history.ToLookup(one => one.StartUtcSeconds);
        List<Reading?> likeDays = [.. Enumerable.Range(0, count).Select(i =>
            LikeDay(fromUtcSeconds + (long)i * step, bySlot, settings))];
        bool isOneBoard = before != null && before.JournalId == after?.JournalId;
        long? import = isOneBoard ? Between(before!.ImportRegisterWattHours, after!.ImportRegisterWattHours,
            after.ImportMilliwattHours) : null;
        long? export = isOneBoard ? Between(before!.ExportRegisterWattHours, after!.ExportRegisterWattHours,
            after.ExportMilliwattHours) : null;
        if (import is { } drawn && export is { } fedIn)
        {
            long[] imports = Share(drawn, [.. likeDays.Select(day => day?.ImportMilliwattHours ?? 0)]);
            long[] exports = Share(fedIn, [.. likeDays.Select(day => day?.ExportMilliwattHours ?? 0)]);
            return [.. Enumerable.Range(0, count).Select(i => (
                Of(fromUtcSeconds + (long)i * step, step, likeDays[i]?.Rate ?? before!.Rate, imports[i], exports[i]),
                Correction.Register))];
        }

        return likeDays.Contains(null) ? [] : [.. likeDays.Select(day => (day!, Correction.LikeDays))];
    }

    /// <summary>Energy between two registers, mWh: the second one stands at its interval's end. Null: not known, or a
    /// register went back.</summary>
    private static long? Between(long? before, long? after, long afterMilliwattHours)
    {
        if (before is not { } from || after is not { } to)
        {
            return null;
        }

        // Each register is cut to a whole Wh: less than nothing within 1 Wh is nothing.
        long between = (to - from) * MilliwattHoursAWattHour - afterMilliwattHours;
        return between > -MilliwattHoursAWattHour ? Math.Max(between, 0) : null;
    }

    /// <summary>Mean of the newest days of the same kind, working day or week end, that have this interval; of any
    /// days where there are none.</summary>
    private static Reading? LikeDay(long slot, ILookup<long, MeasuredInterval> bySlot, QualitySettings settings)
    {
        const int Days = 28;
        const int SecondsADay = 86_400;
        bool isWeekEnd = IsWeekEnd(settings.DayOf(slot));
        List<(bool IsLike, List<MeasuredInterval> Parts)> days = [.. Enumerable.Range(1, Days)
            .Select(back => slot - (long)back * SecondsADay)
            .Where(bySlot.Contains)
            .Select(start => (IsWeekEnd(settings.DayOf(start)) == isWeekEnd,
                bySlot[start].Where(one => one.EndUtcSeconds == start + settings.IntervalSeconds).ToList()))
            .Where(day => day.Item2.Count == 1)];
        bool hasLike = days.Exists(day => day.IsLike);
        List<MeasuredInterval> like =
            [.. days.Where(day => day.IsLike || !hasLike).Take(LikeDaysMax).Select(day => day.Parts[0])];
        return like.Count == 0 ? null : Of(slot, settings.IntervalSeconds, like[0].Rate,
            (long)like.Average(one => (decimal)one.ImportMilliwattHours),
            (long)like.Average(one => (decimal)one.ExportMilliwattHours));
    }

    /// <summary>Shares an energy by weights, to the last mWh; evenly without any.</summary>
    private static long[] Share(long total, long[] weights)
    {
        Int128 sum = weights.Aggregate((Int128)0, (all, one) => all + one);
        long[] parts = new long[weights.Length];
        Int128 reached = 0;
        long given = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            reached += sum == 0 ? 1 : weights[i];
            long upTo = (long)(total * reached / (sum == 0 ? parts.Length : sum));
            parts[i] = upTo - given;
            given = upTo;
        }

        return parts;
    }

    private static bool IsWeekEnd(DateOnly day) => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    private static Reading Of(long start, int step, int rate, long import, long export) =>
        new(start, start + step, rate, import, export, Reading.Estimated);
}
