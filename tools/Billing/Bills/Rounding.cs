using System.Numerics;

namespace MeterFirmware.Tools.Billing;

/// <summary>The one rounding of a bill: an exact fraction to a whole number, half away from zero.</summary>
public static class Rounding
{
    public static long HalfAwayFromZero(BigInteger numerator, BigInteger denominator)
    {
        BigInteger twice = BigInteger.Abs(numerator) * 2 + denominator;
        return (long)(twice / (denominator * 2)) * numerator.Sign;
    }
}
