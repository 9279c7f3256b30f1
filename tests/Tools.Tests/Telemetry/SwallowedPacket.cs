namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>What a <see cref="SilentBroker"/> does not send.</summary>
internal enum SwallowedPacket
{
    ConnAck,
    PubAck,
    Publish,
}
