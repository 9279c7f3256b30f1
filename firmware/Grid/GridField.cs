namespace MeterFirmware.Grid;

/// <summary>
/// Places of the single numbers of a <see cref="GridProfile"/>. Voltages are millionths of the nominal voltage,
/// frequencies mHz away from the nominal one, times ms. 0 switches the function off where that is said.
/// </summary>
public static class GridField
{
    /// <summary>The mains that the profile is written for: mV between phase and neutral.</summary>
    public const int NominalMillivolts = 0;
    public const int NominalMillihertz = 1;

    /// <summary>Mean voltage above which the unit trips; 0 = off.</summary>
    public const int MeanLimitPpm = 2;
    public const int MeanWindowMs = 3;
    public const int MeanStepMs = 4;

    /// <summary>The frequency is not judged while all phases are below this.</summary>
    public const int FrequencyFromPpm = 5;

    /// <summary>Without readings the unit ceases after the first time and trips after the second.</summary>
    public const int MissingCeaseMs = 6;
    public const int MissingTripMs = 7;

    /// <summary>Coming back: the window, the wait within it, the ramp from 0 to the rated power (0 = at
    /// once).</summary>
    public const int ReturnLowPpm = 8;
    public const int ReturnHighPpm = 9;
    public const int ReturnLowMillihertz = 10;
    public const int ReturnHighMillihertz = 11;
    public const int ReturnWaitMs = 12;
    public const int ReturnRampMs = 13;

    /// <summary>A unit of less than so many VA may wait a random time instead of the ramp; 0 ms = none may.</summary>
    public const int RandomMsMax = 14;
    public const int RandomVoltAmperesMax = 15;

    /// <summary>Frequency–watt: where it starts, and the change of frequency, in millionths of the nominal one, that
    /// moves the power by the rated power; a droop of 0 = off.</summary>
    public const int OverStartMillihertz = 16;
    public const int OverDroopPpm = 17;
    public const int UnderStartMillihertz = 18;
    public const int UnderDroopPpm = 19;
    public const int FrequencyDelayMs = 20;

    /// <summary>90 % of a step is done after so long; 0 = at once.</summary>
    public const int FrequencyResponseMs = 21;

    /// <summary>Fastest change back, millionths of the rated power a second; 0 = as the response.</summary>
    public const int RecoveryPpmPerSecond = 22;

    /// <summary>Volt–watt of a source: all up to the first voltage, nothing from the second on; 0 = off.</summary>
    public const int VoltWattFullPpm = 23;
    public const int VoltWattNonePpm = 24;
    public const int VoltWattResponseMs = 25;

    /// <summary>Volt–watt of a load: all down to the first voltage, nothing from the second on; 0 = off.</summary>
    public const int LoadFullPpm = 26;
    public const int LoadNonePpm = 27;

    /// <summary>Volt–var: four voltages, rising, and the reactive power there in millionths of the rated apparent
    /// power, positive = given to the grid; a first voltage of 0 = off.</summary>
    public const int VarVoltsPpm = 28;
    public const int VarPpm = 32;
    public const int VarResponseMs = 36;

    /// <summary>1: active power makes room for reactive power; 0: the other way round.</summary>
    public const int IsVarFirst = 37;

    public const int Count = 38;

    private const int PpmMax = 2_000_000;
    private const int OffsetMax = 20_000;
    private const int HourMs = 3_600_000;

    /// <summary>The least that a field may be.</summary>
    public static int Least(int field)
    {
        switch (field)
        {
            case NominalMillivolts:
                return 50_000;
            case NominalMillihertz:
                return 45_000;
            case MeanStepMs:
                return 100;
            case ReturnLowMillihertz:
            case ReturnHighMillihertz:
                return -OffsetMax;
            case VarPpm:
            case VarPpm + 1:
            case VarPpm + 2:
            case VarPpm + 3:
                return -1_000_000;
            default:
                return 0;
        }
    }

    /// <summary>The most that a field may be.</summary>
    public static int Most(int field)
    {
        switch (field)
        {
            case NominalMillivolts:
                return 500_000;
            case NominalMillihertz:
                return 65_000;
            case ReturnLowMillihertz:
            case ReturnHighMillihertz:
            case OverStartMillihertz:
            case UnderStartMillihertz:
                return OffsetMax;
            case RandomVoltAmperesMax:
                return int.MaxValue;
            case IsVarFirst:
                return 1;
            case MeanWindowMs:
            case MeanStepMs:
            case MissingCeaseMs:
            case MissingTripMs:
            case ReturnWaitMs:
            case ReturnRampMs:
            case RandomMsMax:
            case FrequencyDelayMs:
            case FrequencyResponseMs:
            case VoltWattResponseMs:
            case VarResponseMs:
                return HourMs;
            default:
                return field >= VarPpm && field < VarPpm + 4 ? 1_000_000 : PpmMax;
        }
    }
}
