using MeterFirmware.Boards.Simulator.Mqtt;
using MQTTnet;

namespace MeterFirmware.Tools.HeadEnds;

/// <summary>Where a head-end listens and where it keeps what it hears.</summary>
public sealed class HeadEndOptions
{
    /// <summary>Sets server, TLS, user on the client's options; or else <see cref="Brokers"/>.</summary>
    public Action<MqttClientOptionsBuilder>? Configure { get; init; }

    /// <summary>Where the brokers are, tried in turn; null: the one of <see cref="Configure"/>. Speaks MQTT 5 or
    /// 3.1.1.</summary>
    public MqttBrokers? Brokers { get; init; }

    /// <summary>SQLite file; null keeps everything in memory and loses it when the head-end is disposed of.</summary>
    public string? DatabasePath { get; init; }

    /// <summary>Another store in the place of the SQLite file; its owner disposes of it.</summary>
    public IHeadEndStore? Store { get; init; }

    /// <summary>Whole months that records are kept, beside the running one, at most 1 200; 0: for ever.</summary>
    public int RetentionMonths { get; init; }

    /// <summary>MQTT client id; two head-ends on one broker need two.</summary>
    public string ClientId { get; init; } = "mf-head-end";

    /// <summary>Messages stored in one transaction, at most.</summary>
    public int BatchMax { get; init; } = 1_000;

    /// <summary>Bytes of messages waiting for the store; then the broker has to wait, and from twice as many on
    /// messages are let go, which their devices send again.</summary>
    public long QueueBytesMax { get; init; } = 32 << 20;

    /// <summary>Longest message of a device in bytes: eight times what a device composes.</summary>
    public int MessageBytesMax { get; init; } = 16_384;

    /// <summary>Largest power of any device in W: an interval with more energy than a day of it is set apart and not
    /// counted. Set it to the largest rating in the field.</summary>
    public long PowerWattsMax { get; init; } = Bounds.PowerWattsMax;

    /// <summary>Takes lines for a log: refusals by device and reason, why a connection fails. Called from any
    /// thread.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>Longest wait for the broker's answer to a connect, a subscription or a message, in ms; then the
    /// connection is made anew. MQTTnet's own time-out does not hold once a token is passed to it.</summary>
    public int AnswerMsMax { get; init; } = 10_000;

    /// <summary>Time between two messages to ourselves in ms: what does not come back within <see cref="AnswerMsMax"/>
    /// shows a broker that takes but no longer forwards.</summary>
    public int EchoMs { get; init; } = 10_000;

    /// <summary>Called with every instant reading, on the receiving thread: device, payload.</summary>
    public Action<string, ReadOnlyMemory<byte>>? InstantArrived { get; init; }

    /// <summary>The key with which a device is told the time whenever it says that it is there; null, or null for a
    /// device: it is not told.</summary>
    public Func<string, DeviceKey?>? TimeKeyOf { get; init; }

    /// <summary>The key that a device's acknowledgements are signed with (DeviceSecurity.AcknowledgementKeyOf): it can
    /// do nothing else. Null, or null for a device: its acknowledgements go without mac, which it takes while its
    /// configuration says "acknowledgement":{"plain":true}.</summary>
    public Func<string, byte[]?>? AcknowledgementKeyOf { get; init; }

    /// <summary>The clock that devices are told, UTC.</summary>
    public Func<DateTimeOffset> UtcNow { get; init; } = () => DateTimeOffset.UtcNow;

    /// <summary>Called with every reply of a device, on the receiving thread: device, payload.</summary>
    public Action<string, ReadOnlyMemory<byte>>? ReplyArrived { get; init; }
}
