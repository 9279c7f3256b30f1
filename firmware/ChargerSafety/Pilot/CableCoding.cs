namespace MeterFirmware.ChargerSafety.Pilot;

/// <summary>What a cable bears, from the resistor in its plug.</summary>
public static class CableCoding
{
    // Where each code begins, and the last ends: between two codes the geometric mean, as the tolerance bands of
    // IEC 61851-1 Table B.2 leave it.
    private const int Ohms63Amps = 80;
    private const int Ohms32Amps = 148;
    private const int Ohms20Amps = 387;
    private const int Ohms13Amps = 1_010;
    private const int OhmsMax = 2_250;

    /// <summary>Reads the coding. IEC 61851-1 Table B.2: 1 500 Ω 13 A, 680 Ω 20 A, 220 Ω 32 A, 100 Ω 63 A (70 A on one
    /// phase). GB/T 18487.1 (one secondary source, so only where the commissioning asks for it): 10, 16, 32, 63 A.
    /// False: no coded cable is plugged in; then nothing may be offered.</summary>
    public static bool TryMilliamps(ChargingStandard standard, int ohms, int phaseCount, out int milliamps)
    {
        bool isGbt = standard == ChargingStandard.Gbt18487;
        if (ohms >= Ohms63Amps && ohms < Ohms32Amps)
        {
            milliamps = !isGbt && phaseCount == 1 ? 70_000 : 63_000;
        }
        else if (ohms >= Ohms32Amps && ohms < Ohms20Amps)
        {
            milliamps = 32_000;
        }
        else if (ohms >= Ohms20Amps && ohms < Ohms13Amps)
        {
            milliamps = isGbt ? 16_000 : 20_000;
        }
        else if (ohms >= Ohms13Amps && ohms <= OhmsMax)
        {
            milliamps = isGbt ? 10_000 : 13_000;
        }
        else
        {
            milliamps = 0;
        }

        return milliamps > 0;
    }
    /// <summary>Resistors that read as a cable of so much; of 0 mA, a resistor that is too high. False: none
    /// does.</summary>
    internal static bool TryOhms(
        ChargingStandard standard, int phaseCount, int milliamps, out int lowest, out int highest)
    {
        lowest = Ohms63Amps;
        highest = Ohms32Amps - 1;
        if (milliamps == 0)
        {
            lowest = OhmsMax + 1;
            highest = int.MaxValue;
            return true;
        }

        while (!TryMilliamps(standard, lowest, phaseCount, out int found) || found != milliamps)
        {
            if (lowest == Ohms13Amps)
            {
                return false;
            }

            lowest = highest + 1;
            highest = lowest == Ohms32Amps ? Ohms20Amps - 1 : lowest == Ohms20Amps ? Ohms13Amps - 1 : OhmsMax;
        }

        return true;
    }
}
