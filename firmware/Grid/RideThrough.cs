using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Grid;

/// <summary>
/// Stay, cease, trip and come back, as the profile says. Each rule has a clock for each phase: it begins with the first
/// reading beyond the limit and ends with the first one inside, so a single wrong reading costs a rule nothing but its
/// own length. Times count from readings: the window that they were measured over comes on top.
/// </summary>
public sealed class RideThrough
{
    private const long NotSince = -1;
    private const long LongAgo = long.MinValue / 2;

    /// <summary>A gap that no step of the mean bridges.</summary>
    private const int GapMsMax = 10_000;

    private readonly GridProfile _profile;
    private readonly int _phaseCount;
    private readonly int[] _limits;
    private readonly int[] _ceaseLimits;
    private readonly int[] _slopeFroms;
    private readonly long[] _sinceMs;
    private readonly MeanVoltage _mean;
    private readonly int _nominalMillivolts;
    private readonly int _nominalMillihertz;
    private readonly int _frequencyFromMillivolts;
    private readonly int _meanLimitMillivolts;
    private readonly int _returnLow;
    private readonly int _returnHigh;
    private int _innerLow;
    private int _innerHigh = int.MaxValue;
    private int _innerSlow;
    private int _innerFast = int.MaxValue;
    private int _lowest;
    private int _highest;
    private int _millihertz;
    private long _lastMs = NotSince;
    private long _missingSinceMs = NotSince;
    private long _enteredMs;
    private long _rampFromMs = LongAgo;
    private int _delayMs;
    private bool _isQuiet;
    private bool _isMeanHigh;

    /// <param name="nominalMillivolts">Between phase and neutral, where it is installed.</param>
    /// <param name="nominalMillihertz">Of its grid; the profile's frequencies keep their distance from it.</param>
    public RideThrough(GridProfile profile, int nominalMillivolts, int nominalMillihertz, int phaseCount)
    {
        Invariant.Require(phaseCount >= 1 && phaseCount <= Measurement.PhaseCountMax, "one to three phases");
        _profile = profile;
        _phaseCount = phaseCount;
        _nominalMillivolts = nominalMillivolts;
        _nominalMillihertz = nominalMillihertz;
        _frequencyFromMillivolts = Millivolts(profile[GridField.FrequencyFromPpm]);
        _meanLimitMillivolts = Millivolts(profile[GridField.MeanLimitPpm]);
        _returnLow = Millivolts(profile[GridField.ReturnLowPpm]);
        _returnHigh = Millivolts(profile[GridField.ReturnHighPpm]);
        _limits = new int[profile.RuleCount];
        _slopeFroms = new int[profile.RuleCount];
        _sinceMs = new long[profile.RuleCount * phaseCount];
        _ceaseLimits = new int[profile.CeaseCount];
        FindLimits();
        ForgetRules();
        _mean = _meanLimitMillivolts == 0 ? null
            : new MeanVoltage(profile[GridField.MeanWindowMs], profile[GridField.MeanStepMs], phaseCount);
    }

    public GridState State { get; private set; }

    /// <summary>Why it tripped last: <see cref="TripKind"/>.</summary>
    public int Cause { get; private set; } = TripKind.None;

    /// <summary>Readings are there and plausible.</summary>
    public bool IsMeasured { get; private set; }

    /// <summary>The reading's frequency; of a dead line the nominal one.</summary>
    public int Millihertz => _millihertz;

    /// <summary>How long it waits beyond the profile's time, in place of the ramp: a street must not jump after an
    /// outage.</summary>
    /// <param name="delayMs">0 = the ramp.</param>
    public void Delay(int delayMs) => _delayMs = delayMs;

    /// <summary>It has just got its supply: it comes back as after a trip.</summary>
    public void Start(long nowMs) => Enter(GridState.Trip, nowMs);

    /// <summary>Share of the rated power that the way back allows now, millionths.</summary>
    public int PowerPpm(long nowMs)
    {
        if (State != GridState.Ramp)
        {
            return State == GridState.Run ? 1_000_000 : 0;
        }

        return (int)((nowMs - _rampFromMs) * 1_000_000 / _profile[GridField.ReturnRampMs]);
    }

