using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;

namespace MeterFirmware.Telemetry;

/// <summary>
/// A product's whole telemetry: link, birth and will, outbox, instant readings, incoming messages. One call a tick,
/// which allocates nothing and waits for nothing. Records reach it through the log alone.
/// </summary>
public sealed class TelemetryAgent : ILinkIntroduction
{
    /// <summary>Records per tick when the spacing is 0: even then the loop has other work.</summary>
    private const int RecordsPerTick = 16;

    private readonly TelemetryOptions _options;
    private readonly IMqttLink _link;
    private readonly LinkSupervisor _supervisor;
    private readonly TelemetryTopics _topics;
    private readonly string[] _filters;
    private readonly StatusMessage _status;
    private readonly InstantMessage _instant;
    private readonly Outbox _outbox;
    private readonly RangeReader _range;
    private readonly Inbox _inbox;
    private readonly ByteTextWriter _json;
    private long _nowMs;
    private long _instantAtMs;
    private long _birthAtMs;
    private int _introduced;
    private bool _isBirthDue;

    /// <param name="options">Read now; later changes do nothing.</param>
    /// <param name="link">The board's MQTT client.</param>
    /// <param name="log">Where the product appends its records.</param>
    /// <param name="instants">Where the newest readings come from.</param>
    /// <param name="payloads">Readers of the record kinds that the product logs, <see cref="IntervalPayload"/> and
    /// <see cref="EventPayload"/> among them.</param>
    /// <param name="buffer">Room for a record, or for an incoming message, that others use too: of
    /// <see cref="TelemetryOptions.BufferBytes"/>. A handler reads its message before it calls anything that uses the room.
    /// Null or too short: room of its own.</param>
    public TelemetryAgent(TelemetryOptions options, IMqttLink link, IRecordLog log, IInstantSource instants,
        IRecordPayload[] payloads, byte[] buffer = null)
    {
        options.Require();
        _options = options;
        _link = link;
        _topics = new TelemetryTopics(options.Device);
        _filters = new[] { _topics.Acknowledge, _topics.Query, _topics.Command, _topics.Desired };
        _json = new ByteTextWriter(options.PayloadBytesMax);
        _status = new StatusMessage(options, log);
        _instant = new InstantMessage(options.Device, instants);
        byte[] room = buffer != null && buffer.Length >= options.BufferBytes ? buffer : new byte[options.BufferBytes];
        RecordMessage message = new RecordMessage(options.Device, options.HistoricalAfterSeconds, payloads, room);
        _outbox = new Outbox(log, message, _topics.Record, options, Counters, _json);
        _range = new RangeReader(log, message, _topics.Record, options, Counters, _json);
        _inbox = new Inbox(_topics, options, Counters, _outbox, _range, room, _json);
        _supervisor = new LinkSupervisor(link, this, options, Counters, _topics.Status, _status.MakeWill());
    }

    public TelemetryCounters Counters { get; } = new TelemetryCounters();

    /// <summary>Device address.</summary>
    public string Device => _options.Device;

    public LinkState State => _supervisor.State;

    /// <summary>Records not acknowledged yet.</summary>
    public long Pending => _outbox.Pending;

    /// <summary>True while records are sent and not acknowledged: a simulation whose clock runs fast waits here.</summary>
    public bool HasOutstanding => _outbox.HasOutstanding;

    /// <summary>Takes commands; null: they are refused as not supported.</summary>
    public ICommandHandler Commands
    {
        get => _inbox.Commands;
        set => _inbox.Commands = value;
    }

    /// <summary>Takes wanted configurations; null: they are refused as not supported.</summary>
    public ICommandHandler Configuration
    {
        get => _inbox.Configuration;
        set => _inbox.Configuration = value;
    }

    /// <summary>Published on the reported topic whenever it has changed; null: nothing.</summary>
    public IReportSource Report { get; set; }

    /// <summary>Makes the connection anew: its settings have changed.</summary>
    public void Reconnect(long nowMs) => _supervisor.Drop(nowMs);

