namespace MeterFirmware.ChargerSafety.Pilot;

/// <summary>The voltage bands of the control pilot's positive peak.</summary>
public static class PilotBands
{
    // IEC 61851-1 Table A.4: nominal 12, 9, 6, 3, 0 V, each ±1 V; test benches accept ±1.1 V. What lies between two
    // bands keeps the level before, so a pilot that drifts through a gap does not chatter.
    public const int IecToleranceMillivolts = 1_100;
    private const int StepMillivolts = 3_000;

    // GB/T 18487.1-2023 Table A.4: 11 V and above, 8 to 10 V, 4 to 7 V; 1 V and below is state 0.
    public const int GbtState1MillivoltsMin = 11_000;
    public const int GbtState2MillivoltsMax = 10_000;
    public const int GbtState2MillivoltsMin = 8_000;
    public const int GbtState3MillivoltsMax = 7_000;
    public const int GbtState3MillivoltsMin = 4_000;

    /// <summary>A positive peak at or below this cannot come from a short to earth: the pilot is pulled
    /// negative.</summary>
    public const int NegativeMillivoltsMax = -6_000;

    /// <summary>The negative peak must be at least this low while PWM runs: −12 V when a diode is there, −9 V or above
    /// through the vehicle's resistors when it is not; the middle of the two (IEC 61851-1 Table A.4, notes).</summary>
    public const int DiodeMillivoltsMax = -10_500;

    public static PilotLevel Classify(ChargingStandard standard, int highMillivolts)
    {
        if (highMillivolts <= NegativeMillivoltsMax)
        {
            return PilotLevel.Negative;
        }

        return standard == ChargingStandard.Gbt18487 ? Gbt(highMillivolts) : Iec(highMillivolts);
    }

    /// <summary>The peaks that <see cref="Classify"/> takes for a level at which a vehicle answers or none is there.
    /// False: it is another level.</summary>
    internal static bool TryWindow(ChargingStandard standard, PilotLevel level, out int lowest, out int highest)
    {
        bool isGbt = standard == ChargingStandard.Gbt18487;
        int nominal = level == PilotLevel.Volts12 ? 12_000
            : level == PilotLevel.Volts9 ? 9_000
            : level == PilotLevel.Volts6 ? 6_000
            : level == PilotLevel.Volts3 && !isGbt ? 3_000 : 0;
        lowest = nominal - IecToleranceMillivolts;
        highest = level == PilotLevel.Volts12 ? int.MaxValue : nominal + IecToleranceMillivolts;
        if (isGbt)
        {
            lowest = level == PilotLevel.Volts12 ? GbtState1MillivoltsMin
                : level == PilotLevel.Volts9 ? GbtState2MillivoltsMin : GbtState3MillivoltsMin;
            highest = level == PilotLevel.Volts12 ? int.MaxValue
                : level == PilotLevel.Volts9 ? GbtState2MillivoltsMax : GbtState3MillivoltsMax;
        }

        return nominal > 0;
    }

    private static PilotLevel Iec(int millivolts)
    {
        if (millivolts <= IecToleranceMillivolts)
        {
            return PilotLevel.Volts0;
        }

        if (millivolts >= 12_000 - IecToleranceMillivolts)
        {
            return PilotLevel.Volts12;
        }

        int step = (millivolts + StepMillivolts / 2) / StepMillivolts;
        int beside = millivolts - step * StepMillivolts;
        bool isInBand = beside >= -IecToleranceMillivolts && beside <= IecToleranceMillivolts;
        return isInBand ? (PilotLevel)(5 - step) : PilotLevel.Between;
    }

    private static PilotLevel Gbt(int millivolts)
    {
        if (millivolts >= GbtState1MillivoltsMin)
        {
            return PilotLevel.Volts12;
        }

        if (millivolts >= GbtState2MillivoltsMin && millivolts <= GbtState2MillivoltsMax)
        {
            return PilotLevel.Volts9;
        }

        if (millivolts >= GbtState3MillivoltsMin && millivolts <= GbtState3MillivoltsMax)
        {
            return PilotLevel.Volts6;
        }

        // 7 to 8 V and 10 to 11 V keep the state before; 1 to 4 V is no state at all, and a charger that does not know
        // must not hold a contactor: it counts as state 0.
        return millivolts < GbtState3MillivoltsMin ? PilotLevel.Volts0 : PilotLevel.Between;
    }
}
