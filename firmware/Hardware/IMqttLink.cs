namespace MeterFirmware.Hardware;

/// <summary>
/// One MQTT client, host or device. No call blocks or throws: connecting happens in the adapter's own background,
/// callbacks only fill a bounded queue that <see cref="TryReceive"/> drains. All publishing is QoS 1.
/// Delivery is not promised here: the telemetry outbox resends until the head-end's own acknowledgement.
/// </summary>
public interface IMqttLink
{
    MqttLinkState State { get; }

    /// <summary>Why the newest attempt failed or the newest connection ended, a line for people that outlives
    /// <see cref="Close"/>; null: it did not, or the adapter cannot tell.</summary>
    string LastError { get; }

    /// <summary>Starts a fresh client (a new one every time, so that DNS is asked again) with a retained QoS 1
    /// will.</summary>
    void Open(string clientId, string willTopic, byte[] willPayload);

    /// <summary>Ends the connection without the broker publishing the will when it can still be reached.</summary>
    void Close();

    /// <summary>Asks for a topic filter at QoS 1. False: not connected.</summary>
    bool TrySubscribe(string topicFilter);

    /// <summary>True when the broker has granted every filter asked for on this connection. A link whose filter the
    /// broker refuses closes itself and says so in <see cref="LastError"/>.</summary>
    bool IsSubscribed { get; }

    /// <summary>Messages of this connection that are settled, in the order of <see cref="TryPublish"/>: the broker
    /// confirmed them, or they were given up.</summary>
    int Settled { get; }

    /// <summary>Those of <see cref="Settled"/> that were given up: the broker refused them, or nobody knows.</summary>
    int GivenUp { get; }

    /// <summary>Incoming messages, since this link was made, that found the adapter's queue full. The broker takes them
    /// as delivered: only whoever sent them can repeat them.</summary>
    int IncomingDropped { get; }

    /// <summary>Hands a message over for sending. The bytes are copied before it returns. False: not connected or
    /// the adapter's queue is full; nothing was taken.</summary>
    bool TryPublish(string topic, byte[] payload, int payloadLength, bool retain);

    /// <summary>Takes the oldest waiting message. False: none.</summary>
    bool TryReceive(MqttMessage message);
}
