using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Device;

/// <summary>Stands for the link of a meter that was given no broker: it never connects.</summary>
public sealed class NoLink : IMqttLink
{
    public MqttLinkState State => MqttLinkState.Closed;

    public void Open(string clientId, string willTopic, byte[] willPayload)
    {
    }

    public void Close()
    {
    }

    public bool TrySubscribe(string topicFilter) => false;

    public bool TryPublish(string topic, byte[] payload, int payloadLength, bool retain) => false;

    public bool TryReceive(MqttMessage message) => false;
}
