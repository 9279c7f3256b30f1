using System;
using MQTTnet;

namespace MeterFirmware.Boards.Simulator.Mqtt;

/// <summary>A broker answered a connection with no.</summary>
public sealed class MqttRefusedException : Exception
{
    public MqttRefusedException(MqttClientConnectResultCode code, string reason)
        : base($"the broker refused the connection: {code}{(string.IsNullOrEmpty(reason) ? "" : $", {reason}")}")
    {
        Code = code;
    }

    public MqttClientConnectResultCode Code { get; }

    /// <summary>True when it may be the version of MQTT that was not liked: 132 in MQTT 5 (section 3.2.2.2), 1 in 3.1.1
    /// (section 3.2.2.3), which some brokers send whatever the client speaks.</summary>
    public bool IsOfTheVersion => Code == MqttClientConnectResultCode.UnsupportedProtocolVersion || (int)Code == 1;
}
