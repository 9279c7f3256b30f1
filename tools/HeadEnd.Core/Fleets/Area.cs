namespace MeterFirmware.Tools.HeadEnds.Fleets;

/// <summary>A substation, a feeder or a transformer area (台区), for as long as it is in force.</summary>
/// <param name="Name">Unique at any time.</param>
/// <param name="Kind">substation, feeder or transformer.</param>
/// <param name="Parent">The one it hangs on: a substation's is null.</param>
/// <param name="RatingKva">Of a transformer; null: not known.</param>
/// <param name="From">In force from here.</param>
/// <param name="To">Up to here; null: still.</param>
public sealed record Area(
    string Name, string Kind, string? Parent, int? RatingKva, DateTimeOffset From, DateTimeOffset? To);
