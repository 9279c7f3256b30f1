using MeterFirmware.Basics;

namespace MeterFirmware.Drivers.PolyphaseChips;

/// <summary>Arithmetic of the test bench for gain registers that count what is above 1.0.</summary>
public static class GainCalibration
{
    /// <summary>New gain of voltage, current or power: (1 + gain) × reference / reading − 1. False: it is not between
    /// a half and twice, or one of the two is not above 0; the gain is then given back as it was.</summary>
    /// <param name="unity">What a chip's register adds for 1.0.</param>
    /// <param name="gain">In force.</param>
    /// <param name="reference">What the reference shows.</param>
    /// <param name="reading">What the meter shows, in the same unit.</param>
    /// <param name="gainNew">For the settings.</param>
    public static bool TryAdjust(int unity, int gain, int reference, int reading, out int gainNew)
    {
        gainNew = gain;
        if (reference <= 0 || reading <= 0)
        {
            return false;
        }

        long wanted = Scaling.DivideRounded(((long)unity + gain) * reference, reading) - unity;
        if (wanted < -unity / 2 || wanted >= unity)
        {
            return false;
        }

        gainNew = (int)wanted;
        return true;
    }
}
