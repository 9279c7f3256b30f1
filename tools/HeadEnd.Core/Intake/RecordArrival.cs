using MeterFirmware.Catalogue;

namespace MeterFirmware.Tools.HeadEnds.Intake;

/// <summary>A numbered record. Energies in mWh; the end in UTC seconds; the offset in seconds east of UTC. Problem: why
/// it must not be counted, although its number and its device are known; null: it is good.</summary>
public sealed record RecordArrival(
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
    private const int SecondsADay = 86_400;

    /// <summary>Code of an event; null: another kind of record, or one without.</summary>
    public int? EventCode { get; init; }

    /// <summary>Days from 1970-01-01 to the local day in which it begins; null: it has no time.</summary>
    public int? LocalDay => IsTimed ? (int)Math.DivRem(StartUtc + Offset, SecondsADay).Quotient : null;

    /// <summary>False: its device had no clock, or such a record has no time.</summary>
    public bool IsTimed => Kind is not ("raw" or "loss") && !Flags.Contains("untimed", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int Bytes => Body.Length;
}
