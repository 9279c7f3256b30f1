namespace MeterFirmware.Drivers.MeteringChips;

/// <summary>
/// Follows energy registers of a chip by difference; all of one kind. A register wraps modulo 2^bits, so a difference
/// is exact while less than its span lies between two readings. Nothing is reset by a read: a reading that is lost on
/// the bus loses no energy.
/// </summary>
public sealed class EnergyCounter
{
    private readonly int _bits;
    private readonly bool _isSigned;
    private long _wholeMicrojoules;
    private long _restNumerator;
    private long _denominator;
    private readonly long[] _remainders;

    /// <summary>Energy in µJ = counts × numerator / denominator.</summary>
    /// <param name="bits">Width of the register, 8 to 32; 32 only when signed.</param>
    /// <param name="isSigned">True: it counts up and down. False: only up, and a difference is 0 or above.</param>
    /// <param name="numerator">At least the denominator; 2^bits × numerator / denominator fits a long.</param>
    /// <param name="denominator">1 to 10^9.</param>
    /// <param name="registers">That are followed; each has a fraction of its own.</param>
    public EnergyCounter(int bits, bool isSigned, long numerator, long denominator, int registers = 1)
    {
        _remainders = new long[registers];
        _bits = bits;
        _isSigned = isSigned;
        SetScale(numerator, denominator);
        MicrojoulesMax = ((1L << (isSigned ? bits - 1 : bits)) - 1) * _wholeMicrojoules;
    }

    public int RegisterCount => _remainders.Length;

    /// <summary>Energy that a difference can tell apart, in µJ, by the scale of the constructor.</summary>
    public long MicrojoulesMax { get; }

    /// <summary>Another scale, which a chip tells by itself; fractions under way are dropped.</summary>
    public void SetScale(long numerator, long denominator)
    {
        _wholeMicrojoules = numerator / denominator;
        _restNumerator = numerator % denominator;
        _denominator = denominator;
        for (int i = 0; i < _remainders.Length; i++)
        {
            _remainders[i] = 0;
        }
    }

    /// <summary>Counts from one register value to another.</summary>
    public long Difference(int from, int to) => _isSigned
        ? ((to - from) << (32 - _bits)) >> (32 - _bits)
        : (to - from) & ((1 << _bits) - 1);

    /// <summary>True when so many counts can be the energy of <paramref name="microjoulesMax"/> or less.</summary>
    public bool IsWithin(long counts, long microjoulesMax)
    {
        long magnitude = counts < 0 ? -counts : counts;

        // Two counts of tolerance: the first and the last may have been nearly complete.
        return (magnitude - 2) * _wholeMicrojoules <= microjoulesMax;
    }

    /// <summary>So many counts in µJ; the fraction is carried to the next call.</summary>
    public long Take(int register, long counts)
    {
        long part = counts * _restNumerator + _remainders[register];
        long microjoules = part / _denominator;
        _remainders[register] = part - microjoules * _denominator;
        return counts * _wholeMicrojoules + microjoules;
    }
}
