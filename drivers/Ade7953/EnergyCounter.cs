namespace MeterFirmware.Drivers.Ade7953;

/// <summary>
/// Follows one signed energy register by difference. Both accumulation stages of the chip are signed and the register
/// wraps modulo 2^24 (data sheet, "Active Energy Calculation"; only the lower 24 bits of the 32-bit view are valid,
/// page 60), so a difference is exact while less than 2^23 counts lie between two readings. Nothing is reset by a
/// read: a reading that is lost on the bus loses no energy.
/// </summary>
internal sealed class EnergyCounter
{
    /// <summary>Counts in either direction that a difference can tell apart.</summary>
    public const int CountsMax = (1 << 23) - 1;

    private readonly long _numerator;
    private readonly long _denominator;
    private int _baseline;
    private long _remainder;

    /// <summary>Energy in µJ = counts × numerator / denominator.</summary>
    public EnergyCounter(long numerator, long denominator)
    {
        _numerator = numerator;
        _denominator = denominator;
    }

    /// <summary>Starts from this reading; what flowed before it is not counted.</summary>
    public void Restart(int register) => _baseline = register;

    /// <summary>Counts since the last reading that was taken, −2^23 to 2^23 − 1.</summary>
    public int DifferenceTo(int register) => ((register - _baseline) << 8) >> 8;

    /// <summary>True when so many counts can be the energy of <paramref name="microjoulesMax"/> or less.</summary>
    public bool IsWithin(int counts, long microjoulesMax)
    {
        long magnitude = counts < 0 ? -(long)counts : counts;

        // Two counts of tolerance: the first and the last may have been nearly complete.
        return (magnitude - 2) * _numerator <= microjoulesMax * _denominator;
    }

    /// <summary>Moves the baseline and gives the energy in µJ; the fraction is carried to the next call.</summary>
    public long Take(int register)
    {
        long scaled = DifferenceTo(register) * _numerator + _remainder;
        long microjoules = scaled / _denominator;
        _remainder = scaled - microjoules * _denominator;
        _baseline = register;
        return microjoules;
    }
}
