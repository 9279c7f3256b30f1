using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Bench;

/// <summary>A link that never connects: a meter without a network.</summary>
public sealed class DisconnectedLink : IMqttLink
{
    public MqttLinkState State => MqttLinkState.Closed;

    public string LastError => null;

    public void Open(string clientId, string willTopic, byte[] willPayload)
    {
    }

    public void Close()
    {
    }

    public bool IsSubscribed => false;

    public int Settled => 0;

    public int GivenUp => 0;

    public int IncomingDropped => 0;

    public bool TrySubscribe(string topicFilter) => false;

    public bool TryPublish(string topic, byte[] payload, int payloadLength, bool retain) => false;

    public bool TryReceive(MqttMessage message) => false;
}
