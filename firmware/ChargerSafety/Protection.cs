using MeterFirmware.ChargerSafety.Pilot;

namespace MeterFirmware.ChargerSafety;

/// <summary>
/// Turns readings into faults: each with its cause, the time the cause must stand, and the rule by which it ends.
/// Knows nothing of what is done about them; that is the controller's business.
/// </summary>
public sealed partial class Protection
{
    // Beyond any mains and any charger: the meter lies.
    private const int PlausibleMillivoltsMax = 600_000;
    private const int PlausibleMilliampsMax = 20_000_000;
    private const int MeterUnreadableMs = 1_000;

    // What a vehicle is told less goes in steps, so that one reading more or less makes no other offer.
    private const int ExcessStepMilliamps = 500;

    private const int AllMask = (1 << ChargerFault.Count) - 1;

    // What a grid profile may judge in place of a load's window.
    private const int ProfileMask = 1 << ChargerFault.OverVoltage | 1 << ChargerFault.UnderVoltage
        | 1 << ChargerFault.Frequency;

    // What is not judged while the meter is not read.
    private const int MeterMask = 1 << ChargerFault.OverVoltage | 1 << ChargerFault.UnderVoltage
        | 1 << ChargerFault.Frequency | 1 << ChargerFault.PhaseLoss
        | 1 << ChargerFault.OverCurrent | 1 << ChargerFault.HardOverCurrent;

    private readonly SafetySettings _settings;
    private readonly ChargeState _state;
    private ChargeInputs _inputs;
    private int _elapsedMs;
    private bool _isLate;
    private int _overMilliamps;

    // Of this tick: a bit for each fault whose cause is there, and for each that can be judged.
    private int _causes;
    private int _judged;

    public Protection(SafetySettings settings, ChargeState state)
    {
        _settings = settings;
        _state = state;
    }

    /// <summary>The highest phase current of the last tick, in mA. A field: a property is a call.</summary>
    internal int CurrentMilliampsMax;

    /// <summary>An internal fault must not wait: pilot, residual current or earth cannot be seen now, or an output
    /// refused.</summary>
    public bool IsBlind { get; private set; }

    /// <summary>The voltage is far outside: what opens does not wait for the vehicle.</summary>
    public bool IsSurge => _state.SurgeMs >= _settings.HardOverVoltageMs;

    /// <summary>Bit of the fault by which a grid profile trips in this tick: the vehicle gives back to mains that it
    /// must leave, and nothing waits for it.</summary>
    internal int MainsTrip;

    /// <summary>Judges one tick's inputs.</summary>
    /// <param name="elapsedMs">Since the tick before, at most what a tolerable tick takes.</param>
    /// <param name="isLate">It took longer.</param>
    public void Update(ChargeInputs inputs, int elapsedMs, bool isLate)
    {
        _inputs = inputs;
        _elapsedMs = elapsedMs;
        _isLate = isLate;
        _causes = 0;
        MainsTrip = 0;
        _judged = ~MeterMask;
        UpdateSafety();
        UpdateContactor();
        UpdateDerating();
        if (inputs.MeterReadable)
        {
            _judged = ~0;
            FindExtremes();
            UpdateCurrent();
            UpdateMains();
        }

        UpdateMeter();
        TrackAll();
        if (inputs.MeterReadable)
        {
            UpdateSag();
        }
    }

    private void UpdateSafety()
    {
        ChargeInputs inputs = _inputs;
        ChargeState s = _state;

        // While the monitor's test winding is driven its trip is the wanted answer (the contactor is open then).
        bool isTesting = s.SelfTest == ChargeState.TestDriven || s.SelfTest == ChargeState.TestFalling;
        int causes = 0;
        if (!isTesting)
        {
            causes = (inputs.AcTripped ? 1 << ChargerFault.RcdAc : 0)
                | (inputs.DcTripped ? 1 << ChargerFault.RcdDc : 0);
        }

        if (s.SelfTest == ChargeState.TestFailed || (isTesting && s.SelfTestAgeMs >= _settings.SelfTestMs))
        {
            causes |= 1 << ChargerFault.RcdSelfTest;
        }

        causes |= inputs.EarthPresent ? 0 : 1 << ChargerFault.Earth;
        if (s.Level == PilotLevel.Volts0 || s.Level == PilotLevel.Negative)
        {
            causes |= 1 << ChargerFault.PilotShort;
        }

        causes |= IsDiodeMissing() ? 1 << ChargerFault.Diode : 0;
        bool isBlind = !inputs.PilotReadable || !inputs.RcdReadable || !inputs.EarthReadable || inputs.IsInternalFault;
        IsBlind = isBlind;
        if (isBlind || !inputs.TemperatureReadable || !inputs.FeedbackReadable)
        {
            causes |= 1 << ChargerFault.Internal;
        }

        causes |= _isLate && s.IsClosed ? 1 << ChargerFault.LoopStall : 0;
        _causes |= causes;
    }

