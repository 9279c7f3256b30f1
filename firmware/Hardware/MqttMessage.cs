namespace MeterFirmware.Hardware;

/// <summary>One incoming message, reused: the payload is the first <see cref="PayloadLength"/> bytes.</summary>
public sealed class MqttMessage
{
    public MqttMessage(int payloadBytesMax)
    {
        Payload = new byte[payloadBytesMax];
    }

    public string Topic { get; set; } = "";

    public byte[] Payload { get; }

    /// <summary>Bytes received; above Payload.Length the message was too long and its payload was dropped.</summary>
    public int PayloadLength { get; set; }

    public bool IsTooLong => PayloadLength > Payload.Length;
}
