namespace MeterFirmware.Tools.HeadEnds.Alarms;

/// <summary>Something that a person has to see.</summary>
/// <param name="Id">Grows with time.</param>
/// <param name="Kind">One of <see cref="AlarmKinds"/>.</param>
/// <param name="Subject">A device or an area.</param>
/// <param name="Detail">Figures, for a person.</param>
/// <param name="Since">When it was seen first.</param>
/// <param name="Ended">When it was gone; null: it goes on.</param>
/// <param name="AcknowledgedBy">Empty: nobody did.</param>
/// <param name="Acknowledged">When; null: nobody did.</param>
public sealed record Alarm(
    long Id,
    string Kind,
    string Subject,
    string Detail,
    DateTimeOffset Since,
    DateTimeOffset? Ended,
    string AcknowledgedBy,
    DateTimeOffset? Acknowledged)
{
    /// <summary>For who may read no single home's data: a bill's difference names its energies, a session the day on
    /// which somebody charged.</summary>
    public Alarm WithoutHome() => Kind is AlarmKinds.Bill or AlarmKinds.Signature ? this with { Detail = "" } : this;
}
