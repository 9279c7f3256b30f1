namespace MeterFirmware.Drivers.Twins;

/// <summary>
/// One signed energy register as the chip has it: 24 bits that wrap, fed with exact energy. The fraction of a count
/// is carried for ever, so the register never differs from the integral of the power by a whole count.
/// </summary>
internal sealed class TwinEnergyRegister
{
    private const long UnityGain = 0x40_0000;

    private readonly long _numerator;
    private readonly long _denominator;
    private long _errorRemainder;
    private long _gainRemainder;
    private long _remainder;
    private long _counts;

    /// <summary>One count = numerator / denominator µJ.</summary>
    public TwinEnergyRegister(long numerator, long denominator)
    {
        _numerator = numerator;
        _denominator = denominator;
    }

    /// <summary>The 24-bit register in its sign-extended 32-bit view.</summary>
    public int Register => ((int)_counts << 8) >> 8;

    /// <summary>Counts since power-up or the last clearing, unwrapped.</summary>
    public long Counts => _counts;

    public void Clear() => _counts = 0;

    /// <summary>Power-up: register and fraction begin at zero.</summary>
    public void Reset()
    {
        _counts = 0;
        _remainder = 0;
        _errorRemainder = 0;
        _gainRemainder = 0;
    }

    /// <summary>Adds energy through the gain register (0x400000 = 1.0).</summary>
    public void Add(long microjoules, int gain, int errorMillionths)
    {
        if (gain != UnityGain || errorMillionths != 0)
        {
            // Fits for up to 10^12 µJ a call, 0.28 kWh; both remainders are carried.
            long erroneous = microjoules * (1_000_000 + errorMillionths) + _errorRemainder;
            microjoules = erroneous / 1_000_000;
            _errorRemainder = erroneous - microjoules * 1_000_000;
            long scaled = microjoules * gain + _gainRemainder;
            microjoules = scaled / UnityGain;
            _gainRemainder = scaled - microjoules * UnityGain;
        }

        // In two parts: whole multiples first, so that hours at full power do not overflow.
        long whole = microjoules / _numerator;
        long rest = (microjoules - whole * _numerator) * _denominator + _remainder;
        long counts = rest / _numerator;
        _remainder = rest - counts * _numerator;
        _counts += whole * _denominator + counts;
    }
}
