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

    private readonly ChargerConfiguration _configuration;
    private readonly ChargeState _state;
    private ChargeInputs _inputs;
    private int _elapsedMs;

    public Protection(ChargerConfiguration configuration, ChargeState state)
    {
        _configuration = configuration;
        _state = state;
    }

    /// <summary>The highest phase current of the last tick, in mA.</summary>
    public int CurrentMilliampsMax { get; private set; }

    /// <summary>An internal fault must not wait: pilot, residual current or earth cannot be seen now, or an output refused.</summary>
    public bool IsBlind { get; private set; }

    /// <summary>Judges one tick's inputs.</summary>
    public void Update(ChargeInputs inputs, int elapsedMs)
    {
        _inputs = inputs;
        _elapsedMs = elapsedMs;
        UpdateSafety();
        UpdateContactor();
        UpdateDerating();
        Track(ChargerFault.OverTemperature, _state.DeratingStep == 3, 0, 0);
        if (inputs.MeterReadable)
        {
            UpdateMains();
            UpdateCurrent();
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

        bool isLate = _state.IsClosed && _elapsedMs - c.TickMs > c.TickLateMsMax;
        Track(ChargerFault.LoopStall, isLate, 0, c.LoopStallClearMs);
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

        // The feedback must have disagreed for its hold time and the switching lie back the full time.
        int weldHold = _state.SwitchAgeMs >= c.WeldMs ? c.FeedbackHoldMs : ChargeState.AgeMsMax;
        int stuckHold = _state.SwitchAgeMs >= c.StuckMs ? c.FeedbackHoldMs : ChargeState.AgeMsMax;
        Track(ChargerFault.Welded, isKnown && !_state.IsClosed && isClosed, weldHold, c.LatchClearMs);
        Track(ChargerFault.Stuck, isKnown && _state.IsClosed && !isClosed, stuckHold, c.LatchClearMs);
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
            _state.DeratingAgeMs = 0;
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
        for (int phase = 0; phase < c.PhaseCount; phase++)
        {
            int voltage = _inputs.VoltageMillivolts[phase];
            isOver |= voltage > high;
            isUnder |= voltage < lowNow && voltage >= lost;
            anyLost |= voltage < lost;
            anyPresent |= voltage >= low;
            anyPart |= voltage >= lost;
        }

        // All phases gone is a supply that failed, one gone beside others is a lost phase.
        bool isLost = anyLost && anyPart && c.PhaseCount > 1;
        Track(ChargerFault.OverVoltage, isOver, c.MainsFaultMs, c.MainsClearMs);
        Track(ChargerFault.UnderVoltage, isUnder || (anyLost && !isLost), c.MainsFaultMs, c.MainsClearMs);
        Track(ChargerFault.PhaseLoss, isLost, c.PhaseLossMs, c.MainsClearMs);

        int frequency = _inputs.FrequencyMillihertz;
        bool isOff = frequency > c.FrequencyMillihertzMax || frequency < c.FrequencyMillihertzMin;
        Track(ChargerFault.Frequency, isOff && anyPresent, c.MainsFaultMs, c.MainsClearMs);
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

        // After a decrease the vehicle has its time to follow: the old offer still counts.
        int offer = _state.OfferMilliamps;
        if (_state.DecreaseAgeMs < c.OverCurrentGraceMs && _state.OfferBeforeMilliamps > offer)
        {
            offer = _state.OfferBeforeMilliamps;
        }

        bool isGbt = c.Standard == ChargingStandard.Gbt18487;
        bool isSoft = _state.IsClosed && _state.OfferMilliamps > 0 && current > SoftLimit(offer, isGbt);
        Track(ChargerFault.OverCurrent, isSoft, isGbt ? c.GbtOverCurrentMs : c.IecOverCurrentMs, c.LatchClearMs);
        Track(ChargerFault.HardOverCurrent, _state.IsClosed && current > HardLimit(offer), c.HardOverCurrentMs, c.LatchClearMs);
    }

    private int SoftLimit(int offer, bool isGbt)
    {
        ChargerConfiguration c = _configuration;
        if (!isGbt)
        {
            return Share(offer + c.IecOverCurrentAddMilliamps, c.IecOverCurrentPermille);
        }

        return offer <= c.GbtOverCurrentAddUpToMilliamps
            ? offer + c.GbtOverCurrentAddMilliamps
            : Share(offer, c.GbtOverCurrentPermille);
    }

    private int HardLimit(int offer)
    {
        ChargerConfiguration c = _configuration;
        int ceiling = c.StationMilliampsMax;
        if (c.ReadsCable && _state.CableMilliamps > 0 && _state.CableMilliamps < ceiling)
        {
            ceiling = _state.CableMilliamps;
        }

        int byCeiling = Share(ceiling, c.HardOverCurrentCeilingPermille);

        // Without an offer (an orderly stop) the vehicle may still draw what it was last offered.
        int byOffer = offer == 0 ? byCeiling : Share(offer, c.HardOverCurrentOfferPermille);
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

    // One rule for all faults: raised when the cause has stood for raiseMs; cleared when it has been gone for clearMs
    // and, for a latched one, the vehicle was unplugged or a person reset. A reset never waits, but never hides a cause.
    private void Track(int fault, bool cause, int raiseMs, int clearMs)
    {
        int[] ages = _state.FaultMs;
        int bit = 1 << fault;
        if ((_state.ActiveFaults & bit) == 0)
        {
            ages[fault] = !cause ? -1 : ages[fault] < 0 ? 0 : ChargeState.Older(ages[fault], _elapsedMs);
            if (cause && ages[fault] >= raiseMs)
            {
                _state.ActiveFaults |= bit;
                ages[fault] = -1;
            }

            return;
        }

        ages[fault] = cause ? -1 : ages[fault] < 0 ? 0 : ChargeState.Older(ages[fault], _elapsedMs);
        if (!cause && MayClear(fault, bit, ages[fault], clearMs))
        {
            _state.ActiveFaults &= ~bit;
            ages[fault] = -1;
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

        return MayRetry(fault, goneMs);
    }

    // Off unless configured; facts/ev-charging.md, "Residual current".
    private bool MayRetry(int fault, int goneMs)
    {
        bool isResidual = fault == ChargerFault.RcdAc || fault == ChargerFault.RcdDc;
        if (!isResidual || _configuration.RcdRetryMs <= 0 || goneMs < _configuration.RcdRetryMs
            || _state.RcdRetries >= _configuration.RcdRetryCountMax)
        {
            return false;
        }

        _state.RcdRetries++;
        return true;
    }
}
