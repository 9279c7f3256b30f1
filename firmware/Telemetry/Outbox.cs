using MeterFirmware.Basics;
using MeterFirmware.Storage;

namespace MeterFirmware.Telemetry;

/// <summary>
/// A cursor into the record log: sends oldest first, at most a window ahead of the head-end's own acknowledgement, and
/// goes back to the first unacknowledged record when that does not come. Numbers that the log no longer has are
/// reported as a gap, so that nothing is ever missing without a word.
/// <code>
///   OldestNumber ≤ … AcknowledgedNumber │ sent, outstanding │ _next … not sent yet │ NextNumber
///                                       └── at most WindowRecords ──┘
/// </code>
/// </summary>
public sealed class Outbox
{
    /// <summary>Reads of a record that must fail before it is given up: a bus may hiccup.</summary>
    private const int ReadAttempts = 3;

    /// <summary>Missing numbers that one gap message takes together, at most: bounds the reads in a tick.</summary>
    private const int MissingMax = 32;

    private readonly IRecordLog _log;
    private readonly RecordMessage _message;
    private readonly string _topic;
    private readonly TelemetrySettings _settings;
    private readonly TelemetryCounters _counters;
    private readonly ByteTextWriter _json;
    private long _next = 1;
    private long _sentUpTo;
    private long _sentSinceStart;
    private readonly long _beforeStart;
    private long _highestSent;
    private long _highestGap;
    private long _sendAtMs;
    private long _resendAtMs;
    private long _progressMs;
    private int _resendMs;
    private int _deadPeerMs;
    private int _failedReads;

    public Outbox(IRecordLog log, RecordMessage message, string topic, TelemetrySettings settings,
        TelemetryCounters counters, ByteTextWriter json)
    {
        _log = log;
        _message = message;
        _topic = topic;
        _settings = settings;
        _counters = counters;
        _json = json;
        _resendMs = settings.ResendMs;
        _deadPeerMs = settings.DeadPeerMs;
        _beforeStart = log.NextNumber - 1;
    }

    /// <summary>The highest number that may have been sent ever: what was logged before this start may have been sent
    /// then.</summary>
    public long SentMax => _sentSinceStart > _beforeStart ? _sentSinceStart : _beforeStart;

    /// <summary>Numbers given out and not acknowledged yet.</summary>
    public long Pending => _log.NextNumber - 1 - _log.AcknowledgedNumber;

    /// <summary>True while something was sent and is not acknowledged.</summary>
    public bool HasOutstanding => _sentUpTo > _log.AcknowledgedNumber;

    /// <summary>The link is new: what was under way on the old one is sent again.</summary>
    public void Restart(long nowMs)
    {
        _next = _log.AcknowledgedNumber + 1;
        _sentUpTo = _log.AcknowledgedNumber;
        _sendAtMs = nowMs;
        _progressMs = nowMs;
        _failedReads = 0;
    }

    /// <summary>A record up to this number was handed to the link, by whomever.</summary>
    public void NoteSent(long number) => _sentSinceStart = number > _sentSinceStart ? number : _sentSinceStart;

    /// <summary>Takes the head-end's word. False: it names what was never sent, nothing was done.</summary>
    /// <param name="isSigned">False: it is not proven to be the head-end's word, so it counts for what was sent since
    /// this start only. What was sent before is then sent again, which does no harm.</param>
    public bool TryAcknowledge(long nowMs, long upToNumber, bool isSigned)
    {
        if (upToNumber > SentMax)
        {
            return false;
        }

        upToNumber = isSigned || upToNumber < _sentSinceStart ? upToNumber : _sentSinceStart;
        if (upToNumber <= _log.AcknowledgedNumber)
        {
            return true;
        }

        _log.Acknowledge(upToNumber);
        _progressMs = nowMs;
        _resendMs = _settings.ResendMs;
        _deadPeerMs = _settings.DeadPeerMs;
        _resendAtMs = nowMs + _resendMs;
        if (_next <= upToNumber)
        {
            _next = upToNumber + 1;
        }

        return true;
    }

