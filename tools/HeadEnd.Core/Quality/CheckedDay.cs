namespace MeterFirmware.Tools.HeadEnds.Quality;

/// <summary>A device's day as the rules need it.</summary>
public sealed record CheckedDay
{
    /// <summary>Begin of the day, UTC.</summary>
    public required long StartUtcSeconds { get; init; }

    /// <summary>End of the day, UTC.</summary>
    public required long EndUtcSeconds { get; init; }

    /// <summary>Data are expected from here on: the day's begin, or that of the first interval ever.</summary>
    public required long ExpectedFromUtcSeconds { get; init; }

    /// <summary>Data are expected up to here: the day's end, or now, or the end of the device's place.</summary>
    public required long ExpectedToUtcSeconds { get; init; }

    /// <summary>Measured intervals of the day, in time order.</summary>
    public required IReadOnlyList<MeasuredInterval> Intervals { get; init; }

    /// <summary>The last interval before them; null: there is none.</summary>
    public MeasuredInterval? Before { get; init; }

    /// <summary>Most that the device can draw or give back, W; null: not known.</summary>
    public long? RatingWatts { get; init; }

    /// <summary>Energy of the seven days before, drawn and given back.</summary>
    public long WeekBeforeMilliwattHours { get; init; }
}
