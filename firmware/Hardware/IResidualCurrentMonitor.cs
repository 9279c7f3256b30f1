namespace MeterFirmware.Hardware;

/// <summary>A residual-current monitor with an output for 30 mA AC and one for 6 mA DC (IEC 62955), both also wired
/// into the contactor coil's own circuit, and a test input.</summary>
public interface IResidualCurrentMonitor
{
    /// <summary>Reads the two trip outputs. False: not readable (an unplugged monitor must never read as
    /// healthy).</summary>
    bool TryRead(out bool acTripped, out bool dcTripped);

    /// <summary>Drives the test winding: the trip output must follow within the monitor's time, and fall
    /// again.</summary>
    void SetTest(bool active);
}