    /// <summary>Publishes the birth again, with the names of the rates that are now in force, up to the first
    /// null (null itself: unnamed). The array is kept.</summary>
    public void Announce(string[] rateNames)
    {
        _status.RateNames = rateNames;
        _isBirthDue = true;
    }

    /// <summary>Publishes the birth again: the head-end answers a birth with the time.</summary>
    public void AskForTime() => _isBirthDue = true;

    /// <summary>True when the birth with these numbers is the newest, and was handed over at most so long ago.</summary>
    public bool IsBirth(long next, long birth, int ageMsMax, out long ageMs)
    {
        ageMs = _nowMs - _birthAtMs;
        return birth > 0 && birth == _status.Birth && next == _status.BirthNext && ageMs <= ageMsMax;
    }

    /// <summary>Does what is due.</summary>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <param name="utcSeconds">UTC seconds, or 0 when the time is not known.</param>
    public void Tick(long nowMs, long utcSeconds)
    {
        _nowMs = nowMs;
        if (_supervisor.Tick(nowMs))
        {
            _outbox.Restart(nowMs);
            _inbox.Restart();
        }

        if (_supervisor.State != LinkState.Online)
        {
            SkipInstant(nowMs);
            return;
        }

        _inbox.Tick(nowMs, utcSeconds, _link);
        if (_outbox.TakeStalled(nowMs))
        {
            Counters.DeadPeers++;
            _supervisor.Drop(nowMs);
            return;
        }

        if (_inbox.IsReplyWaiting)
        {
            // It stands in the buffer that everything else is written into, and the link has no room anyway.
            SkipInstant(nowMs);
            return;
        }

        if (_isBirthDue)
        {
            _isBirthDue = !TryPublishBirth(_link);
        }

        if (Report != null && Report.IsReportDue)
        {
            PublishReport();
        }

        // The instant reading goes first: it is one message, and it is worth something only now.
        SendInstant(nowMs, utcSeconds);
        for (int i = 0; i < RecordsPerTick && _outbox.Tick(nowMs, utcSeconds, _link); i++)
        {
        }

        _range.Tick(nowMs, utcSeconds, _link);
    }

    /// <inheritdoc/>
    public bool TryIntroduce(IMqttLink link, bool isFirst)
    {
        if (isFirst)
        {
            _introduced = 0;
        }

        while (_introduced < _filters.Length)
        {
            if (!link.TrySubscribe(_filters[_introduced]))
            {
                return false;
            }

            _introduced++;
        }

        if (!TryPublishBirth(link))
        {
            return false;
        }

        _isBirthDue = false;
        return true;
    }

    private bool TryPublishBirth(IMqttLink link)
    {
        _birthAtMs = _nowMs;
        _status.WriteBirth(_json);

        // 63 rates with long names could outgrow the buffer: a birth without them is better than none.
        if (_json.Overflowed)
        {
            _status.RateNames = null;
            _status.WriteBirth(_json);
        }

        return link.TryPublish(_topics.Status, _json.Bytes, _json.Length, true);
    }

    private void PublishReport()
    {
        _json.Clear();
        Report.WriteReport(_json);

        // One that does not fit is a bug of its writer; trying it for ever would help nobody.
        if (_json.Overflowed || _link.TryPublish(_topics.Reported, _json.Bytes, _json.Length, true))
        {
            Report.NoteReported();
        }
    }

    private void SendInstant(long nowMs, long utcSeconds)
    {
        if (_options.InstantIntervalMs == 0 || nowMs < _instantAtMs)
        {
            return;
        }

        _instantAtMs = nowMs + _options.InstantIntervalMs;
        _instant.Write(_json, utcSeconds, _outbox.Pending);
        if (!_json.Overflowed && _link.TryPublish(_topics.Instant, _json.Bytes, _json.Length, false))
        {
            Counters.InstantsSent++;
        }
        else
        {
            Counters.InstantsDropped++;
        }
    }

    private void SkipInstant(long nowMs)
    {
        if (_options.InstantIntervalMs != 0 && nowMs >= _instantAtMs)
        {
            _instantAtMs = nowMs + _options.InstantIntervalMs;
            Counters.InstantsDropped++;
        }
    }
}
