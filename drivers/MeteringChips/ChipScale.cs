using MeterFirmware.Basics;

namespace MeterFirmware.Drivers.MeteringChips;

/// <summary>Register counts as units: a ratio of whole numbers, rounded to nearest.</summary>
public static class ChipScale
{
    /// <summary>A ratio beyond this would carry a full register out of an int many times over.</summary>
    private const int UnitsPerCountMax = 10_000;

    /// <summary>counts × numerator / denominator; beyond an int its end, which no commissioned maximum
    /// allows.</summary>
    public static int Scaled(int counts, int numerator, int denominator)
    {
        long product = (long)counts * numerator;
        long half = denominator / 2;
        long scaled = (product < 0 ? product - half : product + half) / denominator;
        return scaled > int.MaxValue ? int.MaxValue : scaled < -int.MaxValue ? -int.MaxValue : (int)scaled;
    }

    /// <summary>Throws when a scale cannot be one: a board is put together wrongly.</summary>
    public static void Require(int numerator, int denominator) => Invariant.Require(
        numerator > 0 && denominator > 0 && numerator / denominator < UnitsPerCountMax,
        "metering chip: a scale must be above 0 and below 10 000 units a count");

    /// <summary>Throws when the maxima that a connection can carry leave no room to tell what is beyond them.</summary>
    public static void RequireMaxima(int millivoltsMax, int milliampsMax, int milliwattsMax) => Invariant.Require(
        millivoltsMax > 0 && milliampsMax > 0 && milliwattsMax > 0 && millivoltsMax < int.MaxValue
        && milliampsMax < int.MaxValue && milliwattsMax < int.MaxValue,
        "metering chip: the commissioned maxima must be above 0 and below 2^31 - 1");

    public static bool IsWithin(int value, int min, int max) => value >= min && value <= max;

    /// <summary>U × I in mVA, at most int.MaxValue.</summary>
    public static int Apparent(int millivolts, int milliamps)
    {
        long apparent = Scaling.DivideRounded((long)millivolts * milliamps, 1000);
        return apparent > int.MaxValue ? int.MaxValue : (int)apparent;
    }

    /// <summary>P / S in 1/10 000 with the sign of P; 0 without apparent power.</summary>
    public static int PowerFactor(int activeMilliwatts, int apparentMillivoltamperes)
    {
        if (apparentMillivoltamperes <= 0)
        {
            return 0;
        }

        long factor = Scaling.DivideRounded(activeMilliwatts * 10_000L, apparentMillivoltamperes);
        return factor > 10_000 ? 10_000 : factor < -10_000 ? -10_000 : (int)factor;
    }
}
