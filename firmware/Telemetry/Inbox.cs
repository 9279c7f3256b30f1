using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Telemetry;

/// <summary>
/// Takes incoming messages, a few per tick. Acknowledgements and queries are handled here, commands and settings
/// are handed on. Whatever is not exactly as documented is refused, counted and answered, and changes nothing. A reply
/// that finds no room on the link waits, and the next message waits behind it.
/// </summary>
public sealed class Inbox
{
    /// <summary>Messages per tick: a flood must not hold the loop.</summary>
    private const int MessagesPerTick = 8;

    private readonly TelemetryTopics _topics;
    private readonly TelemetrySettings _settings;
    private readonly TelemetryCounters _counters;
    private readonly Outbox _outbox;
    private readonly RangeReader _range;
    private readonly MqttMessage _message;
    private readonly ByteTextWriter _reply;
    private readonly AcknowledgementReader _acknowledgements;

    // Room for members and levels that a later version of the protocol may add.
    private readonly FlatJson _json = new FlatJson(memberCountMax: 16, depthMax: 4);
    private int _droppedSeen;
    private int _droppedUntold;
    private string _replyTopic;
    private bool _isReplyRetained;

    /// <param name="buffer">Room for a message that others use too: it is handled within one call.</param>
    /// <param name="reply">Shared with everything that is published: nothing may be written into it while
    /// <see cref="IsReplyWaiting"/>.</param>
    public Inbox(TelemetryTopics topics, TelemetrySettings settings, TelemetryCounters counters, Outbox outbox,
        RangeReader range, AcknowledgementReader acknowledgements, byte[] buffer, ByteTextWriter reply)
    {
        _acknowledgements = acknowledgements;
        _topics = topics;
        _settings = settings;
        _counters = counters;
        _outbox = outbox;
        _range = range;
        _message = new MqttMessage(buffer, settings.IncomingBytesMax);
        _reply = reply;
    }

    /// <summary>Takes commands; null: none is supported.</summary>
    public ICommandHandler Commands { get; set; }

    /// <summary>Takes wanted settings; null: not supported.</summary>
    public ICommandHandler Settings { get; set; }

    /// <summary>The number that the last acknowledgement of something unsent named.</summary>
    public long UnsentUpTo { get; private set; }

    /// <summary>True while a reply waits for room on the link.</summary>
    public bool IsReplyWaiting => _replyTopic != null;

    /// <summary>Forgets a reply that the old link did not take: whoever asked will ask again.</summary>
    public void Restart()
    {
        _replyTopic = null;
    }

    /// <summary>Call while the link is online.</summary>
    public void Tick(long nowMs, long utcSeconds, IMqttLink link, Publisher publisher)
    {
        NoteDropped(link);
        for (int i = 0; i < MessagesPerTick; i++)
        {
            if (!TryFlush(publisher))
            {
                return;
            }

            if (_droppedUntold > 0)
            {
                TellDropped();
                continue;
            }

            if (!link.TryReceive(_message))
            {
                break;
            }

            _counters.Received++;
            _reply.Clear();
            Take(nowMs, utcSeconds);
        }

        if (TryFlush(publisher) && _range.IsDone)
        {
            AnswerRange();
            TryFlush(publisher);
        }
    }

    private void Take(long nowMs, long utcSeconds)
    {
        string topic = _message.Topic;
        if (_message.IsTooLong)
        {
            Refuse(topic, Refusal.TooLong, -1);
        }
        else if (topic == _topics.Acknowledge)
        {
            TakeAcknowledgement(nowMs);
        }
        else if (topic == _topics.Query)
        {
            TakeQuery();
        }
        else if (topic == _topics.Command)
        {
            HandOn(Commands, _topics.Reply, false, nowMs, utcSeconds);
        }
        else if (topic == _topics.Desired)
        {
            HandOn(Settings, _topics.Reported, true, nowMs, utcSeconds);
        }
        else
        {
            Refuse(topic, Refusal.UnknownTopic, -1);
        }
    }

    private void HandOn(ICommandHandler handler, string replyTopic, bool isRetained, long nowMs, long utcSeconds)
    {
        if (handler == null)
        {
            Refuse(_message.Topic, Refusal.NotSupported, -1);
        }
        else if (handler.TryHandle(nowMs, utcSeconds, _message, _reply))
        {
            _replyTopic = replyTopic;
            _isReplyRetained = isRetained;
        }
    }

    private void TakeAcknowledgement(long nowMs)
    {
        if (!TryReadObject() || !IsForUs())
        {
            return;
        }

        string refusal = _acknowledgements.Judge(_json, nowMs);
        if (refusal == Refusal.Busy)
        {
            // No answer: a flood must not be doubled.
            _counters.Refused++;
        }
        else if (refusal != null)
        {
            _counters.AcknowledgementsForeign += refusal == Refusal.MissingMember ? 0 : 1;
            Refuse(_topics.Acknowledge, refusal, -1);
        }
        else if (!_outbox.TryAcknowledge(nowMs, _acknowledgements.UpTo, _acknowledgements.IsSigned))
        {
            // Forged, or two devices of one name: what was never sent would be lost.
            _counters.AcknowledgedUnsent++;
            UnsentUpTo = _acknowledgements.UpTo;
            Refuse(_topics.Acknowledge, Refusal.OutOfRange, -1);
        }
    }

