using System.Numerics;

namespace MeterFirmware.Tools.Billing;

/// <summary>
/// Energy by rate, tier and price, exact. An interval of S seconds and e µJ that is cut into parts of s seconds books
/// e·s for each: whole numbers with the one denominator S.
/// </summary>
internal sealed class EnergyLedger(int stepSeconds)
{
    /// <summary>µJ in a kWh times millionths in one, over ten-thousandths in one.</summary>
    private static readonly BigInteger _perTenThousandth = new BigInteger(3_600_000_000_000) * 100;

    private readonly Dictionary<(int Rate, int Tier, long Price), Int128> _cells = [];

    public void Add(int rate, int tier, long price, Int128 microjouleSeconds)
    {
        ref Int128 cell = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
            _cells, (rate, tier, price), out bool _);
        cell += microjouleSeconds;
    }

    public Int128 Total() => _cells.Values.Aggregate((Int128)0, (sum, one) => sum + one);

    /// <summary>Energy of a rate, µJ·s, and what it costs: the same times millionths per kWh.</summary>
    public Int128 Energy(int rate, out BigInteger cost)
    {
        Int128 energy = 0;
        cost = 0;
        foreach (KeyValuePair<(int Rate, int Tier, long Price), Int128> cell in _cells.Where(one => one.Key.Rate == rate))
        {
            energy += cell.Value;
            cost += (BigInteger)cell.Value * cell.Key.Price;
        }

        return energy;
    }

    /// <summary>Ten-thousandths of the currency, rounded once.</summary>
    /// <param name="cost">µJ·s times millionths per kWh.</param>
    /// <param name="parts">What it is divided by.</param>
    public long Cost(BigInteger cost, BigInteger parts) =>
        Rounding.HalfAwayFromZero(cost, _perTenThousandth * stepSeconds * parts);

    public decimal Kilowatthours(Int128 energy) => new BillPart(1, 0, energy, stepSeconds).KilowattHours;

    public string Text(Int128 energy) =>
        Kilowatthours(energy).ToString("0.###", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>One line a rate, over all tiers and prices, rounded once.</summary>
    public BillLine Line(BillLineKind kind, string name, int rate, int sign, string why)
    {
        List<BillPart> parts = [.. _cells.Where(cell => cell.Key.Rate == rate)
            .OrderBy(cell => cell.Key.Tier).ThenBy(cell => cell.Key.Price)
            .Select(cell => new BillPart(cell.Key.Tier + 1, cell.Key.Price, cell.Value, stepSeconds))];
        BigInteger cost = parts.Aggregate(BigInteger.Zero, (sum, part) =>
            sum + (BigInteger)part.MicrojouleSeconds * part.PriceMillionths);
        return new BillLine(kind, name, parts.Sum(part => part.KilowattHours), "kWh",
            sign * Cost(cost, 1), parts, why)
        {
            Rate = name,
        };
    }

    /// <summary>One line over all energy at one price.</summary>
    public BillLine Line(BillLineKind kind, string name, long price, string why)
    {
        BillPart part = new(1, price, Total(), stepSeconds);
        return new BillLine(kind, name, part.KilowattHours, "kWh",
            Cost((BigInteger)part.MicrojouleSeconds * price, 1), [part], why);
    }
}