    private bool IsDiodeMissing()
    {
        ChargeState s = _state;
        int window = _settings.PilotWindowSamples;
        int missing = ~s.DiodeHistory & ((1 << window) - 1);
        return missing != 0 && s.DiodeSamples >= window && s.IsPwm && s.IsConnected
            && PilotFilter.CountOnes(missing, window) >= _settings.PilotAgreeSamples;
    }

    // The feedback must have disagreed for its hold time and the switching lie back the full time. What it said while
    // the contacts still moved does not count.
    private void UpdateContactor()
    {
        ChargeState s = _state;
        if (!_inputs.FeedbackReadable || _inputs.FeedbackClosed == s.IsClosed)
        {
            return;
        }

        int sinceMs = s.SwitchAgeMs + _settings.FeedbackHoldMs;
        if (!s.IsClosed && sinceMs >= _settings.WeldMs)
        {
            _causes |= 1 << ChargerFault.Welded;
        }
        else if (s.IsClosed && sinceMs >= _settings.StuckMs)
        {
            _causes |= 1 << ChargerFault.Stuck;
        }
    }

    private void UpdateDerating()
    {
        if (_inputs.TemperatureReadable)
        {
            UpdateStep();
        }

        _causes |= _state.DeratingStep == 3 ? 1 << ChargerFault.OverTemperature : 0;
    }

    private void UpdateStep()
    {
        if (_state.DeratingStep == 0 && _inputs.TenthsCelsius < _settings.HalfTenthsCelsius)
        {
            _state.DeratingAgeMs = _state.DeratingAgeMs > _elapsedMs ? _state.DeratingAgeMs - _elapsedMs : 0;
            return;
        }

        int step = StepFor(_inputs.TenthsCelsius, _state.DeratingStep);
        if (step == _state.DeratingStep)
        {
            _state.DeratingAgeMs = ChargeState.Younger(_state.DeratingAgeMs, _elapsedMs);
            return;
        }

        _state.DeratingAgeMs = ChargeState.Older(_state.DeratingAgeMs, _elapsedMs);
        if (_state.DeratingAgeMs >= _settings.TemperatureHoldMs)
        {
            _state.DeratingStep = step;
            _state.DeratingAgeMs = 0;
        }
    }

    private int StepFor(int tenths, int current)
    {
        int step = 0;
        for (int candidate = 1; candidate <= 3; candidate++)
        {
            int limit = candidate == 1 ? _settings.HalfTenthsCelsius
                : candidate == 2 ? _settings.QuarterTenthsCelsius : _settings.StopTenthsCelsius;

            // A step that holds is left only a hysteresis lower.
            bool holds = candidate <= current
                ? tenths > limit - _settings.HysteresisTenthsCelsius
                : tenths >= limit;
            if (holds)
            {
                step = candidate;
            }
        }

        return step;
    }

    private void UpdateMeter()
    {
        bool isFalse = !_inputs.MeterReadable || _lowestMillivolts < 0 || _highestMillivolts > PlausibleMillivoltsMax
            || _lowestMilliamps < 0 || CurrentMilliampsMax > PlausibleMilliampsMax;

        // Current through an open contactor, which its own feedback confirms to be open, is a meter that lies.
        _isGhost = !isFalse && !_state.IsClosed && CurrentMilliampsMax > _settings.OpenMilliampsMax
            && !_inputs.FeedbackClosed;
        _causes |= isFalse || _isGhost ? 1 << ChargerFault.Meter : 0;
    }

    // In most ticks no fault has a cause, stands, or counts. What the meter would have to say is left as it was while
    // it says nothing.
    private void TrackAll()
    {
        int left = (_causes | _state.ActiveFaults | _state.CountingFaults) & _judged & AllMask;
        for (int fault = 0; left != 0; fault++)
        {
            if ((left & 1) != 0)
            {
                Track(fault, (_causes & (1 << fault)) != 0);
            }

            left >>= 1;
        }
    }

    // How long a cause must stand.
    private int RaiseMs(int fault)
    {
        SafetySettings c = _settings;
        switch (fault)
        {
            case ChargerFault.Internal: return _inputs.IsInternalFault ? 0 : c.UnreadableMs;
            case ChargerFault.Welded: return _state.SwitchAgeMs >= c.WeldMs ? c.FeedbackHoldMs : ChargeState.AgeMsMax;
            case ChargerFault.Stuck: return _state.SwitchAgeMs >= c.StuckMs ? c.FeedbackHoldMs : ChargeState.AgeMsMax;
            case ChargerFault.OverVoltage when IsSurge: return 0;
            case ChargerFault.OverVoltage:
            case ChargerFault.UnderVoltage:
            case ChargerFault.Frequency:
                // The profile's own times are over when it says so.
                return (MainsTrip & (1 << fault)) != 0 ? 0
                    : fault == ChargerFault.UnderVoltage && _isSag ? c.SagHoldMs : c.MainsFaultMs;
            case ChargerFault.PhaseLoss: return c.PhaseLossMs;
            case ChargerFault.OverCurrent:
                return c.Standard == ChargingStandard.Gbt18487 ? c.GbtOverCurrentMs : c.IecOverCurrentMs;
            case ChargerFault.HardOverCurrent: return c.HardOverCurrentMs;
            case ChargerFault.Meter: return _isGhost ? c.MeterFaultMs : MeterUnreadableMs;
            default: return 0;
        }
    }

