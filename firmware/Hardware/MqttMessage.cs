namespace MeterFirmware.Hardware;

/// <summary>One incoming message, reused: the payload is the first <see cref="PayloadLength"/> bytes of an array that
/// others may use when the message has been handled.</summary>
public sealed class MqttMessage
{
    public MqttMessage(int payloadBytesMax)
        : this(new byte[payloadBytesMax], payloadBytesMax)
    {
    }

    /// <param name="payload">Room of the longest payload or more.</param>
    /// <param name="payloadBytesMax">Longest payload that is taken.</param>
    public MqttMessage(byte[] payload, int payloadBytesMax)
    {
        Payload = payload;
        PayloadBytesMax = payloadBytesMax;
    }

    public string Topic { get; set; } = "";

    public byte[] Payload { get; }

    /// <summary>Longest payload in bytes.</summary>
    public int PayloadBytesMax { get; }

    /// <summary>Bytes received; above <see cref="PayloadBytesMax"/> the message was too long and its payload was
    /// dropped.</summary>
    public int PayloadLength { get; set; }

    public bool IsTooLong => PayloadLength > PayloadBytesMax;
}
