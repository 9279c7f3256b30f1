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

    private const int AlarmMs = 3_600_000;

    private readonly TelemetrySettings _settings;
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
    private readonly Publisher _publisher;
    private readonly AcknowledgementReader _acknowledgements;
    private readonly StandingMessage _birth;
    private readonly StandingMessage _report;
    private long _alarmsSeen;
    private long _alarmAtMs;
    private long _nowMs;
    private long _instantAtMs;
    private long _birthAtMs;
    private int _introduced;

    /// <param name="settings">Read now; later changes do nothing.</param>
    /// <param name="link">The board's MQTT client.</param>
    /// <param name="log">Where the product appends its records.</param>
    /// <param name="instants">Where the newest readings come from.</param>
    /// <param name="payloads">Readers of the record kinds that the product logs, <see cref="IntervalPayload"/> and
    /// <see cref="EventPayload"/> among them.</param>
    /// <param name="buffer">Room for a record, or for an incoming message, that others use too: of
    /// <see cref="TelemetrySettings.BufferBytes"/>. A handler reads its message before it calls anything that uses the
    /// room. Null or too short: room of its own.</param>
    public TelemetryAgent(TelemetrySettings settings, IMqttLink link, IRecordLog log, IInstantSource instants,
        IRecordPayload[] payloads, byte[] buffer = null)
    {
        settings.Require();
        _settings = settings;
        _link = link;
        _topics = new TelemetryTopics(settings.Device);
        _filters = new[] { _topics.Acknowledge, _topics.Query, _topics.Command, _topics.Desired };
        _json = new ByteTextWriter(settings.PayloadBytesMax);
        _status = new StatusMessage(settings, log);
        _instant = new InstantMessage(settings.Device, instants);
        byte[] room = buffer != null && buffer.Length >= settings.BufferBytes ? buffer : new byte[settings.BufferBytes];
        RecordMessage message =
            new RecordMessage(settings.Device, settings.HistoricalAfterSeconds, payloads, room, log);
        _outbox = new Outbox(log, message, _topics.Record, settings, Counters, _json);
        _range = new RangeReader(log, message, _topics.Record, settings, Counters, _json, _outbox);
        _acknowledgements = new AcknowledgementReader(settings, log);
        _inbox = new Inbox(_topics, settings, Counters, _outbox, _range, _acknowledgements, room, _json);
        _publisher = new Publisher(link, settings);
        _birth = new StandingMessage(settings);
        _report = new StandingMessage(settings);
        _supervisor = new LinkSupervisor(link, this, settings, Counters, _topics.Status, _status.MakeWill());
    }

    public TelemetryCounters Counters { get; } = new TelemetryCounters();

    /// <summary>Device address.</summary>
    public string Device => _settings.Device;

    public LinkState State => _supervisor.State;

    /// <summary>Records not acknowledged yet.</summary>
    public long Pending => _outbox.Pending;

    /// <summary>True while records are sent and not acknowledged: a simulation whose clock runs fast waits
    /// here.</summary>
    public bool HasOutstanding => _outbox.HasOutstanding;

    /// <summary>Takes commands; null: they are refused as not supported.</summary>
    public ICommandHandler Commands
    {
        get => _inbox.Commands;
        set => _inbox.Commands = value;
    }

    /// <summary>Takes wanted settings; null: they are refused as not supported.</summary>
    public ICommandHandler Settings
    {
        get => _inbox.Settings;
        set => _inbox.Settings = value;
    }

    /// <summary>What acknowledgements are signed with; null: they are not.</summary>
    public IAcknowledgementKey AcknowledgementKey
    {
        get => _acknowledgements.Key;
        set => _acknowledgements.Key = value;
    }

    /// <summary>Stands on the reported topic; null: nothing.</summary>
    public IReportSource Report { get; set; }

    /// <summary>Makes the connection anew: its settings have changed.</summary>
    public void Reconnect(long nowMs) => _supervisor.Drop(nowMs);

    /// <summary>Publishes the birth again, with the names of the rates that are now in force, up to the first
    /// null (null itself: unnamed). The array is kept.</summary>
    public void Announce(string[] rateNames)
    {
        _status.RateNames = rateNames;
        _birth.Demand();
    }

    /// <summary>Publishes the birth again, with the grid code that the device is under from now on.</summary>
    /// <param name="name">Null: under none.</param>
    /// <param name="crc">CRC-32 of its compact form.</param>
    public void AnnounceGrid(string name, long crc)
    {
        _status.GridProfile = name;
        _status.GridProfileCrc = crc;
        _birth.Demand();
    }

    /// <summary>Publishes the birth again: the head-end answers a birth with the time.</summary>
    public void AskForTime() => _birth.Demand();

    /// <summary>True when an acknowledgement named what was never sent, for the product's event: at the first, and then
    /// at most once an hour, so that a flood of them does not fill the log. All are counted.</summary>
    /// <param name="upTo">The number that it named.</param>
    /// <param name="sentMax">The highest number that may have been sent.</param>
    public bool TryTakeAlarm(out long upTo, out long sentMax)
    {
        upTo = _inbox.UnsentUpTo;
        sentMax = _outbox.SentMax;
        if (Counters.AcknowledgedUnsent == _alarmsSeen || _nowMs < _alarmAtMs)
        {
            return false;
        }

        _alarmsSeen = Counters.AcknowledgedUnsent;
        _alarmAtMs = _nowMs + AlarmMs;
        return true;
    }

    /// <summary>True when the birth with these numbers is the newest, and was handed over at most so long
    /// ago.</summary>
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
        _publisher.Tick(nowMs);
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

        _inbox.Tick(nowMs, utcSeconds, _link, _publisher);
        if (_publisher.IsStuck)
        {
            Counters.StuckLinks++;
            _supervisor.Drop(nowMs);
            return;
        }

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

        if (_birth.Follow(nowMs, _link) && _publisher.IsReady)
        {
            TryPublishBirth();
        }

        PublishReport();

        // The instant reading goes first: it is one message, and it is worth something only now.
        SendInstant(nowMs, utcSeconds);
        for (int i = 0; i < RecordsPerTick && _outbox.Tick(nowMs, utcSeconds, _publisher); i++)
        {
        }

        _range.Tick(nowMs, utcSeconds, _publisher);
    }

    /// <inheritdoc/>
    public bool TryIntroduce(IMqttLink link, bool isFirst)
    {
        if (isFirst)
        {
            _introduced = 0;
            _publisher.Restart();
        }

        while (_introduced < _filters.Length)
        {
            if (!link.TrySubscribe(_filters[_introduced]))
            {
                return false;
            }

            _introduced++;
        }

        // A device that cannot hear its head-end is not there: the birth comes when every filter is granted.
        if (!link.IsSubscribed || !_publisher.IsReady || !TryPublishBirth())
        {
            return false;
        }

        _report.Demand();
        return true;
    }

    private bool TryPublishBirth()
    {
        _birthAtMs = _nowMs;
        _status.WriteBirth(_json);

        // 63 rates with long names could outgrow the buffer: a birth without them is better than none.
        if (_json.Overflowed)
        {
            _status.RateNames = null;
            _status.WriteBirth(_json);
        }

        if (!_publisher.TryPublish(_topics.Status, _json, true))
        {
            return false;
        }

        _birth.NoteTaken(_publisher.Taken, _link);
        return true;
    }

    private void PublishReport()
    {
        if (Report == null)
        {
            return;
        }

        if (Report.IsReportDue)
        {
            Report.NoteReported();
            _report.Demand();
        }

        if (!_report.Follow(_nowMs, _link) || !_publisher.IsReady)
        {
            return;
        }

        _json.Clear();
        Report.WriteReport(_json);
        if (_json.Overflowed)
        {
            // A bug of its writer; trying it for ever would help nobody.
            _report.GiveUp();
        }
        else if (_publisher.TryPublish(_topics.Reported, _json, true))
        {
            _report.NoteTaken(_publisher.Taken, _link);
        }
    }

    private void SendInstant(long nowMs, long utcSeconds)
    {
        if (_settings.InstantIntervalMs == 0 || nowMs < _instantAtMs)
        {
            return;
        }

        if (!_publisher.IsReady)
        {
            SkipInstant(nowMs);
            return;
        }

        _instantAtMs = nowMs + _settings.InstantIntervalMs;
        _instant.Write(_json, utcSeconds, _outbox.Pending);
        if (!_json.Overflowed && _publisher.TryPublish(_topics.Instant, _json, false))
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
        if (_settings.InstantIntervalMs != 0 && nowMs >= _instantAtMs)
        {
            _instantAtMs = nowMs + _settings.InstantIntervalMs;
            Counters.InstantsDropped++;
        }
    }
}
