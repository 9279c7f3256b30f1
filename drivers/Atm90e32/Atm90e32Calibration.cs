using MeterFirmware.Basics;

namespace MeterFirmware.Drivers.Atm90e32;

/// <summary>Arithmetic of the test bench (application note 46103A, chapter 4).</summary>
public static class Atm90e32Calibration
{
    private const int DelayBit = 0x8000;
    private const int DelayMax = 0xFF;

    /// <summary>New voltage or current gain = gain × reference / reading. False: it does not fit the register, or one
    /// of the two is not above 0.</summary>
    public static bool TryGain(int gain, int reference, int reading, out int gainNew)
    {
        gainNew = gain;
        if (reference <= 0 || reading <= 0)
        {
            return false;
        }

        long wanted = Scaling.DivideRounded((long)gain * reference, reading);
        gainNew = wanted > 0xFFFF ? 0xFFFF : (int)wanted;
        return wanted == gainNew;
    }

    /// <summary>RMS offset of voltage or current: the average of the 32-bit value without input, shifted by
    /// 7.</summary>
    public static int RmsOffset(int averageWithoutInput) => -(averageWithoutInput >> 7);

    /// <summary>Power gain for an error of active power at power factor 1: −ε / (1 + ε) × 2¹⁵.</summary>
    /// <param name="errorMillionths">(reading − reference) / reference.</param>
    public static int PowerGain(int errorMillionths) =>
        (int)Scaling.DivideRounded(-errorMillionths * 32_768L, 1_000_000 + errorMillionths);

    /// <summary>Phase register for an error of active power at power factor 0.5 inductive: ε × 3763.739 at 50 Hz,
    /// ε × 3136.449 at 60 Hz, in cycles of 2.048 MHz.</summary>
    public static int PhaseAngle(int errorMillionths, bool is60Hertz)
    {
        int size = errorMillionths < 0 ? -errorMillionths : errorMillionths;
        int cycles = (int)Scaling.DivideRounded(size * (is60Hertz ? 3_136_449L : 3_763_739L), 1_000_000_000);
        cycles = cycles > DelayMax ? DelayMax : cycles;
        return PhaseRegister(errorMillionths < 0 ? -cycles : cycles);
    }

    /// <summary>Phase register for a delay, in cycles of 2.048 MHz.</summary>
    /// <param name="cycles">−255 to 255; below 0 the voltage is delayed instead of the current.</param>
    public static int PhaseRegister(int cycles) => cycles < 0 ? -cycles | DelayBit : cycles;
}
