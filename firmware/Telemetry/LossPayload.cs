using MeterFirmware.Basics;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.Telemetry;

/// <summary>The journal's own records of what it had to give up: <see cref="GapRecord"/>. They explain why numbers are
/// missing; the gap message that the outbox sends in the place of those numbers settles them.</summary>
public sealed class LossPayload : IRecordPayload
{
    private readonly byte[] _record = new byte[GapRecord.Bytes];

    /// <inheritdoc/>
    public int Kind => RecordKind.Gap;

    /// <inheritdoc/>
    public string KindName => "loss";

    /// <inheritdoc/>
    public long EndUtcSeconds => 0;

    /// <summary>The journal has no clock.</summary>
    public int Flags => RecordFlags.Untimed;

    /// <inheritdoc/>
    public bool TryRead(byte[] payload, int count)
    {
        if (count != GapRecord.Bytes)
        {
            return false;
        }

        System.Array.Copy(payload, 0, _record, 0, count);
        return true;
    }

    /// <inheritdoc/>
    public void WriteMembers(ByteTextWriter json)
    {
        int reason = GapRecord.ReasonOf(_record, 0);
        json.Name("reason");
        json.Value(reason == GapRecord.ReasonFull ? "full" : reason == GapRecord.ReasonDamaged ? "damaged" : "mixed");
        json.Name("lane");
        json.Value(GapRecord.LaneOf(_record, 0));
        json.Name("first");
        json.Value(GapRecord.FirstOf(_record, 0));
        json.Name("last");
        json.Value(GapRecord.LastOf(_record, 0));
        json.Name("count");
        json.Value(GapRecord.CountOf(_record, 0));
    }
}
