namespace MeterFirmware.Hardware;

/// <summary>Watches the continuity of the protective earth.</summary>
public interface IEarthMonitor
{
    /// <summary>True when earth is present. False result: not readable.</summary>
    bool TryRead(out bool earthPresent);
}
