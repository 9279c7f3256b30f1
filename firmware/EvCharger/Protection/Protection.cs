namespace MeterFirmware.EvCharger;

/// <summary>
/// Turns readings into faults: each with its cause, the time the cause must stand, and the rule by which it ends.
/// Knows nothing of what is done about them; that is the controller's business.
/// </summary>
public sealed class Protection
{
    // Beyond any mains and any charger: the meter lies.
    private const int PlausibleMillivoltsMax = 600_000;
    private const int PlausibleMilliampsMax = 20_000_000;
    private const int MeterUnreadableMs = 1_000;

    private const int Hertz50 = 50_000;
    private const int Hertz60 = 60_000;
    private const int BetweenGridsMillihertz = 55_000;

    // Less than this cannot be what makes a line sag; and how a line that holds is tried again.
    private const int SagLoadMilliampsMin = 2_000;
    private const int SagRiseMilliamps = 1_000;

    // What a vehicle is told less goes in steps, so that one reading more or less makes no other offer.
    private const int ExcessStepMilliamps = 500;

    private readonly ChargerConfiguration _configuration;
    private readonly ChargeState _state;
    private ChargeInputs _inputs;
    private int _elapsedMs;
    private bool _isLate;
    private int _overMilliamps;

    public Protection(ChargerConfiguration configuration, ChargeState state)
    {
        _configuration = configuration;
        _state = state;
    }

    /// <summary>The highest phase current of the last tick, in mA.</summary>
    public int CurrentMilliampsMax { get; private set; }

    /// <summary>An internal fault must not wait: pilot, residual current or earth cannot be seen now, or an output refused.</summary>
    public bool IsBlind { get; private set; }

    /// <summary>The voltage is far outside: what opens does not wait for the vehicle.</summary>
    public bool IsSurge => _state.SurgeMs >= _configuration.HardOverVoltageMs;

    /// <summary>Judges one tick's inputs.</summary>
    /// <param name="elapsedMs">Since the tick before, at most what a tolerable tick takes.</param>
    /// <param name="isLate">It took longer.</param>
    public void Update(ChargeInputs inputs, int elapsedMs, bool isLate)
    {
        _inputs = inputs;
        _elapsedMs = elapsedMs;
        _isLate = isLate;
        UpdateSafety();
        UpdateContactor();
        UpdateDerating();
        Track(ChargerFault.OverTemperature, _state.DeratingStep == 3, 0, 0);
        if (inputs.MeterReadable)
        {
            UpdateCurrent();
            UpdateMains();
        }

        UpdateMeter();
    }

    private void UpdateSafety()
    {
        ChargerConfiguration c = _configuration;

        // While the monitor's test winding is driven its trip is the wanted answer (the contactor is open then).
        bool isTesting = _state.IsTesting;
        Track(ChargerFault.RcdAc, _inputs.AcTripped && !isTesting, 0, c.LatchClearMs);
        Track(ChargerFault.RcdDc, _inputs.DcTripped && !isTesting, 0, c.LatchClearMs);
        bool hasFailed = _state.SelfTest == ChargeState.TestFailed || (isTesting && _state.SelfTestAgeMs >= c.SelfTestMs);
        Track(ChargerFault.RcdSelfTest, hasFailed, 0, 0);
        Track(ChargerFault.Earth, !_inputs.EarthPresent, 0, c.EarthClearMs);

        bool isShort = _state.Level == PilotLevel.Volts0 || _state.Level == PilotLevel.Negative;
        Track(ChargerFault.PilotShort, isShort, 0, c.PilotClearMs);
        Track(ChargerFault.Diode, IsDiodeMissing(), 0, c.LatchClearMs);

        bool isBlind = !_inputs.PilotReadable || !_inputs.RcdReadable || !_inputs.EarthReadable;
        IsBlind = isBlind || _inputs.IsInternalFault;
        bool isUnreadable = isBlind || !_inputs.TemperatureReadable || !_inputs.FeedbackReadable;
        Track(ChargerFault.Internal, isUnreadable || _inputs.IsInternalFault, _inputs.IsInternalFault ? 0 : c.UnreadableMs,
            c.InternalClearMs);

        Track(ChargerFault.LoopStall, _state.IsClosed && _isLate, 0, c.LoopStallClearMs);
    }

    private bool IsDiodeMissing()
    {
        if (!_state.IsPwm || !_state.IsConnected || _state.DiodeSamples < _configuration.PilotWindowSamples)
        {
            return false;
        }

        return PilotFilter.CountOnes(~_state.DiodeHistory, _configuration.PilotWindowSamples)
            >= _configuration.PilotAgreeSamples;
    }

