using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;

namespace MeterFirmware.Tools.Tests.History;

/// <summary>
/// The bill of a meter computed a second time, by other means: decimal prices and energies, a <see cref="BigInteger"/>
/// rounding, the calendar of .NET, tables as <see cref="PlainTariff"/>. Energy comes minute by minute; no price, rate
/// or table changes within one.
/// </summary>
internal sealed class IndependentBill
{
    private const decimal MicrojoulesPerKwh = 3_600_000_000_000m;
    private readonly PlainTariff[] _before = new PlainTariff[4];
    private readonly PlainTariff[] _after = new PlainTariff[4];
    private readonly long[] _switchUtc = [long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue];
    private readonly Dictionary<long, decimal?[]> _dayAheadImport = [];
    private readonly Dictionary<long, decimal?[]> _dayAheadExport = [];
    private readonly decimal[] _import = new decimal[PlainTariff.RateCount];
    private readonly decimal[] _export = new decimal[PlainTariff.RateCount];
    private long _billedBefore;
    private int _year;
    private long _yearMicrojoules;

    public IndependentBill(PlainTariff first)
    {
        Array.Fill(_before, first);
        Array.Fill(_after, first);
    }

    /// <summary>Imported energy by rate and tier since the last settlement, µJ.</summary>
    public long[,] TierMicrojoules { get; } = new long[PlainTariff.RateCount, 4];

    /// <summary>Energy of either direction by rate, µJ since the start.</summary>
    public Int128[] ImportByRate { get; } = new Int128[PlainTariff.RateCount];

    public Int128[] ExportByRate { get; } = new Int128[PlainTariff.RateCount];

    /// <summary>Minutes that cost the price of a day-ahead list, and of the tables.</summary>
    public long DayAheadMinutes { get; private set; }

    public long TableMinutes { get; private set; }

    /// <summary>Highest tier that energy fell into.</summary>
    public int HighestTier { get; private set; }

    /// <summary>Bills of all settlements and of the running one, export taken off, 0.0001 of the currency.</summary>
    public long BilledEver => _billedBefore + _import.Sum(Rounded) - _export.Sum(Rounded);

    /// <summary>Cost of a rate since the last settlement, 0.0001 of the currency.</summary>
    public long ImportCost(int rate) => Rounded(_import[rate]);

    /// <summary>A spare set: parts seasons, day tables, prices, tiers from their seconds on; long.MaxValue: the part
    /// stays.</summary>
    public void Load(PlainTariff spare, long[] switchUtc, long nowUtc)
    {
        for (int part = 0; part < 4; part++)
        {
            _before[part] = At(part, nowUtc);
            _after[part] = switchUtc[part] == long.MaxValue ? _before[part] : spare;
            _switchUtc[part] = switchUtc[part];
        }
    }

    /// <summary>Another tariff at once.</summary>
    public void Replace(PlainTariff tariff)
    {
        Array.Fill(_before, tariff);
        Array.Fill(_after, tariff);
        Array.Fill(_switchUtc, long.MaxValue);
    }

    public void SetDayAhead(long localDay, decimal?[] import, decimal?[] export)
    {
        _dayAheadImport[localDay] = import;
        _dayAheadExport[localDay] = export;
        _dayAheadImport.Remove(localDay - 2);
        _dayAheadExport.Remove(localDay - 2);
    }

    /// <summary>Energy in µJ that flowed from a second on, for a minute at most.</summary>
    public void Add(long utcSeconds, long import, long export)
    {
        long local = utcSeconds + PlainTariff.OffsetSeconds;
        DateTime date = DateTime.UnixEpoch.AddSeconds(local);
        int minute = (int)(local % 86_400 / 60);
        int rate = At(1, utcSeconds).Rate(At(0, utcSeconds).DayTable(date), minute);
        PlainTariff prices = At(2, utcSeconds);
        decimal? listed = Listed(_dayAheadImport, local, minute);
        _ = listed == null ? TableMinutes++ : DayAheadMinutes++;
        if (date.Year != _year)
        {
            _year = date.Year;
            _yearMicrojoules = 0;
        }

        ImportByRate[rate] += import;
        ExportByRate[rate] += export;
        _export[rate] += export * (Listed(_dayAheadExport, local, minute) ?? prices.Export[rate]);
        (int FromKwh, decimal[] Add)[] tiers = At(3, utcSeconds).Tiers;
        while (import > 0)
        {
            int tier = tiers.Length - 1;
            while (tiers[tier].FromKwh * MicrojoulesPerKwh > _yearMicrojoules)
            {
                tier--;
            }

            long part = tier + 1 < tiers.Length
                ? Math.Min(import, (long)(tiers[tier + 1].FromKwh * MicrojoulesPerKwh) - _yearMicrojoules) : import;
            HighestTier = Math.Max(HighestTier, tier);
            TierMicrojoules[rate, tier] += part;
            _import[rate] += part * (listed ?? prices.Import[rate] + tiers[tier].Add[rate]);
            _yearMicrojoules += part;
            import -= part;
        }
    }

    /// <summary>A settlement: what is billed stays billed, each line rounded once.</summary>
    public void Settle()
    {
        _billedBefore = BilledEver;
        Array.Clear(_import);
        Array.Clear(_export);
        Array.Clear(TierMicrojoules);
    }

    private PlainTariff At(int part, long utcSeconds) => utcSeconds >= _switchUtc[part] ? _after[part] : _before[part];

    private static decimal? Listed(Dictionary<long, decimal?[]> lists, long local, int minute) =>
        lists.TryGetValue(local / 86_400, out decimal?[] list) ? list[minute / 15] : null;

    /// <summary>µJ × currency per kWh as 0.0001 of the currency, half away from zero.</summary>
    private static long Rounded(decimal amount)
    {
        BigInteger millionths = new(amount * 1_000_000m);
        BigInteger divisor = new(MicrojoulesPerKwh * 100m);
        BigInteger whole = BigInteger.DivRem(BigInteger.Abs(millionths), divisor, out BigInteger rest);
        whole += 2 * rest >= divisor ? 1 : 0;
        return (long)whole * millionths.Sign;
    }
}
