using MeterFirmware.Basics;

namespace MeterFirmware.Grid;

/// <summary>
/// Power by frequency, given to the grid = positive: beyond the start it moves by droop from what was asked when the
/// frequency went there (frozen until the frequency is back), over-frequency down, under-frequency up. A unit that
/// charges goes through 0 into giving, and the other way round.
/// </summary>
public sealed class FrequencyWatt
{
    private readonly GridProfile _profile;
    private readonly FirstOrderLag _change;
    private readonly long _ratedMilliwatts;
    private readonly int _nominalMillihertz;
    private long _beyondSinceMs = -1;
    private long _frozenMilliwatts;
    private long _lastMilliwatts;
    private long _lastUndisturbedMilliwatts;
    private long _rest;
    private bool _isRecovering;

    /// <param name="ratedMilliwatts">Of both directions.</param>
    public FrequencyWatt(GridProfile profile, long ratedMilliwatts, int nominalMillihertz)
    {
        _profile = profile;
        _ratedMilliwatts = ratedMilliwatts;
        _nominalMillihertz = nominalMillihertz;
        _change = new FirstOrderLag(profile[GridField.FrequencyResponseMs]);
    }

    /// <summary>The frequency is beyond a start, and the power moves by it.</summary>
    public bool IsActive { get; private set; }

    /// <summary>Nothing is frozen any more: the unit is disconnected.</summary>
    public void Reset()
    {
        IsActive = false;
        _isRecovering = false;
        _beyondSinceMs = -1;
        _change.Set(0);
    }

    /// <summary>The power at this moment.</summary>
    /// <param name="undisturbedMilliwatts">What is asked without the frequency.</param>
    public long Tick(long nowMs, int elapsedMs, int millihertz, long undisturbedMilliwatts)
    {
        int over = millihertz - _nominalMillihertz - _profile[GridField.OverStartMillihertz];
        int under = _nominalMillihertz - _profile[GridField.UnderStartMillihertz] - millihertz;
        bool isOver = over > 0 && _profile[GridField.OverDroopPpm] > 0;
        bool isUnder = under > 0 && _profile[GridField.UnderDroopPpm] > 0;
        Freeze(nowMs, isOver || isUnder, undisturbedMilliwatts);
        long target = 0;
        if (IsActive)
        {
            long moved = isOver ? -Moved(over, GridField.OverDroopPpm) : Moved(under, GridField.UnderDroopPpm);

            // What the unit cannot give is not waited for on the way back.
            target = Within(_frozenMilliwatts + moved) - _frozenMilliwatts;
        }

        long change = _change.Follow(target, elapsedMs);
        long wanted = Within((IsActive ? _frozenMilliwatts : undisturbedMilliwatts) + change);
        GoBack(isOver, wanted, undisturbedMilliwatts);
        _lastMilliwatts = _isRecovering ? Recover(wanted, elapsedMs) : wanted;
        return _lastMilliwatts;
    }

    // Beyond the start for the delay: frozen. Back: no longer.
    private void Freeze(long nowMs, bool isBeyond, long undisturbedMilliwatts)
    {
        if (!isBeyond)
        {
            _isRecovering |= IsActive && _profile[GridField.RecoveryPpmPerSecond] > 0;
            IsActive = false;
            _beyondSinceMs = -1;
            return;
        }

        _beyondSinceMs = _beyondSinceMs < 0 ? nowMs : _beyondSinceMs;
        if (!IsActive && nowMs - _beyondSinceMs >= _profile[GridField.FrequencyDelayMs])
        {
            IsActive = true;

            // Also where it is not back yet: a frequency that comes and goes about the start must be no ratchet.
            _frozenMilliwatts = undisturbedMilliwatts;
        }
    }

    // Beyond again before it is back: more support at once, less at the rate of the way back.
    private void GoBack(bool isOver, long wanted, long undisturbedMilliwatts)
    {
        if (IsActive && (isOver ? wanted <= _lastMilliwatts : wanted >= _lastMilliwatts))
        {
            _isRecovering = false;
        }

        if (_isRecovering && !IsActive && undisturbedMilliwatts != _lastUndisturbedMilliwatts)
        {
            // Who wants less now does not wait for the way back.
            _lastMilliwatts = Less(undisturbedMilliwatts, _lastMilliwatts);
        }

        _lastUndisturbedMilliwatts = undisturbedMilliwatts;
    }

    /// <summary>A power that is wanted, as far as it is less than the one that is there: nearer to 0, and not beyond
    /// it.</summary>
    internal static long Less(long wanted, long now)
    {
        if (now < 0)
        {
            return -Less(-wanted, -now);
        }

        return wanted < 0 ? 0 : wanted < now ? wanted : now;
    }

    /// <summary>IEEE 1547-2018 Table 24: Δf ÷ (fn · k) of what is rated; EN 50549-1 says the same as 100 ÷ (fn · s)
    /// %/Hz.</summary>
    /// <param name="millihertz">Beyond the start.</param>
    /// <param name="droopPpm">Share of the nominal frequency that moves all of it.</param>
    public static long Droop(long rated, int millihertz, int nominalMillihertz, int droopPpm) =>
        Scaling.DivideRounded(rated * millihertz / 1000 * 1_000_000, (long)nominalMillihertz * droopPpm / 1000);

    private long Moved(int millihertz, int droopField) =>
        Droop(_ratedMilliwatts, millihertz, _nominalMillihertz, _profile[droopField]);

    private long Within(long milliwatts) => milliwatts > _ratedMilliwatts ? _ratedMilliwatts
        : milliwatts < -_ratedMilliwatts ? -_ratedMilliwatts : milliwatts;

    private long Recover(long wanted, int elapsedMs)
    {
        // Millionths a second times ms: ÷ 10⁹. In W first, so that 10 MW stay within 63 bits.
        // The rest is carried: cut off each tick it would slow the way back by a percent and more.
        _rest += _ratedMilliwatts / 1000 * _profile[GridField.RecoveryPpmPerSecond] * elapsedMs;
        long step = _rest / 1_000_000;
        _rest -= step * 1_000_000;
        long left = wanted - _lastMilliwatts;
        if (left <= step && left >= -step)
        {
            _isRecovering = false;
            _rest = 0;
            return wanted;
        }

        return _lastMilliwatts + (left > 0 ? step : -step);
    }
}
