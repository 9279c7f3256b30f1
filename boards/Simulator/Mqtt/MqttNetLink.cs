using System;
using System.Collections.Concurrent;
using System.Threading;
using MeterFirmware.Hardware;
using MQTTnet;

namespace MeterFirmware.Boards.Simulator.Mqtt;

/// <summary>
/// The host's MQTT link, over MQTTnet. Every <see cref="Open"/> makes a new client in the background; what arrives goes
/// into a bounded queue that <see cref="TryReceive"/> drains. Allocates per message, as the package does: the rule of
/// no allocation in a tick holds for firmware/, not for board adapters.
/// </summary>
public sealed class MqttNetLink : IMqttLink, IDisposable
{
    /// <summary>Incoming messages that may wait; further ones are dropped and counted.</summary>
    private const int IncomingMax = 256;

    /// <summary>First wait of real time before another attempt; doubles each time. A device's own wait is of its own
    /// clock, which a fleet may run a million times faster.</summary>
    private const int RetryMs = 100;

    /// <summary>Longest wait after an attempt that failed.</summary>
    private const int RetryMsMax = 5_000;

    /// <summary>Longest wait after a connection that was made and did not last.</summary>
    private const int ShortMsMax = 500;

    /// <summary>A connection that lasted so long is tried at once, and at the same broker, when it is lost.</summary>
    private const int StableMs = 5_000;

    private readonly MqttBrokers _brokers;
    private readonly ConcurrentQueue<MqttApplicationMessage> _incoming = new();
    private MqttNetSession _session;
    private string _lastError;
    private int _turn;
    private int _retryMs;
    private int _incomingDropped;

    /// <param name="configure">Sets the server, and TLS, user and the like where wanted:
    /// <see cref="MqttAddress"/>.</param>
    public MqttNetLink(Action<MqttClientOptionsBuilder> configure)
        : this(new MqttBrokers(configure))
    {
    }

    /// <param name="brokers">Where to; may be shared with other links.</param>
    public MqttNetLink(MqttBrokers brokers)
    {
        _brokers = brokers;
    }

    /// <inheritdoc/>
    public MqttLinkState State => _session?.State ?? MqttLinkState.Closed;

    /// <inheritdoc/>
    public int IncomingDropped => Volatile.Read(ref _incomingDropped);

    /// <inheritdoc/>
    public bool IsSubscribed => _session != null && _session.IsSubscribed;

    /// <inheritdoc/>
    public int Settled => _session == null ? 0 : _session.Settled;

    /// <inheritdoc/>
    public int GivenUp => _session == null ? 0 : _session.GivenUp;

    /// <summary>Topic and reason of the newest message that the broker refused on this connection; null: none, or it
    /// speaks 3.1.1, which has no word for that.</summary>
    public string LastRefusal => _session?.LastRefusal;

    /// <inheritdoc/>
    public string LastError => State == MqttLinkState.Open ? null : _session?.LastError ?? _lastError;

    /// <inheritdoc/>
    public void Open(string clientId, string willTopic, byte[] willPayload)
    {
        Close();
        _incoming.Clear();
        Action<MqttClientOptionsBuilder> prepare = builder => builder
            .WithClientId(clientId)
            .WithCleanStart()
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(15))
            .WithTimeout(TimeSpan.FromSeconds(10))
            .WithWillTopic(willTopic)
            .WithWillPayload(willPayload)
            .WithWillRetain()
            .WithWillQualityOfServiceLevel(MQTTnet.Protocol.MqttQualityOfServiceLevel.AtLeastOnce);
        int waitMs = _retryMs / 2 + Random.Shared.Next(_retryMs / 2 + 1);
        _session = new MqttNetSession(_brokers, _turn, waitMs, prepare, Arrived);
    }

    /// <inheritdoc/>
    public void Close() => Leave(isGraceful: true);

    /// <summary>Ends the connection as a power cut does: the broker publishes the will.</summary>
    public void Cut() => Leave(isGraceful: false);

    /// <inheritdoc/>
    public bool TrySubscribe(string topicFilter) =>
        _session != null && _session.TrySubscribe(topicFilter);

    /// <inheritdoc/>
    public bool TryPublish(string topic, byte[] payload, int payloadLength, bool retain) =>
        _session != null && _session.TryPublish(topic, payload, payloadLength, retain);

    /// <inheritdoc/>
    public bool TryReceive(MqttMessage message)
    {
        if (!_incoming.TryDequeue(out MqttApplicationMessage arrived))
        {
            return false;
        }

        message.Topic = arrived.Topic;
        message.PayloadLength = (int)arrived.Payload.Length;
        if (!message.IsTooLong)
        {
            int at = 0;
            foreach (ReadOnlyMemory<byte> part in arrived.Payload)
            {
                part.Span.CopyTo(message.Payload.AsSpan(at));
                at += part.Length;
            }
        }

        return true;
    }

    public void Dispose() => Close();

    private void Leave(bool isGraceful)
    {
        _lastError = LastError;
        if (_session != null)
        {
            NoteEnd(_session);
            _session.Close(isGraceful);
            _session = null;
        }
    }

    /// <summary>A good connection that was lost is made anew at the same broker. One that could not be made, did not
    /// last, or is given up because nobody answers behind it, moves on to the next.</summary>
    private void NoteEnd(MqttNetSession session)
    {
        bool wasStable = session.OpenMs >= StableMs;
        if (!wasStable || session.State == MqttLinkState.Open)
        {
            _turn++;
        }

        int most = session.OpenMs > 0 ? ShortMsMax : RetryMsMax;
        _retryMs = wasStable ? 0 : Math.Min(Math.Max(_retryMs * 2, RetryMs), most);
    }

    private void Arrived(MqttNetSession session, MqttApplicationMessage message)
    {
        // The last session's late messages must not be taken for this one's.
        if (session != _session)
        {
            return;
        }

        if (_incoming.Count >= IncomingMax)
        {
            Interlocked.Increment(ref _incomingDropped);
            return;
        }

        _incoming.Enqueue(message);
    }
}
