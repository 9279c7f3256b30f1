namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>A charge on peaks: the mean of the highest blocks of several days, or of the hours of the system's peaks,
/// over this month or over several.</summary>
public sealed record PeakChargeModel
{
    public required string Name { get; init; }

    /// <summary>Millionths a month for each kW.</summary>
    public required long PerMonth { get; init; }

    /// <summary>The hours stand in a list of their own; else the highest blocks count.</summary>
    public bool IsCoincident { get; init; }

    /// <summary>Length of a block, 15, 30 or 60; an interval that is longer is a block itself.</summary>
    public int Minutes { get; init; } = 15;

    /// <summary>The highest blocks of so many days are averaged.</summary>
    public int Days { get; init; } = 1;

    /// <summary>This month and the ones before it whose demands are averaged.</summary>
    public int Months { get; init; } = 1;

    /// <summary>Blocks that begin in one of these rates; null: all.</summary>
    public HashSet<int>? Rates { get; init; }

    /// <summary>The least that is billed, millionths of a kW.</summary>
    public long MinimumKilowatts { get; init; }
}