    /// <summary>Takes a reading.</summary>
    /// <param name="isMeasured">False: the sensor has none; what it holds is not looked at.</param>
    public void Tick(long nowMs, Measurement reading, bool isMeasured)
    {
        int elapsedMs = _lastMs == NotSince ? 0 : nowMs - _lastMs > GapMsMax ? GapMsMax : (int)(nowMs - _lastMs);
        _lastMs = nowMs;
        IsMeasured = isMeasured && IsPlausible(reading);
        if (!IsMeasured)
        {
            Miss(nowMs);
            return;
        }

        _missingSinceMs = NotSince;
        if (_mean != null && _mean.Add(elapsedMs, reading.VoltageMillivolts, out int mean))
        {
            _isMeanHigh = mean > _meanLimitMillivolts;
        }

        switch (State)
        {
            case GridState.Trip:
            case GridState.Wait:
                Return(nowMs);
                break;
            default:
                Judge(nowMs, reading);
                break;
        }
    }

    private int Millivolts(int ppm) => (int)Scaling.DivideRounded((long)_nominalMillivolts * ppm, 1_000_000);

    private void FindLimits()
    {
        for (int rule = 0; rule < _limits.Length; rule++)
        {
            int limit = _profile.LimitOf(rule);
            switch (_profile.KindOf(rule))
            {
                case TripKind.UnderVoltage:
                    _limits[rule] = Millivolts(limit);
                    _innerLow = Numbers.Greatest(_innerLow, _limits[rule]);
                    break;
                case TripKind.OverVoltage:
                    _limits[rule] = Millivolts(limit);
                    _innerHigh = Numbers.Least(_innerHigh, _limits[rule]);
                    break;
                case TripKind.UnderFrequency:
                    _limits[rule] = _nominalMillihertz + limit;
                    _innerSlow = Numbers.Greatest(_innerSlow, _limits[rule]);
                    break;
                default:
                    _limits[rule] = _nominalMillihertz + limit;
                    _innerFast = Numbers.Least(_innerFast, _limits[rule]);
                    break;
            }

            _slopeFroms[rule] = Millivolts(_profile.SlopeFromOf(rule));
        }

        for (int cease = 0; cease < _ceaseLimits.Length; cease++)
        {
            int limit = Millivolts(_profile.CeaseLimitOf(cease));
            _ceaseLimits[cease] = limit;
            bool isUnder = _profile.CeaseKindOf(cease) == TripKind.UnderVoltage;
            _innerLow = isUnder ? Numbers.Greatest(_innerLow, limit) : _innerLow;
            _innerHigh = isUnder ? _innerHigh : Numbers.Least(_innerHigh, limit);
        }
    }

    // A phase below 0 or above twice the nominal voltage, or with voltage a frequency that no grid has, is no reading.
    private bool IsPlausible(Measurement reading)
    {
        int[] millivolts = reading.VoltageMillivolts;
        _lowest = millivolts[0];
        _highest = _lowest;
        for (int phase = 1; phase < _phaseCount; phase++)
        {
            int one = millivolts[phase];
            _lowest = one < _lowest ? one : _lowest;
            _highest = one > _highest ? one : _highest;
        }

        _millihertz = reading.FrequencyMillihertz;
        if (_highest < _frequencyFromMillivolts)
        {
            // A dead line has no frequency.
            _millihertz = _nominalMillihertz;
        }

        return _lowest >= 0 && _highest <= 2 * _nominalMillivolts
            && _millihertz >= _nominalMillihertz / 2 && _millihertz <= _nominalMillihertz / 2 * 3;
    }

    private void Miss(long nowMs)
    {
        _missingSinceMs = _missingSinceMs == NotSince ? nowMs : _missingSinceMs;
        long missingMs = nowMs - _missingSinceMs;

        // The rules' clocks go on: a sensor that comes and goes must not hide a disturbance.
        if (State == GridState.Trip || State == GridState.Wait)
        {
            Enter(GridState.Trip, nowMs);
        }
        else if (missingMs >= _profile[GridField.MissingTripMs])
        {
            TripBy(TripKind.Missing, nowMs);
        }
        else if (missingMs >= _profile[GridField.MissingCeaseMs] && State != GridState.Cease)
        {
            Enter(GridState.Cease, nowMs);
        }

        if (missingMs >= _profile[GridField.MissingTripMs] && _mean != null)
        {
            _mean.Forget();
            _isMeanHigh = false;
        }
    }

