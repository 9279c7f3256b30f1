using MeterFirmware.Hardware;

namespace MeterFirmware.Telemetry;

/// <summary>What a device says first on a fresh connection.</summary>
public interface ILinkIntroduction
{
    /// <summary>Subscribes and publishes the birth, continuing where it stopped. False: the link had no room, ask again
    /// on the next tick.</summary>
    /// <param name="link">An open link.</param>
    /// <param name="isFirst">True on the first call of a connection: begin anew.</param>
    bool TryIntroduce(IMqttLink link, bool isFirst);
}
