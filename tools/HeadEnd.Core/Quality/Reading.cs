namespace MeterFirmware.Tools.HeadEnds.Quality;

/// <summary>What counts for an interval: a bill and a loss are made of it.</summary>
/// <param name="StartUtcSeconds">Begin.</param>
/// <param name="EndUtcSeconds">End.</param>
/// <param name="Rate">Index of the rate.</param>
/// <param name="ImportMilliwattHours">Drawn.</param>
/// <param name="ExportMilliwattHours">Given back.</param>
/// <param name="Source">measured, estimated or edited.</param>
public sealed record Reading(
    long StartUtcSeconds, long EndUtcSeconds, int Rate, long ImportMilliwattHours, long ExportMilliwattHours,
    string Source)
{
    /// <summary>As the device sent it.</summary>
    public const string Measured = "measured";

    /// <summary>In the place of what did not come.</summary>
    public const string Estimated = "estimated";

    /// <summary>As a person wrote it.</summary>
    public const string Edited = "edited";
}
