using System;
using System.Collections.Concurrent;
using System.Threading;
using MeterFirmware.Hardware;
using MQTTnet;

namespace MeterFirmware.Boards.Simulator;

/// <summary>
/// The host's MQTT link, over MQTTnet. Every <see cref="Open"/> makes a new client in the background; what arrives goes
/// into a bounded queue that <see cref="TryReceive"/> drains. Allocates per message, as the package does: the rule of no
/// allocation in a tick holds for firmware/, not for board adapters.
/// </summary>
public sealed class MqttNetLink : IMqttLink, IDisposable
{
    /// <summary>Incoming messages that may wait; further ones are dropped and counted.</summary>
    private const int IncomingMax = 256;

    private readonly Action<MqttClientOptionsBuilder> _configure;
    private readonly ConcurrentQueue<MqttApplicationMessage> _incoming = new();
    private MqttNetSession _session;
    private string _lastError;
    private int _incomingDropped;

    /// <param name="configure">Sets the server, and TLS, user and the like where wanted: <see cref="MqttAddress"/>.</param>
    public MqttNetLink(Action<MqttClientOptionsBuilder> configure)
    {
        _configure = configure;
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

    /// <inheritdoc/>
    public string LastError => State == MqttLinkState.Open ? null : _session?.LastError ?? _lastError;

    /// <inheritdoc/>
    public void Open(string clientId, string willTopic, byte[] willPayload)
    {
        Close();
        _incoming.Clear();
        MqttClientOptionsBuilder builder = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
            .WithClientId(clientId)
            .WithCleanStart()
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(15))
            .WithTimeout(TimeSpan.FromSeconds(10))
            .WithWillTopic(willTopic)
            .WithWillPayload(willPayload)
            .WithWillRetain()
            .WithWillQualityOfServiceLevel(MQTTnet.Protocol.MqttQualityOfServiceLevel.AtLeastOnce);
        _configure(builder);
        _session = new MqttNetSession(builder.Build(), Arrived);
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
        _session?.Close(isGraceful);
        _session = null;
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