    private void TakeQuery()
    {
        if (!TryReadObject() || !HasOnly("device", "id", "query", "fromUtcSeconds", "toUtcSeconds") || !IsForUs())
        {
            return;
        }

        if (!_json.TryFind("id", out int id) || _json.KindOf(id) != JsonKind.Text ||
            !_json.TryFind("query", out int query) || !_json.TryGetInteger("fromUtcSeconds", out long from) ||
            !_json.TryGetInteger("toUtcSeconds", out long to))
        {
            Refuse(_topics.Query, Refusal.MissingMember, -1);
        }
        else if (!_json.TextEquals(query, "records"))
        {
            Refuse(_topics.Query, Refusal.NotSupported, -1);
        }
        else if (to < from || _json.EndOf(id) - _json.StartOf(id) > RangeReader.IdBytesMax)
        {
            Refuse(_topics.Query, Refusal.OutOfRange, -1);
        }
        else if (!_range.TryBegin(_message.Payload, _json.StartOf(id), _json.EndOf(id) - _json.StartOf(id), from, to))
        {
            Refuse(_topics.Query, Refusal.Busy, -1);
        }
    }

    private bool TryReadObject()
    {
        if (_json.TryRead(_message.Payload, 0, _message.PayloadLength))
        {
            return true;
        }

        Refuse(_message.Topic, Refusal.Of(_json.Fault), _json.FaultOffset);
        return false;
    }

    private bool HasOnly(string first, string second, string third, string fourth, string fifth)
    {
        for (int i = 0; i < _json.Count; i++)
        {
            bool isKnown = _json.IsNamed(i, first) || _json.IsNamed(i, second) || _json.IsNamed(i, third) ||
                _json.IsNamed(i, fourth) || _json.IsNamed(i, fifth);
            if (!isKnown)
            {
                Refuse(_message.Topic, Refusal.UnknownMember, _json.NameStartOf(i));
                return false;
            }
        }

        return true;
    }

    private bool IsForUs()
    {
        if (_json.TryFind("device", out int device) && _json.TextEquals(device, _settings.Device))
        {
            return true;
        }

        Refuse(_message.Topic, Refusal.WrongDevice, -1);
        return false;
    }

    private void Refuse(string topic, string reason, int offset)
    {
        _counters.Refused++;
        WriteRefusal(topic.Length > 128 ? "" : topic, reason, "at", offset);
    }

    private void NoteDropped(IMqttLink link)
    {
        int dropped = link.IncomingDropped - _droppedSeen;
        _droppedSeen += dropped;
        _droppedUntold += dropped;
        _counters.IncomingDropped += dropped;
    }

    /// <summary>Whoever waits for an answer to one of them is not left to guess: the broker told him that it was
    /// delivered.</summary>
    private void TellDropped()
    {
        WriteRefusal("", Refusal.Overrun, "count", _droppedUntold);
        _droppedUntold = 0;
    }

    private void WriteRefusal(string topic, string reason, string name, int value)
    {
        _reply.Clear();
        _reply.BeginObject();
        _reply.Name("device");
        _reply.Value(_settings.Device);
        _reply.Name("topic");
        _reply.Value(topic);
        _reply.Name("ok");
        _reply.Value(false);
        _reply.Name("error");
        _reply.Value(reason);
        if (value >= 0)
        {
            _reply.Name(name);
            _reply.Value(value);
        }

        _reply.EndObject();
        _replyTopic = _topics.Reply;
        _isReplyRetained = false;
    }

    private void AnswerRange()
    {
        _reply.Clear();
        _reply.BeginObject();
        _reply.Name("device");
        _reply.Value(_settings.Device);
        _reply.Name("id");
        _reply.Byte((byte)'"');
        _range.WriteId(_reply);
        _reply.Raw("\",");
        _reply.Name("ok");
        _reply.Value(true);
        _reply.Name("count");
        _reply.Value(_range.Count);
        _reply.EndObject();
        _range.Finish();
        _replyTopic = _topics.Reply;
        _isReplyRetained = false;
    }

    private bool TryFlush(Publisher publisher)
    {
        if (_replyTopic == null)
        {
            return true;
        }

        // A reply that does not fit is a bug of its writer; it must not stop what comes after it.
        if (!_reply.Overflowed && !publisher.TryPublish(_replyTopic, _reply, _isReplyRetained))
        {
            return false;
        }

        _replyTopic = null;
        return true;
    }
}