    private void Judge(long nowMs, Measurement reading)
    {
        bool isQuiet = _lowest >= _innerLow && _highest <= _innerHigh && _millihertz >= _innerSlow
            && _millihertz <= _innerFast;
        if (!isQuiet || !_isQuiet)
        {
            int kind = JudgeRules(nowMs, reading.VoltageMillivolts);
            if (kind != TripKind.None)
            {
                TripBy(kind, nowMs);
                return;
            }
        }

        _isQuiet = isQuiet;
        if (_isMeanHigh)
        {
            TripBy(TripKind.MeanVoltage, nowMs);
        }
        else if (IsCeasing(isQuiet))
        {
            if (State != GridState.Cease)
            {
                Enter(GridState.Cease, nowMs);
            }
        }
        else if (State != GridState.Run)
        {
            // After a cessation within the ramp the ramp goes on where it would be.
            Enter(nowMs - _rampFromMs < _profile[GridField.ReturnRampMs] ? GridState.Ramp : GridState.Run, nowMs);
        }
    }

    // The kind of the first rule whose time is over; None: all stay.
    private int JudgeRules(long nowMs, int[] millivolts)
    {
        for (int rule = 0; rule < _limits.Length; rule++)
        {
            int kind = _profile.KindOf(rule);
            bool isOfVoltage = kind == TripKind.UnderVoltage || kind == TripKind.OverVoltage;
            int count = isOfVoltage ? _phaseCount : 1;
            for (int phase = 0; phase < count; phase++)
            {
                int value = isOfVoltage ? millivolts[phase] : _millihertz;
                int at = rule * _phaseCount + phase;
                bool isUnder = kind == TripKind.UnderVoltage || kind == TripKind.UnderFrequency;
                if (isUnder ? value >= _limits[rule] : value <= _limits[rule])
                {
                    _sinceMs[at] = NotSince;
                    continue;
                }

                _sinceMs[at] = _sinceMs[at] == NotSince ? nowMs : _sinceMs[at];
                if (nowMs - _sinceMs[at] >= AllowedMs(rule, value))
                {
                    return kind;
                }
            }
        }

        return TripKind.None;
    }

    private long AllowedMs(int rule, int millivolts)
    {
        int above = millivolts - _slopeFroms[rule];
        int slopeMs = _profile.SlopeMsOf(rule);

        // Up to a whole millisecond: it never trips inside.
        return _profile.MsOf(rule) + (slopeMs == 0 || above <= 0 ? 0
            : ((long)slopeMs * above + _nominalMillivolts - 1) / _nominalMillivolts);
    }

    private bool IsCeasing(bool isQuiet)
    {
        for (int cease = 0; cease < _ceaseLimits.Length && !isQuiet; cease++)
        {
            bool isUnder = _profile.CeaseKindOf(cease) == TripKind.UnderVoltage;
            if (isUnder ? _lowest < _ceaseLimits[cease] : _highest > _ceaseLimits[cease])
            {
                return true;
            }
        }

        return false;
    }

    private void TripBy(int kind, long nowMs)
    {
        Cause = kind;
        Enter(GridState.Trip, nowMs);
    }

    private void Return(long nowMs)
    {
        bool isInside = !_isMeanHigh && _lowest >= _returnLow && _highest <= _returnHigh
            && _millihertz >= _nominalMillihertz + _profile[GridField.ReturnLowMillihertz]
            && _millihertz <= _nominalMillihertz + _profile[GridField.ReturnHighMillihertz];
        if (!isInside)
        {
            if (State != GridState.Trip)
            {
                Enter(GridState.Trip, nowMs);
            }
        }
        else if (State == GridState.Trip)
        {
            Enter(GridState.Wait, nowMs);
        }
        else if (nowMs - _enteredMs >= _profile[GridField.ReturnWaitMs] + _delayMs)
        {
            bool hasRamp = _delayMs == 0 && _profile[GridField.ReturnRampMs] > 0;
            _rampFromMs = hasRamp ? nowMs : LongAgo;
            Enter(hasRamp ? GridState.Ramp : GridState.Run, nowMs);
        }
    }

    private void Enter(GridState state, long nowMs)
    {
        // Momentary cessation goes on with the clocks of its rules.
        if (state == GridState.Trip)
        {
            _rampFromMs = LongAgo;
            ForgetRules();
        }

        State = state;
        _enteredMs = nowMs;
    }

    private void ForgetRules()
    {
        _isQuiet = false;
        for (int i = 0; i < _sinceMs.Length; i++)
        {
            _sinceMs[i] = NotSince;
        }
    }
}
