namespace MeterFirmware.Hardware;

/// <summary>The motor that locks the plug in a socket outlet.</summary>
public interface IConnectorLock
{
    /// <summary>Starts the motor; it ends by itself within a second. False: the board could not.</summary>
    bool TrySet(bool locked);

    /// <summary>Reads the end switch. False: not readable, or in between.</summary>
    bool TryReadFeedback(out bool locked);
}
