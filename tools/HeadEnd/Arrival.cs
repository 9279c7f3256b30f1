namespace MeterFirmware.Tools.HeadEnds;

/// <summary>What a message on the record or status topic says, checked.</summary>
internal abstract record Arrival(string Device);

/// <summary>A numbered record. Energies in mWh; the end in UTC seconds; the offset in seconds east of UTC.</summary>
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
    byte[] Body) : Arrival(Device);

/// <summary>Numbers that will never come.</summary>
internal sealed record GapArrival(string Device, long First, long Last, long Acknowledged, string Reason)
    : Arrival(Device);

/// <summary>Birth or will. Next and birth, with which a birth is named, are 0 where it does not say them.</summary>
internal sealed record StatusArrival(string Device, bool Online, long Acknowledged, long Next, long Birth, string[]? Rates, byte[] Body)
    : Arrival(Device);
