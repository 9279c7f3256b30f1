using MeterFirmware.Basics;
using MeterFirmware.Storage;

namespace MeterFirmware.Telemetry;

/// <summary>
/// Sends stored records again on request, whether acknowledged or not: a utility rereads its last days. One request at
/// a time, a few records looked at per tick, sent at the outbox's pace; the outbox itself is not touched.
/// </summary>
public sealed class RangeReader
{
    /// <summary>Records looked at per tick: reading flash must not hold the loop.</summary>
    private const int ScanPerTick = 4;

    /// <summary>Longest id of a request in bytes.</summary>
    public const int IdBytesMax = 64;

    private readonly IRecordLog _log;
    private readonly RecordMessage _message;
    private readonly string _topic;
    private readonly TelemetrySettings _settings;
    private readonly TelemetryCounters _counters;
    private readonly ByteTextWriter _json;
    private readonly Outbox _outbox;
    private readonly byte[] _id = new byte[IdBytesMax];
    private int _idCount;
    private long _fromUtcSeconds;
    private long _toUtcSeconds;
    private long _next;
    private long _end;
    private long _sendAtMs;

    public RangeReader(IRecordLog log, RecordMessage message, string topic, TelemetrySettings settings,
        TelemetryCounters counters, ByteTextWriter json, Outbox outbox)
    {
        _outbox = outbox;
        _log = log;
        _message = message;
        _topic = topic;
        _settings = settings;
        _counters = counters;
        _json = json;
    }

    /// <summary>True from <see cref="TryBegin"/> until the answer was taken with <see cref="Finish"/>.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>True when every record was looked at and the answer is due.</summary>
    public bool IsDone => IsBusy && _next >= _end;

    /// <summary>Records sent for this request so far.</summary>
    public int Count { get; private set; }

    /// <summary>Starts a request for the records whose end lies after <paramref name="fromUtcSeconds"/> and not after
    /// <paramref name="toUtcSeconds"/>. False: one is running, or the id is too long.</summary>
    public bool TryBegin(byte[] bytes, int idOffset, int idCount, long fromUtcSeconds, long toUtcSeconds)
    {
        if (IsBusy || idCount > IdBytesMax)
        {
            return false;
        }

        System.Array.Copy(bytes, idOffset, _id, 0, idCount);
        _idCount = idCount;
        _fromUtcSeconds = fromUtcSeconds;
        _toUtcSeconds = toUtcSeconds;
        _next = _log.OldestNumber;
        _end = _log.NextNumber;
        Count = 0;
        IsBusy = true;
        return true;
    }

    /// <summary>Looks at a few records, sends at most one.</summary>
    public void Tick(long nowMs, long utcSeconds, Publisher publisher)
    {
        if (!IsBusy || nowMs < _sendAtMs || !publisher.IsReady)
        {
            return;
        }

        if (_next < _log.OldestNumber)
        {
            _next = _log.OldestNumber;
        }

        for (int i = 0; i < ScanPerTick && _next < _end; i++)
        {
            if (!_log.TryRead(_next, _message.Payload, out int count, out int kind) ||
                !_message.TryReadTimes(kind, count) || !_message.IsTimed || !IsWanted(_message.EndUtcSeconds))
            {
                _next++;
                continue;
            }

            _message.Write(_json, _next, _log.AcknowledgedNumber, kind, count, utcSeconds);
            if (_json.Overflowed)
            {
                _next++;
                continue;
            }

            if (publisher.TryPublish(_topic, _json, false))
            {
                _outbox.NoteSent(_next);
                _next++;
                Count++;
                _counters.RecordsReread++;
                _sendAtMs = nowMs + _settings.RecordSpacingMs;
            }

            return;
        }
    }

    /// <summary>Writes the id of the request as it came, without quotation marks.</summary>
    public void WriteId(ByteTextWriter json)
    {
        for (int i = 0; i < _idCount; i++)
        {
            json.Byte(_id[i]);
        }
    }

    /// <summary>Ready for the next request.</summary>
    public void Finish()
    {
        IsBusy = false;
    }

    private bool IsWanted(long endUtcSeconds) => endUtcSeconds > _fromUtcSeconds && endUtcSeconds <= _toUtcSeconds;
}
