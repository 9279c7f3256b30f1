namespace MeterFirmware.Hardware;

/// <summary>Where a connection to the broker stands.</summary>
public enum MqttLinkState
{
    /// <summary>No connection, and none being made.</summary>
    Closed = 0,

    /// <summary>Being made in the background; ends in Open or Closed.</summary>
    Connecting = 1,

    /// <summary>CONNACK received with success.</summary>
    Open = 2,
}
