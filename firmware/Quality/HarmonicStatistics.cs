using MeterFirmware.Basics;

namespace MeterFirmware.Quality;

/// <summary>
/// Orders of the voltages: 3-s, 10-min and 2-h values, and each order to 25 against its limit of GB/T 14549. The
/// standard judges the value that 95 % of the readings do not exceed; that this value is inside and that at least 95 %
/// of the readings are inside is the same, so a counter an order does what a distribution of 1.6 KB an order would.
/// Nothing is allocated after construction.
/// </summary>
public sealed class HarmonicStatistics : IQualitySink
{
    private readonly IQualitySink _sink;
    private readonly int[] _values;
    private readonly QualificationCounter[] _counters;
    private readonly int _orderCount;
    private readonly int _limitedCount;
    private readonly QualityAggregator _aggregator;

    /// <param name="settings">Limits of odd and even orders.</param>
    /// <param name="phaseCount">1 to 3.</param>
    /// <param name="orderMax">Highest order, 2 to 50.</param>
    /// <param name="sink">Gets every finished interval, channels as <see cref="ChannelOf"/> says; may be null.</param>
    public HarmonicStatistics(QualitySettings settings, int phaseCount, int orderMax, IQualitySink sink)
    {
        _sink = sink;
        OrderMax = orderMax;
        LimitedOrderMax = orderMax < QualityLimits.HarmonicOrderLimited ? orderMax : QualityLimits.HarmonicOrderLimited;
        _orderCount = orderMax - 1;
        _limitedCount = LimitedOrderMax - 1;
        _values = new int[phaseCount * _orderCount];
        _counters = new QualificationCounter[phaseCount * _limitedCount];
        bool[] isRms = new bool[_values.Length];
        for (int p = 0; p < phaseCount; p++)
        {
            for (int order = 2; order <= orderMax; order++)
            {
                // GB/T 14549, annex D: root of the mean square of the readings within 3 s.
                isRms[ChannelOf(p, order)] = true;
            }

            for (int order = 2; order <= LimitedOrderMax; order++)
            {
                _counters[p * _limitedCount + order - 2] = new QualificationCounter(
                    0, order % 2 == 0 ? settings.EvenHarmonicHundredths : settings.OddHarmonicHundredths);
            }
        }

        _aggregator = new QualityAggregator(isRms, QualityLimits.BasicsPerShort, this);
    }

    /// <summary>Highest order.</summary>
    public int OrderMax { get; }

    /// <summary>Highest order that has a limit: 25, or a lower one where the rate does not reach it.</summary>
    public int LimitedOrderMax { get; }

    /// <summary>Channel of an order from 2 on of a phase; values are hundredths of a percent of the
    /// fundamental.</summary>
    public int ChannelOf(int phase, int order) => phase * _orderCount + order - 2;

    /// <summary>3-s values of an order that has a limit: share inside, highest, number.</summary>
    public QualificationCounter Counter(int phase, int order)
    {
        Invariant.Require(order >= 2 && order <= LimitedOrderMax, "this order has no limit");
        return _counters[phase * _limitedCount + order - 2];
    }

    /// <summary>Whether an order of a phase kept GB/T 14549: 95 % of the 3-s values. False: no value yet, or an order
    /// without a limit.</summary>
    public bool TryJudge(int phase, int order, out bool isInside)
    {
        isInside = false;
        if (order > LimitedOrderMax)
        {
            return false;
        }

        QualificationCounter counter = Counter(phase, order);
        isInside = counter.Total > 0
            && (counter.Total - counter.Above) * 1000 >= counter.Total * QualityLimits.ProbabilityPermille;
        return counter.Total > 0;
    }

    /// <summary>The share of the order's 3-s values inside in hundredths of a percent. False: no value yet, or an order
    /// without a limit.</summary>
    public bool TryReadRate(int phase, int order, out int hundredths)
    {
        hundredths = 0;
        return order <= LimitedOrderMax && Counter(phase, order).TryReadRate(out hundredths);
    }

    /// <summary>Begins a new period (day, month).</summary>
    public void Clear()
    {
        for (int c = 0; c < _counters.Length; c++)
        {
            _counters[c].Clear();
        }
    }

    /// <summary>An order from 2 on in the window that <see cref="Add"/> ends; hundredths of a percent.</summary>
    public void Set(int phase, int order, int hundredths) => _values[ChannelOf(phase, order)] = hundredths;

    /// <summary>A window of 10/12 cycles whose orders are set.</summary>
    public void Add(long beginUtcMs, long lengthMs, bool isFlagged) =>
        _aggregator.Add(_values, beginUtcMs, lengthMs, isFlagged);

    void IQualitySink.OnShort(QualityInterval interval)
    {
        for (int c = 0; c < _counters.Length && !interval.IsFlagged; c++)
        {
            _counters[c].Add(interval.ValueOf(c));
        }

        _sink?.OnShort(interval);
    }

    void IQualitySink.OnTenMinutes(QualityInterval interval) => _sink?.OnTenMinutes(interval);

    void IQualitySink.OnTwoHours(QualityInterval interval) => _sink?.OnTwoHours(interval);
}
