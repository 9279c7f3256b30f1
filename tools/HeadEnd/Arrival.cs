namespace MeterFirmware.Tools.HeadEnds;

/// <summary>What a message on the record or status topic says, checked.</summary>
internal abstract record Arrival(string Device)
{
    /// <summary>The journal whose numbers it speaks of; empty: it names none, as everything before protocol 1.1.</summary>
    public string Journal { get; init; } = "";

    /// <summary>Bytes that it keeps in memory, about.</summary>
    public virtual int Bytes => 0;
}

/// <summary>A numbered record. Energies in mWh; the end in UTC seconds; the offset in seconds east of UTC. Problem: why it must
/// not be counted, although its number and its device are known; null: it is good.</summary>
internal sealed record RecordArrival(
    string Device,
    long Number,
    long Acknowledged,
    string Kind,
    long StartUtc,
    long EndUtc,
    int Offset,
    string Flags,
    int? Rate,
    long? ImportTotalWh,
    long? ExportTotalWh,
    long? ImportMilliwattHours,
    long? ExportMilliwattHours,
    byte[] Body,
    string? Problem = null) : Arrival(Device)
{
    public override int Bytes => Body.Length;
}

/// <summary>Numbers that will never come.</summary>
internal sealed record GapArrival(string Device, long First, long Last, long Acknowledged, string Reason)
    : Arrival(Device);

/// <summary>Birth or will. Next and birth, with which a birth is named, are 0 where it does not say them.</summary>
internal sealed record StatusArrival(string Device, bool Online, long Acknowledged, long Next, long Birth, string[]? Rates, byte[] Body)
    : Arrival(Device)
{
    /// <summary>Version of the protocol; empty: it names none.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>First number under its journal.</summary>
    public long JournalFrom { get; init; } = 1;

    public override int Bytes => Body.Length;
}
