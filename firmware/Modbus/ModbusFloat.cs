namespace MeterFirmware.Modbus;

/// <summary>IEEE 754 single precision in whole numbers: exact, rounded once, and without a heap object a
/// value.</summary>
public static class ModbusFloat
{
    /// <summary>"No value" of SunSpec: a quiet NaN.</summary>
    public const int NaN = 0x7FC00000;

    private const int MantissaBits = 23;
    private const int Bias = 127;

    /// <summary>The float's value times a factor, rounded half away from zero. False: NaN, infinite or above 62
    /// bits.</summary>
    public static bool TryScale(int bits, long multiplier, out long value)
    {
        value = 0;
        int exponent = (bits >> MantissaBits) & 0xFF;
        int fraction = bits & 0x7FFFFF;
        if (exponent == 0xFF)
        {
            return false;
        }

        long mantissa = exponent == 0 ? fraction : fraction + 0x800000;
        int shift = (exponent == 0 ? 1 : exponent) - Bias - MantissaBits;
        long product = mantissa * (multiplier < 0 ? -multiplier : multiplier);
        if (shift >= 0)
        {
            if (product != 0 && (shift > 61 || product >> (62 - shift) != 0))
            {
                return false;
            }

            product = shift > 61 ? 0 : product << shift;
        }
        else
        {
            product = shift < -62 ? 0 : (product + (1L << (-shift - 1))) >> -shift;
        }

        value = (bits < 0) != (multiplier < 0) ? -product : product;
        return true;
    }

    /// <summary>Bits of the float nearest to value ÷ divisor. Divisor 1 to 10⁹.</summary>
    public static int FromRatio(long value, int divisor)
    {
        if (value == 0)
        {
            return 0;
        }

        int sign = value < 0 ? int.MinValue : 0;
        long dividend = value < 0 ? -value : value;
        long by = divisor;
        int exponent = Bias + MantissaBits;

        // The quotient is brought to 24 bits: the divisor grows, or the dividend.
        while (dividend / by >= 1L << (MantissaBits + 1))
        {
            if (by > long.MaxValue / 4)
            {
                dividend >>= 1;
            }
            else
            {
                by <<= 1;
            }

            exponent++;
        }

        while (dividend / by < 1L << MantissaBits)
        {
            dividend <<= 1;
            exponent--;
        }

        long mantissa = dividend / by;
        long rest = dividend % by;
        bool isUp = rest > by - rest || (rest == by - rest && (mantissa & 1) != 0);
        mantissa += isUp ? 1 : 0;
        if (mantissa == 1L << (MantissaBits + 1))
        {
            mantissa >>= 1;
            exponent++;
        }

        return sign | (exponent << MantissaBits) | (int)(mantissa & 0x7FFFFF);
    }
}
