namespace MeterFirmware.ChargerSafety.Pilot;

/// <summary>Current to duty and back: IEC 61851-1 Tables A.7 and A.8, GB/T 18487.1-2023 Tables A.1 and A.2.
/// Duty in hundredths of a percent, current in mA per phase.</summary>
public static class PilotDuty
{
    /// <summary>Steady +12 V: no offer.</summary>
    public const int SteadyHigh = 10_000;

    /// <summary>Steady −12 V: charger not available (IEC state F).</summary>
    public const int SteadyLow = 0;

    /// <summary>5 %: digital communication (ISO 15118) decides the current.</summary>
    public const int DigitalCommunication = 500;

    /// <summary>The least current that can be offered.</summary>
    public const int OfferMilliampsMin = 6_000;

    /// <summary>The last current of the first line, 85 %; 51 to 52.5 A has no code of its own and is offered as 51
    /// A.</summary>
    public const int FirstLineMilliampsMax = 51_000;

    public const int SecondLineMilliampsMin = 52_500;

    public const int IecMilliampsMax = 80_000;
    public const int GbtMilliampsMax = 63_000;

    public static int MilliampsMax(ChargingStandard standard) =>
        standard == ChargingStandard.Gbt18487 ? GbtMilliampsMax : IecMilliampsMax;

    public static bool IsPwm(int dutyHundredths) => dutyHundredths != SteadyHigh && dutyHundredths != SteadyLow;

    /// <summary>The duty that offers a current; below 6 A steady +12 V, above the table its last value.</summary>
    public static int FromMilliamps(ChargingStandard standard, int milliamps)
    {
        if (milliamps < OfferMilliampsMin)
        {
            return SteadyHigh;
        }

        int max = MilliampsMax(standard);
        int current = milliamps > max ? max : milliamps;
        if (current < SecondLineMilliampsMin)
        {
            current = current > FirstLineMilliampsMax ? FirstLineMilliampsMax : current;

            // I / 0.6 A per percent, to the nearest hundredth.
            return (current + 3) / 6;
        }

        // I / 2.5 A per percent + 64, to the nearest hundredth.
        return (current + 12) / 25 + 6_400;
    }

    /// <summary>The current a duty offers, as the vehicle reads it: 0 where charging is not allowed or is
    /// left to digital communication.</summary>
    public static int ToMilliamps(ChargingStandard standard, int dutyHundredths)
    {
        if (standard == ChargingStandard.Gbt18487)
        {
            if (dutyHundredths < 1_000 || dutyHundredths > 9_000)
            {
                return 0;
            }
        }
        else if (dutyHundredths < 800 || dutyHundredths > 9_700)
        {
            return 0;
        }
        else if (dutyHundredths < 1_000)
        {
            return OfferMilliampsMin;
        }
        else if (dutyHundredths > 9_600)
        {
            return IecMilliampsMax;
        }

        int milliamps = dutyHundredths <= 8_500 ? dutyHundredths * 6 : (dutyHundredths - 6_400) * 25;
        int max = MilliampsMax(standard);
        return milliamps > max ? max : milliamps;
    }
}
