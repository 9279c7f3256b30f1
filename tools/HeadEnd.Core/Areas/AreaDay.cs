namespace MeterFirmware.Tools.HeadEnds.Areas;

/// <summary>Line loss of a transformer area (台区线损) on one day.</summary>
/// <param name="Area">Name of the area.</param>
/// <param name="Day">Local day.</param>
/// <param name="SuppliedMilliwattHours">By the area's own meters, net of what went back; null: it has none, or their
/// day is not whole.</param>
/// <param name="SoldMilliwattHours">Sum of all members, net of what they fed in.</param>
/// <param name="Members">Members with a place there that day, the supply's meters not counted.</param>
/// <param name="Missing">Members, or supply meters, whose day is not whole: the loss says nothing then.</param>
/// <param name="Estimated">Those with estimates or edits in the sums.</param>
public sealed record AreaDay(
    string Area,
    DateOnly Day,
    long? SuppliedMilliwattHours,
    long SoldMilliwattHours,
    int Members,
    IReadOnlyList<string> Missing,
    IReadOnlyList<string> Estimated)
{
    private const int Permille = 1_000;

    /// <summary>Supplied less sold; null: not known.</summary>
    public long? LossMilliwattHours => Missing.Count > 0 ? null : SuppliedMilliwattHours - SoldMilliwattHours;

    /// <summary>Loss in thousandths of what was supplied; null: not known, or nothing was supplied.</summary>
    public int? LossPermille => LossMilliwattHours is { } loss && SuppliedMilliwattHours is { } supplied and > 0
        ? (int)Int128.Clamp((Int128)loss * Permille / supplied, int.MinValue, int.MaxValue) : null;
}
