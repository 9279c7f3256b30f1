using System;

namespace MeterFirmware.Quality;

/// <summary>An aggregation interval: while it runs an accumulator, when it is done a result. Values are integers in
/// the channel's unit; reused.</summary>
public sealed class QualityInterval
{
    private readonly double[] _sums;
    private readonly int[] _values;
    private readonly int[] _minimums;
    private readonly int[] _maximums;

    public QualityInterval(int channelCount)
    {
        _sums = new double[channelCount];
        _values = new int[channelCount];
        _minimums = new int[channelCount];
        _maximums = new int[channelCount];
    }

    /// <summary>UTC ms of the first contribution.</summary>
    public long BeginUtcMs { get; private set; }

    /// <summary>Sum of the contributions' lengths; less than the nominal length is an interval with gaps.</summary>
    public long CoveredMs { get; private set; }

    /// <summary>Contributions.</summary>
    public int Count { get; private set; }

    /// <summary>A dip, swell or interruption lay in it: shown, but kept out of statistics.</summary>
    public bool IsFlagged { get; private set; }

    /// <summary>Aggregate of a channel, valid when the interval is done.</summary>
    public int ValueOf(int channel) => _values[channel];

    /// <summary>Lowest contribution of a channel.</summary>
    public int MinimumOf(int channel) => _minimums[channel];

    /// <summary>Highest contribution of a channel.</summary>
    public int MaximumOf(int channel) => _maximums[channel];

    internal void Clear()
    {
        Count = 0;
        CoveredMs = 0;
        IsFlagged = false;
        for (int c = 0; c < _sums.Length; c++)
        {
            _sums[c] = 0;
        }
    }

    internal void Add(int[] values, bool[] isRms, long beginUtcMs, long lengthMs, bool isFlagged)
    {
        if (Count == 0)
        {
            BeginUtcMs = beginUtcMs;
        }

        for (int c = 0; c < _sums.Length; c++)
        {
            double value = values[c];
            _sums[c] += isRms[c] ? value * value : value;
            _minimums[c] = Count == 0 || values[c] < _minimums[c] ? values[c] : _minimums[c];
            _maximums[c] = Count == 0 || values[c] > _maximums[c] ? values[c] : _maximums[c];
        }

        Count++;
        CoveredMs += lengthMs;
        IsFlagged |= isFlagged;
    }

    /// <summary>Adds a finished shorter interval: its aggregates weigh alike, its extremes stay extremes.</summary>
    internal void Add(QualityInterval part, bool[] isRms)
    {
        int[] minimums = part._minimums;
        int[] maximums = part._maximums;
        bool isFirst = Count == 0;
        Add(part._values, isRms, part.BeginUtcMs, part.CoveredMs, part.IsFlagged);
        for (int c = 0; c < _sums.Length; c++)
        {
            _minimums[c] = isFirst || minimums[c] < _minimums[c] ? minimums[c] : _minimums[c];
            _maximums[c] = isFirst || maximums[c] > _maximums[c] ? maximums[c] : _maximums[c];
        }
    }

    /// <summary>Root of the mean square, or the mean: rounded, not cut.</summary>
    internal void Finish(bool[] isRms)
    {
        for (int c = 0; c < _sums.Length; c++)
        {
            double mean = _sums[c] / Count;
            double value = isRms[c] ? Math.Sqrt(mean) : mean;
            _values[c] = (int)(value < 0 ? value - 0.5 : value + 0.5);
        }
    }

    internal void CopyFrom(QualityInterval other)
    {
        BeginUtcMs = other.BeginUtcMs;
        CoveredMs = other.CoveredMs;
        Count = other.Count;
        IsFlagged = other.IsFlagged;
        for (int c = 0; c < _sums.Length; c++)
        {
            _sums[c] = other._sums[c];
            _minimums[c] = other._minimums[c];
            _maximums[c] = other._maximums[c];
        }
    }
}
