namespace MeterFirmware.Tools.HeadEnds.Quality;

/// <summary>Edits by hand. An edit names an interval that counts, or one that is empty; it needs a reason.</summary>
public sealed class ReadingEditor(QualityStore store, QualitySettings settings)
{
    private const int SecondsADay = 86_400;

    /// <summary>Longest reason.</summary>
    public const int WhyCharsMax = 200;

    /// <summary>Writes a value in the place of what counts now.</summary>
    /// <param name="device">Address.</param>
    /// <param name="startUtcSeconds">Begin of the interval.</param>
    /// <param name="importMilliwattHours">Drawn.</param>
    /// <param name="exportMilliwattHours">Given back; null: as it counts now.</param>
    /// <param name="who">Who edits.</param>
    /// <param name="why">The reason.</param>
    /// <returns>What is wrong; null: it counts.</returns>
    public string? Edit(string device, long startUtcSeconds, long importMilliwattHours, long? exportMilliwattHours,
        string who, string why)
    {
        long most = Bounds.IntervalMilliwattHoursMax(Bounds.PowerWattsMax);
        if (importMilliwattHours < 0 || importMilliwattHours > most
            || exportMilliwattHours < 0 || exportMilliwattHours > most)
        {
            return $"import, export: 0 to {most} mWh were expected";
        }

        if (Problem(why) is { } problem)
        {
            return problem;
        }

        // From a day before: the longest interval.
        List<Reading> near = [.. store.Readings(device, startUtcSeconds - SecondsADay,
            startUtcSeconds + settings.IntervalSeconds).Where(one => one.EndUtcSeconds > startUtcSeconds)];
        Reading? own = near.Find(one => one.StartUtcSeconds == startUtcSeconds);
        if (own == null && (near.Count > 0 || startUtcSeconds % settings.IntervalSeconds != 0))
        {
            return "start: the begin of an interval that is there, or of one that is missing, was expected";
        }

        if (own == null && (store.FirstStart(device) is not { } first || startUtcSeconds < first
            || startUtcSeconds + settings.IntervalSeconds > store.NowOf(device, settings)))
        {
            return $"start: an interval between the first one that {device} sent and now was expected";
        }

        Reading edited = new(startUtcSeconds, own?.EndUtcSeconds ?? startUtcSeconds + settings.IntervalSeconds,
            own?.Rate ?? store.Before(device, startUtcSeconds)?.Rate ?? 0, importMilliwattHours,
            exportMilliwattHours ?? own?.ExportMilliwattHours ?? 0, Reading.Edited);
        return store.Correct(device, edited, Correction.Hand, who, why) ? null
            : "import, export: that is what counts already";
    }

    /// <summary>Takes an edit or an estimate back: what was measured counts again, or nothing.</summary>
    /// <returns>What is wrong; null: it is taken back.</returns>
    public string? Withdraw(string device, long startUtcSeconds, string who, string why)
    {
        if (Problem(why) is { } problem)
        {
            return problem;
        }

        Correction? current = store.Corrections(device, startUtcSeconds, startUtcSeconds + 1)
            .FirstOrDefault(one => one.IsCurrent && one.Method != Correction.Withdrawn);
        if (current == null)
        {
            return "start: there is no edit and no estimate of an interval that begins then";
        }

        Reading none = new(current.StartUtcSeconds, current.EndUtcSeconds, current.Rate, 0, 0, Reading.Edited);
        store.Correct(device, none, Correction.Withdrawn, who, why);
        return null;
    }

    private static string? Problem(string why) =>
        why.Trim().Length is > 0 and <= WhyCharsMax && !why.Any(char.IsControl) ? null
        : $"why: 1 to {WhyCharsMax} characters without control characters were expected";
}