    private void UpdateContactor()
    {
        ChargerConfiguration c = _configuration;
        bool isKnown = _inputs.FeedbackReadable;
        bool isClosed = _inputs.FeedbackClosed;

        // The feedback must have disagreed for its hold time and the switching lie back the full time. What it said while the
        // contacts still moved does not count.
        int openMs = _state.SwitchAgeMs - c.WeldMs;
        int closedMs = _state.SwitchAgeMs - c.StuckMs;
        bool isWeld = isKnown && !_state.IsClosed && isClosed && openMs >= -c.FeedbackHoldMs;
        bool isStuck = isKnown && _state.IsClosed && !isClosed && closedMs >= -c.FeedbackHoldMs;
        Track(ChargerFault.Welded, isWeld, openMs >= 0 ? c.FeedbackHoldMs : ChargeState.AgeMsMax, c.LatchClearMs);
        Track(ChargerFault.Stuck, isStuck, closedMs >= 0 ? c.FeedbackHoldMs : ChargeState.AgeMsMax, c.LatchClearMs);
    }

    private void UpdateDerating()
    {
        if (!_inputs.TemperatureReadable)
        {
            return;
        }

        int step = StepFor(_inputs.TenthsCelsius, _state.DeratingStep);
        if (step == _state.DeratingStep)
        {
            _state.DeratingAgeMs = ChargeState.Younger(_state.DeratingAgeMs, _elapsedMs);
            return;
        }

        _state.DeratingAgeMs = ChargeState.Older(_state.DeratingAgeMs, _elapsedMs);
        if (_state.DeratingAgeMs >= _configuration.TemperatureHoldMs)
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
            int limit = candidate == 1 ? _configuration.HalfTenthsCelsius
                : candidate == 2 ? _configuration.QuarterTenthsCelsius : _configuration.StopTenthsCelsius;

            // A step that holds is left only a hysteresis lower.
            bool holds = candidate <= current
                ? tenths > limit - _configuration.HysteresisTenthsCelsius
                : tenths >= limit;
            if (holds)
            {
                step = candidate;
            }
        }