    /// <summary>True when records are out and nothing was acknowledged for too long. Asking again waits twice as long:
    /// a head-end that is away must not make every device reconnect all day.</summary>
    public bool TakeStalled(long nowMs)
    {
        if (!HasOutstanding || nowMs - _progressMs < _deadPeerMs)
        {
            return false;
        }

        _deadPeerMs = _deadPeerMs > _settings.DeadPeerMsMax / 2 ? _settings.DeadPeerMsMax : _deadPeerMs * 2;
        return true;
    }

    /// <summary>Sends at most one record. Call while the link is online.</summary>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <param name="utcSeconds">Now, or 0 when the time is not known.</param>
    /// <param name="publisher">Where to.</param>
    /// <returns>True when something was handed over: the caller may ask again in the same tick when records may
    /// follow each other without a pause.</returns>
    public bool Tick(long nowMs, long utcSeconds, Publisher publisher)
    {
        long acknowledged = _log.AcknowledgedNumber;
        if (HasOutstanding && nowMs >= _resendAtMs)
        {
            _next = acknowledged + 1;
            _resendMs = _resendMs > _settings.ResendMsMax / 2 ? _settings.ResendMsMax : _resendMs * 2;
            _resendAtMs = nowMs + _resendMs;
        }

        if (_next >= _log.NextNumber || _next - acknowledged > _settings.WindowRecords || nowMs < _sendAtMs ||
            !publisher.IsReady)
        {
            return false;
        }

        bool wasIdle = !HasOutstanding;
        if (!TrySend(acknowledged, utcSeconds, publisher))
        {
            return false;
        }

        _sendAtMs = nowMs + _settings.RecordSpacingMs;
        _sentUpTo = _next > _sentUpTo ? _next - 1 : _sentUpTo;
        if (wasIdle)
        {
            _progressMs = nowMs;
            _resendAtMs = nowMs + _resendMs;
        }

        return true;
    }

    private bool TrySend(long acknowledged, long utcSeconds, Publisher publisher)
    {
        if (_next < _log.OldestNumber)
        {
            return TrySendGap(_log.OldestNumber - 1, acknowledged, "dropped", publisher);
        }

        if (!_log.TryRead(_next, _message.Payload, out int count, out int kind))
        {
            _failedReads++;
            return _failedReads >= ReadAttempts && TrySendGap(LastMissing(), acknowledged, "missing", publisher);
        }

        _failedReads = 0;
        _message.Write(_json, _next, acknowledged, kind, count, utcSeconds);
        if (_json.Overflowed)
        {
            return TrySendGap(_next, acknowledged, "unreadable", publisher);
        }

        if (!publisher.TryPublish(_topic, _json, false))
        {
            return false;
        }

        NoteSent(_next);
        if (_next > _highestSent)
        {
            _highestSent = _next;
            _counters.RecordsSent++;
        }
        else
        {
            _counters.RecordsResent++;
        }

        _next++;
        return true;
    }

    // A journal of several lanes drops the least valuable first: holes of many numbers, each unreadable.
    private long LastMissing()
    {
        long last = _next;
        while (last + 1 < _log.NextNumber && last - _next < MissingMax &&
            !_log.TryRead(last + 1, _message.Payload, out int _, out int _))
        {
            last++;
        }

        return last;
    }

    private bool TrySendGap(long last, long acknowledged, string reason, Publisher publisher)
    {
        // A gap belongs to one identity: what lies before it and what lies after it are two messages.
        last = _next < _log.IdentityFrom && last >= _log.IdentityFrom ? _log.IdentityFrom - 1 : last;
        _message.WriteGap(_json, _next, last, acknowledged, reason);
        if (!publisher.TryPublish(_topic, _json, false))
        {
            return false;
        }

        NoteSent(last);
        long uncounted = _next > _highestGap ? _next : _highestGap + 1;
        if (last >= uncounted)
        {
            _counters.RecordsDropped += last - uncounted + 1;
            _highestGap = last;
        }

        _failedReads = 0;
        _next = last + 1;
        return true;
    }
}
