using MeterFirmware.Hardware;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>A lock that does what it is told, for the explorer of the whole product.</summary>
internal sealed class ExplorerLock : IConnectorLock
{
    public bool IsLocked { get; private set; }

    public bool TrySet(bool locked)
    {
        IsLocked = locked;
        return true;
    }

    public bool TryReadFeedback(out bool locked)
    {
        locked = IsLocked;
        return true;
    }
}
