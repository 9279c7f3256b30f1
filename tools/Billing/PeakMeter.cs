using System.Numerics;
using MeterFirmware.Tools.Billing.Lists;
using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Billing.Tariffs;
using NodaTime;

namespace MeterFirmware.Tools.Billing;

/// <summary>
/// The demand of one charge on peaks. A block's demand is its mean; of each day the highest block counts, of a month the
/// mean of its highest days, rounded once to a millionth of a kW, and of several months the mean of those.
/// </summary>
internal sealed class PeakMeter
{
    private readonly PeakChargeModel _charge;
    private readonly LoadFile _load;
    private readonly DateTimeZone _zone;
    private readonly int _blockSeconds;

    /// <summary>Energies of blocks by local date, µJ·s (see <see cref="EnergyLedger"/>): the highest one, or all that
    /// are listed.</summary>
    private readonly SortedDictionary<LocalDate, List<BigInteger>> _days = [];

    public PeakMeter(PeakChargeModel charge, RateClock clock, DateTimeZone zone, LoadFile load,
        IReadOnlyList<long> peaks)
    {
        (_charge, _load, _zone) = (charge, load, zone);
        _blockSeconds = charge.IsCoincident ? charge.Minutes * 60 : Math.Max(charge.Minutes * 60, load.StepSeconds);
        if (charge.IsCoincident)
        {
            Listed(peaks);
        }
        else
        {
            Highest(clock);
        }
    }

    /// <summary>Months of the load that the last demand was made of.</summary>
    public int MonthCount { get; private set; }

    /// <summary>Demand of a section, millionths of a kW: its own days, and the months before it as far as the load
    /// has them.</summary>
    public long Demand(SectionPart part)
    {
        LocalDate month = new(part.From.Year, part.From.Month, 1);
        List<long> demands = [];
        for (int back = 0; back < _charge.Months; back++)
        {
            LocalDate from = back == 0 ? part.From : month.PlusMonths(-back);
            LocalDate until = back == 0 ? part.Until : from.PlusMonths(1);
            BigInteger[] blocks = [.. _days.Where(day => day.Key >= from && day.Key < until)
                .SelectMany(day => day.Value)];
            if (blocks.Length > 0)
            {
                demands.Add(Mean(blocks));
            }
        }

        MonthCount = demands.Count;
        return demands.Count == 0 ? 0
            : Rounding.HalfAwayFromZero(demands.Aggregate(BigInteger.Zero, (sum, one) => sum + one), demands.Count);
    }

    private long Mean(BigInteger[] blocks)
    {
        BigInteger[] counted = _charge.IsCoincident ? blocks
            : [.. blocks.OrderDescending().Take(_charge.Days)];
        BigInteger sum = counted.Aggregate(BigInteger.Zero, (total, one) => total + one);
        return Rounding.HalfAwayFromZero(sum,
            1000 * (BigInteger)_blockSeconds * _load.StepSeconds * counted.Length);
    }

    /// <summary>Blocks by the wall clock; an interval that crosses their border is parted by time.</summary>
    private void Highest(RateClock clock)
    {
        BigInteger energy = 0;
        long block = long.MinValue;
        for (int i = 0; i < _load.Microjoules.Count; i++)
        {
            long at = _load.StartUtcSeconds + (long)i * _load.StepSeconds;
            for (long end = at + _load.StepSeconds, until; at < end; at = until)
            {
                long begin = _blockSeconds == _load.StepSeconds ? at : at - Modulo(at + OffsetAt(at), _blockSeconds);
                until = Math.Min(end, begin + _blockSeconds);
                if (begin != block)
                {
                    Take(clock, block, energy);
                    (block, energy) = (begin, 0);
                }

                energy += (BigInteger)_load.Microjoules[i] * (until - at);
            }
        }

        Take(clock, block, energy);
    }

    private void Take(RateClock clock, long block, BigInteger energy)
    {
        if (block == long.MinValue)
        {
            return;
        }

        clock.Seek(block);
        if (_charge.Rates is not null && !_charge.Rates.Contains(clock.Rate))
        {
            return;
        }

        if (!_days.TryGetValue(clock.Date, out List<BigInteger>? day))
        {
            _days.Add(clock.Date, [energy]);
        }
        else if (energy > day[0])
        {
            day[0] = energy;
        }
    }

    private void Listed(IReadOnlyList<long> peaks)
    {
        foreach (long peak in peaks.Where(one => one >= _load.StartUtcSeconds
            && one + _blockSeconds <= _load.EndUtcSeconds))
        {
            BigInteger energy = 0;
            for (long at = peak, until; at < peak + _blockSeconds; at = until)
            {
                int i = (int)((at - _load.StartUtcSeconds) / _load.StepSeconds);
                until = Math.Min(peak + _blockSeconds, _load.StartUtcSeconds + (i + 1L) * _load.StepSeconds);
                energy += (BigInteger)_load.Microjoules[i] * (until - at);
            }

            LocalDate date = Instant.FromUnixTimeSeconds(peak).InZone(_zone).Date;
            if (!_days.TryGetValue(date, out List<BigInteger>? day))
            {
                _days.Add(date, day = []);
            }

            day.Add(energy);
        }
    }

    private int OffsetAt(long utc) => _zone.GetUtcOffset(Instant.FromUnixTimeSeconds(utc)).Seconds;

    private static long Modulo(long value, long by) => ((value % by) + by) % by;
}
