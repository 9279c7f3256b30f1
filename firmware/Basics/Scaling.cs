namespace MeterFirmware.Basics;

/// <summary>Exact integer scaling where the product alone would overflow 64 bits.</summary>
public static class Scaling
{
    /// <summary>1 Wh = 3600 J.</summary>
    public const long MicrojoulesPerWattHour = 3_600_000_000;

    /// <summary>value × part ÷ whole, truncated towards zero, without the overflow of value × part.
    /// Needs 0 ≤ part ≤ whole and whole² within 63 bits (whole up to 3·10⁹: a month of milliseconds).</summary>
    public static long Share(long value, long part, long whole)
    {
        return value / whole * part + value % whole * part / whole;
    }

    /// <summary>Rounds to the nearest integer, halves away from zero. Divisor above 0.</summary>
    public static long DivideRounded(long dividend, long divisor)
    {
        long quotient = dividend / divisor;
        long remainder = dividend % divisor;
        if (remainder >= divisor - remainder)
        {
            return quotient + 1;
        }

        return -remainder >= divisor + remainder ? quotient - 1 : quotient;
    }
}
