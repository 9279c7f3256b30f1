using MeterFirmware.Basics;

namespace MeterFirmware.Tariffs;

/// <summary>
/// Money out of energy in exact integers. A line of a bill is rounded once, half away from zero, to 0.0001 of the
/// currency (facts/metering-rules.md, "prices").
/// </summary>
public static class Bill
{
    /// <summary>
    /// Parts in a ten-thousandth of the currency: one microjoule at one millionth per kWh costs one part.
    /// 10^-6 / (3.6 × 10^12 µJ) = 10^-4 / (3.6 × 10^14).
    /// </summary>
    public const long PartsPerTenThousandth = 360_000_000_000_000;

    private const long MillionthWattHoursPerTenThousandth = 100_000;

    /// <summary>Cost of whole watt-hours, as a bill made from a register's reading.</summary>
    public static long LineCost(long wattHours, long priceMillionthsPerKwh) =>
        LineCost(wattHours, 0, priceMillionthsPerKwh);

    /// <summary>
    /// Cost of an energy in ten-thousandths of the currency, exact and then rounded once, half away from zero.
    /// Energy 0 to 10^12 Wh and a remainder below one watt-hour; price −10^12 to 10^12 millionths per kWh. The result
    /// must stay below 4.6 × 10^14 of the currency: anything beyond throws, nothing wraps.
    /// </summary>
    public static long LineCost(long wattHours, long remainderMicrojoules, long priceMillionthsPerKwh)
    {
        long whole = WholeCost(wattHours, remainderMicrojoules, priceMillionthsPerKwh, out long parts);
        return Rounded(whole, parts);
    }

    /// <summary>Exact cost: whole ten-thousandths (rounded down, also below 0) and the parts above them,
    /// 0 to <see cref="PartsPerTenThousandth"/> − 1.</summary>
    internal static long WholeCost(long wattHours, long remainderMicrojoules, long price, out long parts)
    {
        Invariant.Require(
            wattHours >= 0 && wattHours <= TariffLimits.TierFromWattHoursMax
            && remainderMicrojoules >= 0 && remainderMicrojoules < Scaling.MicrojoulesPerWattHour
            && price >= -TariffLimits.PriceMax && price <= TariffLimits.PriceMax,
            "Bill: energy or price out of range");
        bool isNegative = price < 0;
        long magnitude = isNegative ? -price : price;

        // wattHours = high × 10^5 + low: the high part costs whole ten-thousandths.
        long high = wattHours / MillionthWattHoursPerTenThousandth;
        long low = wattHours % MillionthWattHoursPerTenThousandth;
        Invariant.Require(high == 0 || magnitude <= (long.MaxValue >> 1) / high, "Bill: cost beyond 4.6e14");
        long whole = high * magnitude + low * magnitude / MillionthWattHoursPerTenThousandth;
        parts = low * magnitude % MillionthWattHoursPerTenThousandth * Scaling.MicrojoulesPerWattHour;

        // The remainder's price is cut the same way, so that no product passes 3.6 × 10^16.
        long priceHigh = magnitude / MillionthWattHoursPerTenThousandth;
        long priceLow = magnitude % MillionthWattHoursPerTenThousandth;
        whole += remainderMicrojoules * priceHigh / Scaling.MicrojoulesPerWattHour;
        parts += remainderMicrojoules * priceHigh % Scaling.MicrojoulesPerWattHour * MillionthWattHoursPerTenThousandth;
        parts += remainderMicrojoules * priceLow;
        whole += parts / PartsPerTenThousandth;
        parts %= PartsPerTenThousandth;
        if (isNegative)
        {
            whole = parts == 0 ? -whole : -whole - 1;
            parts = parts == 0 ? 0 : PartsPerTenThousandth - parts;
        }

        return whole;
    }

    /// <summary>Half away from zero: −1 and half a unit below it is −2, never −1.</summary>
    internal static long Rounded(long whole, long parts)
    {
        long twice = 2 * parts;
        bool up = whole >= 0 ? twice >= PartsPerTenThousandth : twice > PartsPerTenThousandth;
        return up ? whole + 1 : whole;
    }
}
