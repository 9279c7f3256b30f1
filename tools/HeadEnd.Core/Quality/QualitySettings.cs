namespace MeterFirmware.Tools.HeadEnds.Quality;

/// <summary>What data are measured against.</summary>
public sealed record QualitySettings
{
    /// <summary>Length of an interval: 96 a day.</summary>
    public int IntervalSeconds { get; init; } = 900;

    /// <summary>The utility's zone, east of UTC; days begin there.</summary>
    public TimeSpan Zone { get; init; } = TimeSpan.FromHours(8);

    /// <summary>A record that ends this much after it came shows a clock that runs ahead.</summary>
    public int ClockAheadSecondsMax { get; init; } = 300;

    /// <summary>False: devices live in a time of their own, as the demonstration's do.</summary>
    public bool HasWallTime { get; init; } = true;

    /// <summary>Days that a record which is missing is asked for again, and a day is checked again.</summary>
    public int DaysBack { get; init; } = 3;

    /// <summary>Energy of an interval above the rating's by this much is a spike.</summary>
    public int SpikePercentMax { get; init; } = 120;

    /// <summary>Begin of a day, UTC.</summary>
    public long StartOf(DateOnly day) => new DateTimeOffset(day, TimeOnly.MinValue, Zone).ToUnixTimeSeconds();

    /// <summary>The day that an instant is in.</summary>
    public DateOnly DayOf(long utcSeconds) =>
        DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeSeconds(utcSeconds).ToOffset(Zone).DateTime);
}
