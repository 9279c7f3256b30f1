namespace MeterFirmware.Supervision;

/// <summary>One setting of the clock, to be recorded as an event; reused.</summary>
public sealed class TimeStep
{
    /// <summary>UTC seconds before; 0: the time was not known.</summary>
    public long BeforeUtcSeconds { get; set; }

    public long AfterUtcSeconds { get; set; }

    /// <summary>One of <see cref="TimeSource"/>.</summary>
    public int Source { get; set; }
}
