namespace MeterFirmware.ChargerSafety;

/// <summary>The faults' stable numbers and names, as events, telemetry and the command line write them.</summary>
public static class ChargerFault
{
    public const int RcdAc = 0;
    public const int RcdDc = 1;
    public const int RcdSelfTest = 2;
    public const int Earth = 3;
    public const int PilotShort = 4;
    public const int Diode = 5;
    public const int OverCurrent = 6;
    public const int HardOverCurrent = 7;
    public const int OverVoltage = 8;
    public const int UnderVoltage = 9;
    public const int Frequency = 10;
    public const int PhaseLoss = 11;
    public const int OverTemperature = 12;
    public const int Welded = 13;
    public const int Stuck = 14;
    public const int Meter = 15;
    public const int LoopStall = 16;
    public const int Internal = 17;
    public const int Count = 18;

    /// <summary>Faults that open the contactor in the same tick, under load (facts: "Which faults open at once").
    /// All others end the offer and let the vehicle stop first.</summary>
    public const int ImmediateMask = 1 << RcdAc | 1 << RcdDc | 1 << Earth | 1 << PilotShort | 1 << Diode
        | 1 << HardOverCurrent | 1 << LoopStall | 1 << Internal;

    /// <summary>Faults that stay until the plug has been out or a person resets, once their cause is gone; but for those that
    /// <see cref="ChargeState.RetryFaults"/> says are tried again.</summary>
    public const int LatchedMask = 1 << RcdAc | 1 << RcdDc | 1 << RcdSelfTest | 1 << Diode | 1 << OverCurrent
        | 1 << HardOverCurrent | 1 << Stuck;

    /// <summary>Faults that only a person's reset ends, and that survive a restart.</summary>
    public const int PersonalMask = 1 << Welded;

    public static string NameOf(int fault)
    {
        switch (fault)
        {
            case RcdAc: return "rcd-ac";
            case RcdDc: return "rcd-dc";
            case RcdSelfTest: return "rcd-self-test";
            case Earth: return "pe";
            case PilotShort: return "pilot-short";
            case Diode: return "diode";
            case OverCurrent: return "over-current";
            case HardOverCurrent: return "hard-over-current";
            case OverVoltage: return "over-voltage";
            case UnderVoltage: return "under-voltage";
            case Frequency: return "frequency";
            case PhaseLoss: return "phase-loss";
            case OverTemperature: return "over-temperature";
            case Welded: return "welded";
            case Stuck: return "stuck";
            case Meter: return "meter";
            case LoopStall: return "loop-stall";
            default: return "internal";
        }
    }
}
