namespace MeterFirmware.ChargerSafety;

/// <summary>What a cable bears, from the resistor in its plug.</summary>
public static class CableCoding
{
    /// <summary>Reads the coding. IEC 61851-1 Table B.2: 1 500 Ω 13 A, 680 Ω 20 A, 220 Ω 32 A, 100 Ω 63 A (70 A on one
    /// phase). GB/T 18487.1 (one secondary source, so only where the commissioning asks for it): 10, 16, 32, 63 A.
    /// False: no coded cable is plugged in; then nothing may be offered.</summary>
    public static bool TryMilliamps(ChargingStandard standard, int ohms, int phaseCount, out int milliamps)
    {
        bool isGbt = standard == ChargingStandard.Gbt18487;

        // The limits between two codes are the geometric means, as the tolerance bands of Table B.2 leave them.
        if (ohms >= 80 && ohms < 148)
        {
            milliamps = !isGbt && phaseCount == 1 ? 70_000 : 63_000;
        }
        else if (ohms >= 148 && ohms < 387)
        {
            milliamps = 32_000;
        }
        else if (ohms >= 387 && ohms < 1_010)
        {
            milliamps = isGbt ? 16_000 : 20_000;
        }
        else if (ohms >= 1_010 && ohms <= 2_250)
        {
            milliamps = isGbt ? 10_000 : 13_000;
        }
        else
        {
            milliamps = 0;
        }

        return milliamps > 0;
    }
}
