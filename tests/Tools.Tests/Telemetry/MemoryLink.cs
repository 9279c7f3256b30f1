using System.Collections.Generic;
using System.Linq;
using System.Text;
using MeterFirmware.Hardware;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>A link that keeps what was published and hands over what the test puts in.</summary>
internal sealed class MemoryLink : IMqttLink
{
    private readonly Queue<(string Topic, byte[] Payload)> _incoming = new();

    public List<(string Topic, string Payload)> Published { get; } = [];

    public MqttLinkState State { get; private set; }

    public string LastError => null;

    public bool IsSubscribed => State == MqttLinkState.Open;

    public int Settled { get; private set; }

    public int GivenUp => 0;

    public int IncomingDropped => 0;

    public string Will { get; private set; }

    public void Open(string clientId, string willTopic, byte[] willPayload)
    {
        Will = Encoding.UTF8.GetString(willPayload);
        Settled = 0;
        State = MqttLinkState.Open;
    }

    public void Close() => State = MqttLinkState.Closed;

    public bool TrySubscribe(string topicFilter) => true;

    public bool TryPublish(string topic, byte[] payload, int payloadLength, bool retain)
    {
        Settled++;
        Published.Add((topic, Encoding.UTF8.GetString(payload, 0, payloadLength)));
        return true;
    }

    public bool TryReceive(MqttMessage message)
    {
        if (!_incoming.TryDequeue(out (string Topic, byte[] Payload) arrived))
        {
            return false;
        }

        message.Topic = arrived.Topic;
        message.PayloadLength = arrived.Payload.Length;
        if (!message.IsTooLong)
        {
            arrived.Payload.CopyTo(message.Payload, 0);
        }

        return true;
    }

    public void Arrive(string topic, byte[] payload) => _incoming.Enqueue((topic, payload));

    public string Last(string channel) => Published.Last(one => one.Topic.EndsWith("/" + channel)).Payload;
}
