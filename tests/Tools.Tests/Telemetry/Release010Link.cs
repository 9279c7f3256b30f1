using System.Text;
using System.Text.Json.Nodes;
using MeterFirmware.Hardware;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>Makes a device one of release 0.1.0 on the wire: its births and records name neither protocol nor journal,
/// and an acknowledgement with any member but device and upTo is refused, as that firmware refused it.</summary>
internal sealed class Release010Link(IMqttLink link) : IMqttLink
{
    /// <summary>Acknowledgements that 0.1.0 would have refused.</summary>
    public int Refused { get; private set; }

    public MqttLinkState State => link.State;

    public string LastError => link.LastError;

    public bool IsSubscribed => link.IsSubscribed;

    public int Settled => link.Settled;

    public int GivenUp => link.GivenUp;

    public int IncomingDropped => link.IncomingDropped;

    public void Open(string clientId, string willTopic, byte[] willPayload) =>
        link.Open(clientId, willTopic, willPayload);

    public void Close() => link.Close();

    public bool TrySubscribe(string topicFilter) => link.TrySubscribe(topicFilter);

    public bool TryPublish(string topic, byte[] payload, int payloadLength, bool retain)
    {
        JsonObject message = JsonNode.Parse(Encoding.UTF8.GetString(payload, 0, payloadLength)).AsObject();
        message.Remove("protocol");
        message.Remove("journal");
        byte[] old = Encoding.UTF8.GetBytes(message.ToJsonString());
        return link.TryPublish(topic, old, old.Length, retain);
    }

    public bool TryReceive(MqttMessage message)
    {
        while (link.TryReceive(message))
        {
            if (!message.Topic.EndsWith("/ack"))
            {
                return true;
            }

            JsonObject ack = JsonNode.Parse(Encoding.UTF8.GetString(message.Payload, 0, message.PayloadLength))
                .AsObject();
            if (ack.Count == 2 && ack.ContainsKey("device") && ack.ContainsKey("upTo"))
            {
                return true;
            }

            Refused++;
        }

        return false;
    }
}
