using System;

namespace MeterFirmware.Grid;

/// <summary>
/// A value that follows another so that 90 % of a step is done after the response time: a first-order lag with the time
/// constant response ÷ ln 10 (IEEE 1547-2018, open-loop response time). Whole numbers; the rest that a step leaves is
/// carried, so that a slow tick and many fast ones end at the same value.
/// </summary>
public sealed class FirstOrderLag
{
    // Share of a step's difference, in 2^24ths: 11 MW in mW times it stays within 63 bits.
    private const int ShareBits = 24;

    private readonly int _responseMs;
    private long _share;
    private long _rest;
    private int _stepMs = -1;

    /// <param name="responseMs">0: it follows at once.</param>
    public FirstOrderLag(int responseMs)
    {
        _responseMs = responseMs;
    }

    /// <summary>Where it stands.</summary>
    public long Value { get; private set; }

    /// <summary>It stands there at once.</summary>
    public void Set(long value)
    {
        Value = value;
        _rest = 0;
    }

    /// <summary>Follows for some time.</summary>
    public long Follow(long target, int elapsedMs)
    {
        if (_responseMs == 0)
        {
            Value = target;
            return target;
        }

        if (target == Value && _rest == 0)
        {
            return target;
        }

        if (elapsedMs != _stepMs)
        {
            // A product's ticks are alike: the exponential is worked out when they change.
            _stepMs = elapsedMs;
            double share = 1 - Math.Exp(-elapsedMs * Math.Log(10) / _responseMs);
            _share = (long)(share * (1 << ShareBits) + 0.5);
        }

        long moved = (target - Value) * _share + _rest;
        long whole = moved >> ShareBits;
        _rest = moved - (whole << ShareBits);
        Value += whole;
        return Value;
    }
}
