using MeterFirmware.Basics;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.Telemetry;

/// <summary>Writes the messages of the record topic: a record, or a gap where records no longer are.</summary>
public sealed class RecordMessage
{
    private static readonly string[] _flagNames =
    {
        "incomplete", "historical", "untimed", "clock-step", "sensor-fault", "power-loss", "cost-unknown",
        "listed-price", "announced-day",
    };

    private readonly string _device;
    private readonly int _historicalAfterSeconds;
    private readonly IRecordPayload[] _payloads;
    private readonly LossPayload _loss = new LossPayload();
    private readonly IRecordLog _log;

    /// <summary>Whoever sends records reads them into here first: nothing in it outlives the call.</summary>
    public readonly byte[] Payload;

    /// <param name="device">Device address.</param>
    /// <param name="historicalAfterSeconds">Age in seconds from which a record is marked historical.</param>
    /// <param name="payloads">Readers of the kinds that the product logs.</param>
    /// <param name="buffer">Longest record.</param>
    /// <param name="log">Whose records they are: its identity goes along. Null: none.</param>
    public RecordMessage(string device, int historicalAfterSeconds, IRecordPayload[] payloads, byte[] buffer,
        IRecordLog log = null)
    {
        _log = log;
        Payload = buffer;
        _device = device;
        _historicalAfterSeconds = historicalAfterSeconds;
        _payloads = payloads;
    }

    /// <summary>True when the record last written by <see cref="Write"/> could be read and had its end in the
    /// calendar.</summary>
    public bool IsTimed { get; private set; }

    /// <summary>End of the record last written by <see cref="Write"/> or read by <see cref="TryReadTimes"/>.</summary>
    public long EndUtcSeconds { get; private set; }

    /// <summary>Writes the record in <see cref="Payload"/>, whatever it is.</summary>
    /// <param name="json">Cleared first; look at its Overflowed afterwards.</param>
    /// <param name="acknowledged">Every number up to this is settled on the device's side.</param>
    /// <param name="utcSeconds">Now, for the historical mark; 0 when the time is not known.</param>
    public void Write(ByteTextWriter json, long number, long acknowledged, int kind, int count, long utcSeconds)
    {
        IRecordPayload reader = TryReadTimes(kind, count) ? Find(kind) : null;
        json.Clear();
        json.BeginObject();
        Head(json, reader == null ? "raw" : reader.KindName, acknowledged, number);
        json.Name("number");
        json.Value(number);
        if (reader == null)
        {
            json.Name("rawKind");
            json.Value(kind);
            json.Name("raw");
            Hexadecimal(json, Payload, count);
        }
        else
        {
            int flags = reader.Flags;
            if (IsTimed && utcSeconds - reader.EndUtcSeconds > _historicalAfterSeconds)
            {
                flags |= RecordFlags.Historical;
            }

            Flags(json, flags);
            reader.WriteMembers(json);
        }

        json.EndObject();
    }

    /// <summary>Reads no more than the end of a record. False: no reader of this kind, or it does not read.</summary>
    public bool TryReadTimes(int kind, int count)
    {
        IRecordPayload reader = Find(kind);
        IsTimed = false;
        if (reader == null || !reader.TryRead(Payload, count))
        {
            return false;
        }

        EndUtcSeconds = reader.EndUtcSeconds;
        IsTimed = (reader.Flags & RecordFlags.Untimed) == 0;
        return true;
    }

    /// <summary>Writes that the numbers from first to last will never come.</summary>
    /// <param name="json">Cleared first.</param>
    /// <param name="reason">"dropped": the log was full; "missing": a hole within it, whose cause the log's own
    /// loss record tells; "unreadable": longer than a message can be.</param>
    public void WriteGap(ByteTextWriter json, long first, long last, long acknowledged, string reason)
    {
        json.Clear();
        json.BeginObject();
        Head(json, "gap", acknowledged, first);
        json.Name("first");
        json.Value(first);
        json.Name("last");
        json.Value(last);
        json.Name("reason");
        json.Value(reason);
        json.EndObject();
    }

    private void Head(ByteTextWriter json, string kindName, long acknowledged, long number)
    {
        json.Name("device");
        json.Value(_device);
        json.Name("kind");
        json.Value(kindName);
        json.Name("acknowledged");
        json.Value(acknowledged);

        // What was logged before there was an identity goes as it went then: the receiver knows it under no other name.
        if (_log != null && _log.Identity != null && number >= _log.IdentityFrom)
        {
            json.Name("journal");
            json.Value(_log.Identity);
        }
    }

    private static void Flags(ByteTextWriter json, int flags)
    {
        json.Name("flags");
        json.BeginArray();
        for (int i = 0; i < _flagNames.Length; i++)
        {
            if ((flags & (1 << i)) != 0)
            {
                json.Value(_flagNames[i]);
            }
        }

        json.EndArray();
    }

    private IRecordPayload Find(int kind)
    {
        for (int i = 0; i < _payloads.Length; i++)
        {
            if (_payloads[i].Kind == kind)
            {
                return _payloads[i];
            }
        }

        return kind == _loss.Kind ? _loss : null;
    }

    private static void Hexadecimal(ByteTextWriter json, byte[] bytes, int count)
    {
        json.Byte((byte)'"');
        for (int i = 0; i < count; i++)
        {
            json.Byte(HexDigits.Of(bytes[i] >> 4));
            json.Byte(HexDigits.Of(bytes[i] & 0xF));
        }

        json.Byte((byte)'"');
    }
}
