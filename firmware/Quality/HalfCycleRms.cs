using System;

namespace MeterFirmware.Quality;

/// <summary>
/// Urms(½) of one channel: the r.m.s. over one cycle, renewed each half-cycle at the zero crossing
/// (IEC 61000-4-30, 3.25). Without crossings (an interruption) the nominal length rules.
/// </summary>
public sealed class HalfCycleRms
{
    private readonly int _hysteresis;
    private readonly int _lengthMax;
    private long _squares;
    private long _previousSquares;
    private int _count;
    private int _sign;
    private int _last;
    private double _previousLength;
    private double _zeroAt;
    private double _begin;

    /// <param name="hysteresis">Sample units the wave must pass beyond zero before a crossing counts: 1 % of the
    /// nominal amplitude.</param>
    /// <param name="nominalSamples">Samples in a nominal half-cycle.</param>
    public HalfCycleRms(int hysteresis, int nominalSamples)
    {
        _hysteresis = hysteresis;
        _lengthMax = nominalSamples + nominalSamples / 4;
    }

    /// <summary>The last value, in sample units.</summary>
    public double Value { get; private set; }

    /// <summary>One sample without offset. True: <see cref="Value"/> is new.</summary>
    public bool Add(int sample)
    {
        if ((_last < 0) != (sample < 0))
        {
            // Where the straight line between the two samples crosses zero, in samples since the half-cycle's first.
            _zeroAt = _count - (double)sample / (sample - _last);
        }

        bool crossed = false;
        if (_sign >= 0 && sample < -_hysteresis)
        {
            crossed = _sign > 0;
            _sign = -1;
        }
        else if (_sign <= 0 && sample > _hysteresis)
        {
            crossed = _sign < 0;
            _sign = 1;
        }

        bool isNew = crossed || _count >= _lengthMax;
        if (isNew)
        {
            Finish(crossed ? _zeroAt : _count);
        }

        _squares += (long)sample * sample;
        _count++;
        _last = sample;
        return isNew;
    }

    /// <summary>Divides by the time between the crossings and not by the samples counted: a cycle is no whole number
    /// of samples, and those at the crossings weigh next to nothing.</summary>
    private void Finish(double end)
    {
        double half = end - _begin;
        double length = half + _previousLength;
        Value = length > 0 ? Math.Sqrt((_squares + _previousSquares) / length) : 0;
        _previousSquares = _squares;
        _previousLength = half;
        _begin = end - _count;
        _zeroAt = _begin;
        _squares = 0;
        _count = 0;
    }
}