    // How long it must be gone.
    private int ClearMs(int fault)
    {
        SafetySettings c = _settings;
        switch (fault)
        {
            case ChargerFault.RcdSelfTest:
            case ChargerFault.OverTemperature: return 0;
            case ChargerFault.Earth: return c.EarthClearMs;
            case ChargerFault.PilotShort: return c.PilotClearMs;
            case ChargerFault.Internal: return c.InternalClearMs;
            case ChargerFault.LoopStall: return c.LoopStallClearMs;
            case ChargerFault.OverVoltage:
            case ChargerFault.UnderVoltage:
            case ChargerFault.PhaseLoss:
            case ChargerFault.Frequency:
            case ChargerFault.Meter: return c.MainsClearMs;
            default: return c.LatchClearMs;
        }
    }

    // One rule for all faults: raised when the cause has stood for raiseMs, where its absence counts against it and
    // does not wipe it out; cleared when it has been gone for clearMs without a break and, for a latched one, the plug
    // was out or a person reset. A reset never waits, but never hides a cause.
    private void Track(int fault, bool cause)
    {
        int[] ages = _state.FaultMs;
        int bit = 1 << fault;
        int age = ages[fault];
        if ((_state.ActiveFaults & bit) == 0)
        {
            if (cause)
            {
                age = age < 0 ? 0 : ChargeState.Older(age, _elapsedMs);
                ages[fault] = age;
                if (age >= RaiseMs(fault))
                {
                    Raise(fault, bit);
                    age = -1;
                }
            }
            else if (age >= 0)
            {
                age = age > _elapsedMs ? age - _elapsedMs : -1;
                ages[fault] = age;
            }

            _state.CountingFaults = age >= 0 ? _state.CountingFaults | bit : _state.CountingFaults & ~bit;
            return;
        }

        ages[fault] = cause ? -1 : age < 0 ? 0 : ChargeState.Older(age, _elapsedMs);
        if (!cause && MayClear(fault, bit, ages[fault], ClearMs(fault)))
        {
            _state.ActiveFaults &= ~bit;
            ages[fault] = -1;
        }
    }

    private void Raise(int fault, int bit)
    {
        ChargeState s = _state;
        s.ActiveFaults |= bit;
        s.FaultMs[fault] = -1;
        s.RetryFaults = MayRetry(fault) ? s.RetryFaults | bit : s.RetryFaults & ~bit;
        if (fault == ChargerFault.OverCurrent && (s.RetryFaults & bit) != 0)
        {
            int excess = (_overMilliamps / ExcessStepMilliamps + 1) * ExcessStepMilliamps;
            excess = excess < _settings.ExcessMilliampsMax ? excess : _settings.ExcessMilliampsMax;
            s.ExcessMilliamps = excess > s.ExcessMilliamps ? excess : s.ExcessMilliamps;
        }
    }

    private bool MayClear(int fault, int bit, int goneMs, int clearMs)
    {
        bool isLatched = (ChargerFault.LatchedMask & bit) != 0;
        bool isPersonal = (ChargerFault.PersonalMask & bit) != 0;
        if (_inputs.IsReset && (isLatched || isPersonal))
        {
            return true;
        }

        if (isPersonal || goneMs < clearMs)
        {
            return false;
        }

        if (!isLatched || _state.Plug == PlugState.Gone)
        {
            return true;
        }

        if ((_state.RetryFaults & bit) == 0 || goneMs < RetryMs(fault))
        {
            return false;
        }

        NoteRetry(fault);
        return true;
    }

    // Residual current: off unless configured; Over-current: only what cable
    // and station bear may be tried again.
    private bool MayRetry(int fault)
    {
        ChargeState s = _state;
        SafetySettings c = _settings;
        switch (fault)
        {
            case ChargerFault.RcdAc:
            case ChargerFault.RcdDc:
                return c.RcdRetryMs > 0 && s.RcdRetries < c.RcdRetryCountMax;
            case ChargerFault.Diode:
                return s.DiodeRetries < c.DiodeRetryCountMax;
            case ChargerFault.OverCurrent:
                return s.CurrentRetries < c.CurrentRetryCountMax && CurrentMilliampsMax <= SoftLimit(c, Ceiling());
            default:
                return false;
        }
    }

    private int RetryMs(int fault)
    {
        SafetySettings c = _settings;
        return fault == ChargerFault.Diode ? c.DiodeRetryMs : fault == ChargerFault.OverCurrent ? c.CurrentRetryMs
            : c.RcdRetryMs;
    }

    private void NoteRetry(int fault)
    {
        switch (fault)
        {
            case ChargerFault.Diode: _state.DiodeRetries++; break;
            case ChargerFault.OverCurrent: _state.CurrentRetries++; break;
            default: _state.RcdRetries++; break;
        }
    }
}