        return step;
    }

    private void UpdateMains()
    {
        ChargerConfiguration c = _configuration;
        int nominal = c.NominalMillivolts;

        // 2 % of hysteresis while a fault stands, so that a mains at the limit does not chatter.
        int slack = nominal / 50;
        int high = Share(nominal, c.OverVoltagePermille) - (_state.Has(ChargerFault.OverVoltage) ? slack : 0);
        int low = Share(nominal, c.UnderVoltagePermille);
        int lowNow = low + (_state.Has(ChargerFault.UnderVoltage) ? slack : 0);
        int lost = Share(nominal, c.PhaseLossPermille) + (_state.Has(ChargerFault.PhaseLoss) ? slack : 0);
        bool isOver = false;
        bool isUnder = false;
        bool anyLost = false;
        bool anyPresent = false;
        bool anyPart = false;
        int lowest = int.MaxValue;
        int highest = 0;
        for (int phase = 0; phase < c.PhaseCount; phase++)
        {
            int voltage = _inputs.VoltageMillivolts[phase];
            lowest = voltage < lowest ? voltage : lowest;
            highest = voltage > highest ? voltage : highest;
            isOver |= voltage > high;
            isUnder |= voltage < lowNow && voltage >= lost;
            anyLost |= voltage < lost;
            anyPresent |= voltage >= low;
            anyPart |= voltage >= lost;
        }

        // All phases gone is a supply that failed, one gone beside others is a lost phase.
        bool isLost = anyLost && anyPart && c.PhaseCount > 1;
        UpdateSurge(highest);
        Track(ChargerFault.OverVoltage, isOver, IsSurge ? 0 : c.MainsFaultMs, c.MainsClearMs);
        isUnder |= anyLost && !isLost;
        bool isSag = isUnder && lowest >= Share(nominal, c.SagPermille) && HasRoomForLess();
        Track(ChargerFault.UnderVoltage, isUnder, isSag ? c.SagHoldMs : c.MainsFaultMs, c.MainsClearMs);
        UpdateSag(isUnder, isSag, lowest >= low + 2 * slack);
        Track(ChargerFault.PhaseLoss, isLost, c.PhaseLossMs, c.MainsClearMs);
        UpdateFrequency(anyPresent);
    }

    private void UpdateSurge(int highest)
    {
        ChargerConfiguration c = _configuration;
        bool isSurge = highest > Share(c.NominalMillivolts, c.HardOverVoltagePermille);
        int ms = isSurge ? _state.SurgeMs + _elapsedMs : ChargeState.Younger(_state.SurgeMs, _elapsedMs);
        _state.SurgeMs = ms < c.HardOverVoltageMs ? ms : c.HardOverVoltageMs;
    }

    // Our own load may be what makes the line sag, and there is less to offer.
    private bool HasRoomForLess() =>
        _state.IsClosed && _state.OfferMilliamps > PilotDuty.OfferMilliampsMin && IsLoaded;

    private bool IsLoaded => CurrentMilliampsMax >= SagLoadMilliampsMin;

    // A weak line: a quarter less at each step, half when it came to the stop; up again by 1 A when it holds for a while.
    private void UpdateSag(bool isUnder, bool isSag, bool hasReserve)
    {
        ChargeState s = _state;
        ChargerConfiguration c = _configuration;
        if (!s.IsClosed || !IsLoaded)
        {
            s.SagMs = ChargeState.Younger(s.SagMs, _elapsedMs);
            return;
        }

        if (!isUnder)
        {
            s.SagMs = ChargeState.Younger(s.SagMs, _elapsedMs);
            bool isUsed = s.SagMilliamps > 0 && hasReserve && CurrentMilliampsMax > s.SagMilliamps - 2 * SagRiseMilliamps;
            s.SagHeldMs = isUsed ? ChargeState.Older(s.SagHeldMs, _elapsedMs) : 0;
            if (s.SagHeldMs >= c.SagRiseMs)
            {
                s.SagHeldMs = 0;
                int more = s.SagMilliamps + SagRiseMilliamps;
                s.SagMilliamps = more < c.StationMilliampsMax ? more : 0;
            }

            return;
        }

        s.SagHeldMs = 0;
        s.SagMs = ChargeState.Older(s.SagMs, _elapsedMs);
        if (s.Has(ChargerFault.UnderVoltage))
        {
            // It came to the stop in this tick or before: the next offer is half of what the line did not bear.
            bool isFirst = s.OfferMilliamps > 0;
            LowerTo(isFirst ? s.OfferMilliamps / 2 : s.SagMilliamps);
        }
        else if (isSag && s.SagMs >= c.SagStepMs && s.DutyAgeMs >= c.OfferChangeMs)
        {
            LowerTo(s.OfferMilliamps / 4 * 3);
        }
    }

    private void LowerTo(int milliamps)
    {
        if (milliamps > 0)
        {
            _state.SagMs = 0;
            _state.SagMilliamps = milliamps > PilotDuty.OfferMilliampsMin ? milliamps : PilotDuty.OfferMilliampsMin;
        }
    }

    // The window is the grid's own. Until the grid is found each reading is judged by the nominal that it is nearer to.
    private void UpdateFrequency(bool isPresent)
    {
        ChargeState s = _state;
        ChargerConfiguration c = _configuration;
        int frequency = _inputs.FrequencyMillihertz;
        int nominal = c.NominalMillihertz > 0 ? c.NominalMillihertz : s.GridMillihertz;
        bool isFound = nominal > 0;
        nominal = isFound ? nominal : frequency > BetweenGridsMillihertz ? Hertz60 : Hertz50;
        bool isOff = frequency > nominal / 1000 * c.FrequencyPermilleMax || frequency < nominal / 1000 * c.FrequencyPermilleMin;
        Track(ChargerFault.Frequency, isOff && isPresent, c.MainsFaultMs, c.MainsClearMs);
        if (isFound || isOff || !isPresent)
        {
            return;
        }

        int age = s.GridAgeMs;
        s.GridAgeMs = nominal == Hertz60
            ? (age > 0 ? 0 : age) - _elapsedMs
            : (age < 0 ? 0 : age) + _elapsedMs;
        if (s.GridAgeMs >= c.GridFindMs || s.GridAgeMs <= -c.GridFindMs)
        {
            s.GridMillihertz = nominal;
        }
    }

    private static int Share(int value, int permille) => (int)((long)value * permille / 1000);

    private void UpdateCurrent()
    {
        ChargerConfiguration c = _configuration;
        int current = 0;
        for (int phase = 0; phase < c.PhaseCount; phase++)
        {
            if (_inputs.CurrentMilliamps[phase] > current)
            {
                current = _inputs.CurrentMilliamps[phase];
            }
        }

        CurrentMilliampsMax = current;

        ChargeState s = _state;
        bool isIdle = s.IsClosed && current < c.IdleMilliamps;
        s.IdleMs = isIdle ? ChargeState.Older(s.IdleMs, _elapsedMs) : 0;

        // After a decrease the vehicle has its time to follow, after an end it may still draw what it was granted last, and
        // not more: in both cases the grant before still counts.
        int grant = s.GrantMilliamps;
        if ((s.DecreaseAgeMs < c.OverCurrentGraceMs || s.IsStopping) && s.GrantBeforeMilliamps > grant)
        {
            grant = s.GrantBeforeMilliamps;
        }

        bool isGbt = c.Standard == ChargingStandard.Gbt18487;
        bool isSoft = s.IsClosed && grant > 0 && current > SoftLimit(c, grant);
        _overMilliamps = current - grant;
        Track(ChargerFault.OverCurrent, isSoft, isGbt ? c.GbtOverCurrentMs : c.IecOverCurrentMs, c.LatchClearMs);
        int hardLimit = HardLimit(grant);
        hardLimit = s.SwitchAgeMs <= c.InrushMs && hardLimit < c.InrushMilliamps ? c.InrushMilliamps : hardLimit;
        Track(ChargerFault.HardOverCurrent, s.IsClosed && current > hardLimit, c.HardOverCurrentMs, c.LatchClearMs);
    }

    /// <summary>Above this a grant of so much is exceeded, mA.</summary>
    public static int SoftLimit(ChargerConfiguration configuration, int grant)
    {
        ChargerConfiguration c = configuration;
        if (c.Standard != ChargingStandard.Gbt18487)
        {
            return Share(grant + c.IecOverCurrentAddMilliamps, c.IecOverCurrentPermille);
        }

        return grant <= c.GbtOverCurrentAddUpToMilliamps
            ? grant + c.GbtOverCurrentAddMilliamps
            : Share(grant, c.GbtOverCurrentPermille);
    }

    /// <summary>What station and cable bear, mA.</summary>
    private int Ceiling()
    {
        int ceiling = _configuration.StationMilliampsMax;
        return _configuration.ReadsCable && _state.CableMilliamps > 0 && _state.CableMilliamps < ceiling
            ? _state.CableMilliamps
            : ceiling;
    }

    private int HardLimit(int grant)
    {
        ChargerConfiguration c = _configuration;
        int byCeiling = Share(Ceiling(), c.HardOverCurrentCeilingPermille);
        int byOffer = grant == 0 ? byCeiling : Share(grant, c.HardOverCurrentOfferPermille);
        byOffer = byOffer < c.HardOverCurrentMilliampsMin ? c.HardOverCurrentMilliampsMin : byOffer;
        return byOffer < byCeiling ? byOffer : byCeiling;
    }

    private void UpdateMeter()
    {
        bool isFalse = !_inputs.MeterReadable;
        for (int phase = 0; phase < _configuration.PhaseCount && !isFalse; phase++)
        {
            int voltage = _inputs.VoltageMillivolts[phase];
            int current = _inputs.CurrentMilliamps[phase];
            isFalse = voltage < 0 || voltage > PlausibleMillivoltsMax || current < 0 || current > PlausibleMilliampsMax;
        }

        // Current through an open contactor, which its own feedback confirms to be open, is a meter that lies.
        bool isGhost = !isFalse && !_state.IsClosed && !_inputs.FeedbackClosed
            && CurrentMilliampsMax > _configuration.OpenMilliampsMax;
        Track(ChargerFault.Meter, isFalse || isGhost, isGhost ? _configuration.MeterFaultMs : MeterUnreadableMs,
            _configuration.MainsClearMs);
    }

    // One rule for all faults: raised when the cause has stood for raiseMs, where its absence counts against it and does not
    // wipe it out; cleared when it has been gone for clearMs without a break and, for a latched one, the plug was out or a
    // person reset. A reset never waits, but never hides a cause.
    private void Track(int fault, bool cause, int raiseMs, int clearMs)
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
                if (age >= raiseMs)
                {
                    Raise(fault, bit);
                }
            }
            else if (age >= 0)
            {
                ages[fault] = age > _elapsedMs ? age - _elapsedMs : -1;
            }

            return;
        }

        ages[fault] = cause ? -1 : age < 0 ? 0 : ChargeState.Older(age, _elapsedMs);
        if (!cause && MayClear(fault, bit, ages[fault], clearMs))
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
            excess = excess < _configuration.ExcessMilliampsMax ? excess : _configuration.ExcessMilliampsMax;
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

    // Residual current: off unless configured; facts/ev-charging.md, "Residual current". Over-current: only what cable and
    // station bear may be tried again.
    private bool MayRetry(int fault)
    {
        ChargeState s = _state;
        ChargerConfiguration c = _configuration;
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
        ChargerConfiguration c = _configuration;
        return fault == ChargerFault.Diode ? c.DiodeRetryMs : fault == ChargerFault.OverCurrent ? c.CurrentRetryMs : c.RcdRetryMs;
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
