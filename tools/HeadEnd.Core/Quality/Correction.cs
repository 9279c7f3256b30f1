namespace MeterFirmware.Tools.HeadEnds.Quality;

/// <summary>An estimate or an edit, with what counted before it.</summary>
/// <param name="Id">Grows with time.</param>
/// <param name="StartUtcSeconds">Begin of the interval.</param>
/// <param name="EndUtcSeconds">Its end.</param>
/// <param name="Rate">Index of the rate.</param>
/// <param name="ImportMilliwattHours">Drawn.</param>
/// <param name="ExportMilliwattHours">Given back.</param>
/// <param name="Method">register, like-days, hand or withdrawn.</param>
/// <param name="OldSource">measured, estimated, edited or missing.</param>
/// <param name="OldImportMilliwattHours">What counted before; 0 for missing.</param>
/// <param name="OldExportMilliwattHours">What counted before; 0 for missing.</param>
/// <param name="Who">A person, or "head-end".</param>
/// <param name="Why">The reason.</param>
/// <param name="At">When.</param>
/// <param name="IsCurrent">The newest of its interval.</param>
public sealed record Correction(
    long Id,
    long StartUtcSeconds,
    long EndUtcSeconds,
    int Rate,
    long ImportMilliwattHours,
    long ExportMilliwattHours,
    string Method,
    string OldSource,
    long OldImportMilliwattHours,
    long OldExportMilliwattHours,
    string Who,
    string Why,
    DateTimeOffset At,
    bool IsCurrent)
{
    /// <summary>The difference of the registers before and after, in the shape of like days.</summary>
    public const string Register = "register";

    /// <summary>The mean of like days: the registers are not known.</summary>
    public const string LikeDays = "like-days";

    /// <summary>Written by a person.</summary>
    public const string Hand = "hand";

    /// <summary>Taken back: what was measured counts again, or nothing.</summary>
    public const string Withdrawn = "withdrawn";
}
