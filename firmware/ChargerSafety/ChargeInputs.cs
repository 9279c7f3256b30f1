namespace MeterFirmware.ChargerSafety;

/// <summary>Everything the state machine may know in a tick, made once and filled anew. The defaults are a healthy
/// station without a vehicle.</summary>
public sealed class ChargeInputs
{
    public const int PhaseCountMax = 3;

    public bool PilotReadable = true;
    public int HighMillivolts = 12_000;
    public int LowMillivolts = -12_000;

    /// <summary>Proximity resistor in Ω; anything uncoded (0, int.MaxValue) is no cable.</summary>
    public int CableOhms = 220;

    public bool RcdReadable = true;
    public bool AcTripped;
    public bool DcTripped;

    public bool EarthReadable = true;
    public bool EarthPresent = true;

    public bool TemperatureReadable = true;
    public int TenthsCelsius = 250;

    public bool FeedbackReadable = true;
    public bool FeedbackClosed;

    public bool MeterReadable = true;
    public int FrequencyMillihertz = 50_000;
    public readonly int[] VoltageMillivolts;
    public readonly int[] CurrentMilliamps;

    /// <summary>The least of schedule, site share and grid limit, in mA per phase.</summary>
    public int LimitMilliamps = 16_000;

    public bool IsAuthorized = true;

    /// <summary>The vehicle gives back, and its grid profile judges voltage and frequency in place of a load's window.
    /// What protects the station stays: a surge, a lost phase, all that is not the mains.</summary>
    public bool IsMainsJudgedByProfile;

    /// <summary>The profile's verdict: 0, or the bit of the <see cref="ChargerFault"/> by which it trips (over-voltage,
    /// under-voltage or frequency). Means something while the profile judges.</summary>
    public int MainsFault;

    /// <summary>A person pressed reset since the last tick.</summary>
    public bool IsReset;

    /// <summary>The product caught an exception, or an output refused.</summary>
    public bool IsInternalFault;

    public ChargeInputs()
        : this(new int[] { 230_000, 230_000, 230_000 }, new int[PhaseCountMax])
    {
    }

    /// <param name="voltageMillivolts">Read wherever they are filled: what is not readable is not looked at.</param>
    /// <param name="currentMilliamps">The same.</param>
    public ChargeInputs(int[] voltageMillivolts, int[] currentMilliamps)
    {
        VoltageMillivolts = voltageMillivolts;
        CurrentMilliamps = currentMilliamps;
    }
}
