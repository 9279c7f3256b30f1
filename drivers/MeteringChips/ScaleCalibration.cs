using MeterFirmware.Basics;

namespace MeterFirmware.Drivers.MeteringChips;

/// <summary>Arithmetic of the test bench for chips without gain registers: from a reference meter's value to a scale of
/// the settings.</summary>
public static class ScaleCalibration
{
    /// <summary>A numerator below it keeps 0.1 ppm and more.</summary>
    private const long NumeratorMax = 10_000_000;

    /// <summary>A board is within so much of its theory: beyond it the wiring is wrong, not the tolerance.</summary>
    private const int PermilleMax = 200;

    /// <summary>New scale = scale × reference / reading, for a scale that is a whole number of small units. False: one
    /// of the two is not above 0, or they are a fifth apart; the scale is then given back as it was.</summary>
    public static bool TryAdjust(int scale, int reference, int reading, out int scaleNew)
    {
        scaleNew = scale;
        if (!IsNear(reference, reading))
        {
            return false;
        }

        scaleNew = (int)Scaling.DivideRounded((long)scale * reference, reading);
        return true;
    }

    /// <summary>New scale = scale × reference / reading. False: one of the two is not above 0, or they are a fifth
    /// apart; the scale is then given back as it was.</summary>
    /// <param name="numerator">Of the scale in force.</param>
    /// <param name="denominator">Of the scale in force.</param>
    /// <param name="reference">What the reference shows.</param>
    /// <param name="reading">What the meter shows, in the same unit.</param>
    /// <param name="numeratorNew">For the settings.</param>
    /// <param name="denominatorNew">For the settings; a power of ten.</param>
    public static bool TryAdjust(
        int numerator, int denominator, int reference, int reading, out int numeratorNew, out int denominatorNew)
    {
        numeratorNew = numerator;
        denominatorNew = denominator;
        if (!IsNear(reference, reading))
        {
            return false;
        }

        double scale = (double)numerator / denominator * reference / reading;
        int power = 1_000_000_000;
        while (power > 1 && scale * power >= NumeratorMax)
        {
            power /= 10;
        }

        numeratorNew = (int)(scale * power + 0.5);
        denominatorNew = power;
        return true;
    }

    private static bool IsNear(int reference, int reading)
    {
        long apart = (long)reference - reading;
        return reference > 0 && reading > 0 && (apart < 0 ? -apart : apart) * 1000 <= (long)reading * PermilleMax;
    }
}
