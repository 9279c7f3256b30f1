namespace MeterFirmware.ChargerSafety.Pilot;

/// <summary>The standards' names of the pilot states, from what is read and what is driven.</summary>
public static class PilotNames
{
    /// <summary>"A" to "F", or GB/T's "0" to "4" with "p" for the prime (PWM on).</summary>
    public static string StateOf(ChargingStandard standard, PilotLevel level, int dutyHundredths)
    {
        bool isGbt = standard == ChargingStandard.Gbt18487;
        if (dutyHundredths == PilotDuty.SteadyLow)
        {
            return isGbt ? "4" : "F";
        }

        bool isPwm = PilotDuty.IsPwm(dutyHundredths);
        switch (level)
        {
            case PilotLevel.Volts12: return isGbt ? (isPwm ? "1p" : "1") : "A";
            case PilotLevel.Volts9: return isGbt ? (isPwm ? "2p" : "2") : "B";
            case PilotLevel.Volts6: return isGbt ? (isPwm ? "3p" : "3") : "C";
            case PilotLevel.Volts3: return isGbt ? "0" : "D";
            case PilotLevel.Negative: return isGbt ? "4" : "F";
            default: return isGbt ? "0" : "E";
        }
    }
}
