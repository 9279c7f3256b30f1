namespace MeterFirmware.Drivers.Ade7953;

/// <summary>Arithmetic of the test bench: from a reference meter's value to the chip's registers.</summary>
public static class Ade7953Calibration
{
    /// <summary>1.0 in a gain register.</summary>
    public const int UnityGain = 0x40_0000;

    /// <summary>0.5, the least a gain register may hold.</summary>
    public const int GainMin = 0x20_0000;

    /// <summary>1.5, the most a gain register may hold.</summary>
    public const int GainMax = 0x60_0000;

    /// <summary>The phase register's magnitude has nine bits of which 383 steps are allowed.</summary>
    public const int PhaseStepsMax = 383;

    /// <summary>65 W at the default scale, either sign: a larger offset of active power is a fault of the
    /// board.</summary>
    public const int PowerOffsetMax = 10_000;

    private const int PhaseSign = 0x200;

    /// <summary>New gain = gain × reference / reading, rounded to nearest. <paramref name="reference"/> and
    /// <paramref name="reading"/> are in the same unit, above 0. False: they are not, or the gain had to be clamped to
    /// 0x200000 or 0x600000: the board's scale is wrong, not its tolerance.</summary>
    public static bool TryGain(int gain, int reference, int reading, out int gainNew)
    {
        if (reference <= 0 || reading <= 0)
        {
            gainNew = gain;
            return false;
        }

        long wanted = ((long)gain * reference + reading / 2) / reading;
        gainNew = wanted < GainMin ? GainMin : wanted > GainMax ? GainMax : (int)wanted;
        return wanted == gainNew;
    }

    /// <summary>A signed count of steps as the sign-magnitude value of PHCALA/PHCALB (page 60).</summary>
    public static int PhaseRegister(int steps) => steps < 0 ? -steps | PhaseSign : steps;
}
