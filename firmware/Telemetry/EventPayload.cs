using MeterFirmware.Basics;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.Telemetry;

/// <summary>Event records as members of a record message.</summary>
public sealed class EventPayload : IRecordPayload
{
    private readonly EventRecord _record;

    /// <param name="record">Read into; others may use it between two calls.</param>
    public EventPayload(EventRecord record)
    {
        _record = record;
    }

    /// <inheritdoc/>
    public int Kind => RecordKind.Event;

    /// <inheritdoc/>
    public string KindName => "event";

    /// <inheritdoc/>
    public long EndUtcSeconds => _record.EndUtcSeconds;

    /// <inheritdoc/>
    public int Flags => _record.Flags;

    /// <inheritdoc/>
    public bool TryRead(byte[] payload, int count) => _record.TryRead(payload, 0, count);

    /// <inheritdoc/>
    public void WriteMembers(ByteTextWriter json)
    {
        json.Name("code");
        json.Value(_record.Code);
        if (_record.Phase != EventRecord.NoPhase)
        {
            json.Name("phase");
            json.Value(_record.Phase);
        }

        json.Name("start");
        json.ValueTime(_record.StartUtcSeconds, _record.OffsetSeconds);
        json.Name("end");
        json.ValueTime(_record.EndUtcSeconds, _record.OffsetSeconds);
        json.Name("values");
        json.BeginArray();
        for (int i = 0; i < _record.ValueCount; i++)
        {
            json.Value(_record.Values[i]);
        }

        json.EndArray();
    }
}
