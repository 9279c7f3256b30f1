using System.Numerics;

namespace MeterFirmware.Tools.Billing;

/// <summary>The one rounding of a bill: an exact fraction to a whole number, half away from zero.</summary>
public static class Rounding
{
    public static long HalfAwayFromZero(BigInteger numerator, BigInteger denominator)
    {
        BigInteger twice = BigInteger.Abs(numerator) * 2 + denominator;
        BigInteger whole = twice / (denominator * 2);
        return whole <= long.MaxValue ? (long)whole * numerator.Sign
            : throw new InputException("an amount beyond 9 × 10^14 of the currency: prices or energies are wrong");
    }
}
