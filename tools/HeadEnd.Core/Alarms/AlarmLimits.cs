namespace MeterFirmware.Tools.HeadEnds.Alarms;

/// <summary>From where on a figure is an alarm.</summary>
public sealed record AlarmLimits
{
    /// <summary>Line loss of an area's day above this, in thousandths.</summary>
    public int LossPermilleMax { get; init; } = 70;

    /// <summary>Below this, in thousandths: more was sold than supplied, so that a meter or a place is wrong.</summary>
    public int LossPermilleMin { get; init; } = -10;
}
