namespace MeterFirmware.Tools.HeadEnds.Intake;

/// <summary>What a message on the record or status topic says, checked.</summary>
public abstract record Arrival(string Device)
{
    /// <summary>The journal whose numbers it speaks of; empty: it names none, as everything before protocol
    /// 1.1.</summary>
    public string Journal { get; init; } = "";

    /// <summary>Bytes that it keeps in memory, about.</summary>
    public virtual int Bytes => 0;
}
