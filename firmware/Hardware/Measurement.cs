namespace MeterFirmware.Hardware;

/// <summary>
/// One reading of a power sensor in scaled integers, made once and filled anew every tick. Columns are per phase
/// (0, 1, 2); a single-phase meter fills phase 0 only. Import (from the grid to the customer) is positive. Fields and not
/// properties: a charger reads them every 10 ms, and a property is a call.
/// </summary>
public sealed class Measurement
{
    public const int PhaseCountMax = 3;

    /// <summary>Phases that carry values, 1 to 3.</summary>
    public int PhaseCount = 1;

    /// <summary>RMS phase voltage in mV (DC: the voltage), 0 or above.</summary>
    public readonly int[] VoltageMillivolts = new int[PhaseCountMax];

    /// <summary>RMS current in mA, 0 or above (DC: signed, import positive).</summary>
    public readonly int[] CurrentMilliamps = new int[PhaseCountMax];

    /// <summary>Active power in mW, import positive.</summary>
    public readonly int[] ActivePowerMilliwatts = new int[PhaseCountMax];

    /// <summary>Reactive power in mvar, inductive positive while importing.</summary>
    public readonly int[] ReactivePowerMillivars = new int[PhaseCountMax];

    /// <summary>Apparent power in mVA, 0 or above.</summary>
    public readonly int[] ApparentPowerMillivoltamperes = new int[PhaseCountMax];

    /// <summary>Power factor in 1/10 000, −10 000 to 10 000; the sign is the chip's.</summary>
    public readonly int[] PowerFactorTenThousandths = new int[PhaseCountMax];

    /// <summary>Mains frequency in mHz; 0 for DC or when unknown.</summary>
    public int FrequencyMillihertz;

    /// <summary>True when the energy columns hold counter differences; false: integrate power over time.</summary>
    public bool HasEnergy;

    /// <summary>Active energy in µJ imported since the last reading that was taken, 0 or above.</summary>
    public readonly long[] ImportMicrojoules = new long[PhaseCountMax];

    /// <summary>Active energy in µJ exported since the last reading that was taken, 0 or above.</summary>
    public readonly long[] ExportMicrojoules = new long[PhaseCountMax];

    /// <summary>Reactive energy in microvar-seconds since the last reading that was taken, signed.</summary>
    public readonly long[] ReactiveMicrovarSeconds = new long[PhaseCountMax];
}
