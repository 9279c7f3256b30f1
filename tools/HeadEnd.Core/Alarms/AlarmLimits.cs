namespace MeterFirmware.Tools.HeadEnds.Alarms;

/// <summary>From where on a figure is an alarm.</summary>
public sealed record AlarmLimits
{
    /// <summary>Offline for so long.</summary>
    public TimeSpan SilentAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What happened once, such as a cover that was opened, is an alarm for so long after it came.</summary>
    public TimeSpan EventFor { get; init; } = TimeSpan.FromDays(1);

    /// <summary>A clock that was moved by more than this was far off.</summary>
    public TimeSpan ClockStepMax { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A certificate that expires within this time is an alarm.</summary>
    public TimeSpan CertificateWithin { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Line loss of an area's day above this, in thousandths.</summary>
    public int LossPermilleMax { get; init; } = 70;

    /// <summary>Below this, in thousandths: more was sold than supplied, so that a meter or a place is wrong.</summary>
    public int LossPermilleMin { get; init; } = -10;
}
