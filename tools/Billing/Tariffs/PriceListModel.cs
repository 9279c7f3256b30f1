using System.Numerics;
using MeterFirmware.Tools.Billing.Lists;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>How the prices of a list become prices of the tariff: min(factor × list + add, maximum). It is then the
/// whole price, as on a device that was sent a day-ahead list.</summary>
/// <param name="Minutes">15, 30 or 60.</param>
/// <param name="Factor">Millionths.</param>
/// <param name="Adds">Millionths per kWh by rate.</param>
/// <param name="Maximum">Millionths per kWh; null: none.</param>
/// <param name="ExportFactor">Millionths; null: the list is for imported energy only.</param>
public sealed record PriceListModel(int Minutes, long Factor, long[] Adds, long? Maximum, long? ExportFactor)
{
    /// <summary>Millionths per kWh, rounded once, half away from zero.</summary>
    /// <param name="rate">Number of the rate.</param>
    /// <param name="listed">Parts of <see cref="PriceList.Scale"/>.</param>
    public long Import(int rate, long listed) =>
        Math.Min(Rounded(Factor, listed) + Adds[rate], Maximum ?? long.MaxValue);

    /// <summary>The same for exported energy: the list's own column, else its price.</summary>
    public long Export(long listed) => Rounded(ExportFactor!.Value, listed);

    private static long Rounded(long factor, long listed) =>
        Rounding.HalfAwayFromZero((BigInteger)factor * listed, PriceList.Scale);
}
