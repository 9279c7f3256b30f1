using MeterFirmware.Basics;

namespace MeterFirmware.Grid;

/// <summary>
/// What a unit gave to support the grid, as it was measured: from the moment that it is asked for something else than
/// without the grid until that is over for a while. Positive = more given, or less taken.
/// </summary>
public sealed class SupportTally
{
    private readonly long _leastMilliwatts;
    private readonly int _quietMs;
    private long _lastMs;
    private long _askedMs;
    private long _microjoules;

    /// <param name="leastMilliwatts">A change that counts as support.</param>
    /// <param name="quietMs">Support that pauses for less is one event.</param>
    public SupportTally(long leastMilliwatts, int quietMs)
    {
        Invariant.Require(leastMilliwatts > 0, "a change counts from some power on");
        _leastMilliwatts = leastMilliwatts;
        _quietMs = quietMs;
    }

    /// <summary>An event is going on.</summary>
    public bool IsOn { get; private set; }

    /// <summary>Monotonic ms of its first moment, of this event or the last one.</summary>
    public long StartMs { get; private set; }

    /// <summary>Monotonic ms of the last moment at which it was asked for.</summary>
    public long EndMs => _askedMs;

    /// <summary>The greatest change that was measured, with its sign.</summary>
    public long DepthMilliwatts { get; private set; }

    /// <summary>Energy of the change, mJ.</summary>
    public long Millijoules => _microjoules / 1000;

    /// <summary>Takes what is asked and what is measured, W import > 0. True: an event is over; its figures stay until
    /// the next one begins.</summary>
    /// <param name="undisturbedMilliwatts">What would be asked without the grid.</param>
    public bool Tick(long nowMs, long undisturbedMilliwatts, long askedMilliwatts, long measuredMilliwatts)
    {
        long asked = undisturbedMilliwatts - askedMilliwatts;
        bool isAsked = asked >= _leastMilliwatts || asked <= -_leastMilliwatts;
        if (isAsked && !IsOn)
        {
            IsOn = true;
            StartMs = nowMs;
            DepthMilliwatts = 0;
            _microjoules = 0;
            _lastMs = nowMs;
        }

        if (!IsOn)
        {
            return false;
        }

        _askedMs = isAsked ? nowMs : _askedMs;
        long given = undisturbedMilliwatts - measuredMilliwatts;
        long size = given < 0 ? -given : given;
        DepthMilliwatts = size > (DepthMilliwatts < 0 ? -DepthMilliwatts : DepthMilliwatts) ? given : DepthMilliwatts;

        // mW × ms. Up to 10 MW over 10 days it stays within 63 bits.
        _microjoules += given * (nowMs - _lastMs);
        _lastMs = nowMs;
        IsOn = nowMs - _askedMs < _quietMs;
        return !IsOn;
    }
}
