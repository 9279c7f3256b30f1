namespace MeterFirmware.ChargerSafety.Pilot;

/// <summary>
/// What the connector says: pilot level by majority, diode, cable. Fills <see cref="ChargeState"/>, decides nothing
/// about the offer or the contactor.
/// </summary>
internal sealed class PilotObserver
{
    // GB/T 18487.1-2023 Table A.7: 2'→3→2' of 200 ms to 3 s by the vehicle is a request. Under an offer it comes out of
    // rest: pulses that follow each other closer than the longest pulse are chatter.
    private const int WakeRequestMsMin = 200;
    private const int WakeRequestMsMax = 3_000;

    // A diode's bad sample weighs at most so much, so that one alone never decides.
    private const int DiodeWeightMax = 3;

    // Between the gap of A and B and all other gaps.
    private const int UpperGapMillivoltsMin = 8_000;

    // Nominal levels: no gap reaches to them.
    private const int Volts6MillivoltsMin = 6_000;
    private const int Volts3MillivoltsMin = 3_000;

    private readonly SafetySettings _settings;
    private readonly ChargerEventLog _events;
    private readonly ChargeState _state;

    // The cable's code, worked out when the resistor reads otherwise.
    private int _cableOhms = -1;
    private int _cableMilliamps;

    public PilotObserver(SafetySettings settings, ChargeState state, ChargerEventLog events)
    {
        _settings = settings;
        _state = state;
        _events = events;
    }

    /// <summary>One tick's readings.</summary>
    /// <param name="elapsedMs">Since the tick before, at most what a tolerable tick takes.</param>
    /// <param name="isLate">The tick before lies too far back: nothing that was seen then counts.</param>
    /// <param name="nowMs">For events.</param>
    public void Update(ChargeInputs inputs, int elapsedMs, bool isLate, long nowMs)
    {
        if (isLate)
        {
            Forget();
        }

        UpdateLevel(inputs, elapsedMs, nowMs);
        UpdatePlug(inputs, elapsedMs);
        UpdateDiode(inputs, elapsedMs);
        if (_settings.ReadsCable)
        {
            UpdateCable(inputs, elapsedMs);
        }
    }

    private void Forget()
    {
        ChargeState s = _state;
        s.PilotHistory = 0;
        s.IsStale = true;
        s.NotReadyMs = 0;
        s.DiodeHistory = 0;
        s.DiodeSamples = 0;
        s.DiodeSeen = false;
    }

    private void UpdateLevel(ChargeInputs inputs, int elapsedMs, long nowMs)
    {
        ChargeState s = _state;

        // While we drive −12 V ourselves the vehicle cannot be read: the level before F holds.
        if (!inputs.PilotReadable || s.DutyHundredths == PilotDuty.SteadyLow)
        {
            s.ReadyAgeMs = s.IsStale ? 0 : s.ReadyAgeMs;
            return;
        }

        PilotLevel sample = SampleOf(inputs.HighMillivolts);
        if (sample == s.Level && !s.IsStale)
        {
            s.NotReadyMs = 0;
            s.PilotHistory = (s.PilotHistory << 4) | (int)sample;
            return;
        }

        if (s.IsReady && sample != PilotLevel.Between && !IsReadyLevel(sample))
        {
            TakeNotReady(sample, elapsedMs, nowMs);
            return;
        }

        s.NotReadyMs = 0;
        s.PilotHistory = (s.PilotHistory << 4) | (int)sample;
        bool isAgreed = sample != PilotLevel.Between && (s.IsStale || sample != s.Level)
            && PilotFilter.CountOf(s.PilotHistory, (int)sample, _settings.PilotWindowSamples)
                >= _settings.PilotAgreeSamples;
        s.IsStale &= !isAgreed;
        if (isAgreed && sample != s.Level)
        {
            ChangeLevel(sample, nowMs);
        }

        s.ReadyAgeMs = s.IsStale ? 0 : s.ReadyAgeMs;
    }

    // A vehicle that stops asking is believed on all levels together, by time and not by samples: neither a pilot that
    // wanders from C through B to A nor a slow tick must gain time by it. When one more tolerable tick could come too
    // late the samples that are there must do.
    private void TakeNotReady(PilotLevel sample, int elapsedMs, long nowMs)
    {
        ChargeState s = _state;
        SafetySettings c = _settings;
        s.NotReadyMs = ChargeState.Older(s.NotReadyMs, elapsedMs);
        int weight = elapsedMs < c.TickMs + c.TickMs / 2 ? 1 : (elapsedMs + c.TickMs / 2) / c.TickMs;
        for (; weight > 0; weight--)
        {
            s.PilotHistory = (s.PilotHistory << 4) | (int)sample;
        }

        bool isLast = s.NotReadyMs + c.TickMs + c.TickLateMsMax > c.OpenWithinMs;
        if (isLast || NotReadySamples() >= c.PilotAgreeSamples)
        {
            s.IsStale = false;
            s.NotReadyMs = 0;
            ChangeLevel(sample, nowMs);
        }
    }

    // A gap keeps a level that is its neighbour. A vehicle that was ready and is found in another gap is not ready any
    // more:
    // at 10.5 V its switch is open or the pilot's contact fails, at 1.5 V the pilot is almost shorted.
    private PilotLevel SampleOf(int millivolts)
    {
        PilotLevel sample = PilotBands.Classify(_settings.Standard, millivolts);
        if (sample != PilotLevel.Between || !_state.IsReady)
        {
            return sample;
        }

        // From 6 V the gaps above and below; from 3 V the gap above would be 6 V's, too.
        if (millivolts >= UpperGapMillivoltsMin
            || (_state.Level == PilotLevel.Volts3 && millivolts >= Volts6MillivoltsMin))
        {
            return PilotLevel.Volts9;
        }

        return _state.Level == PilotLevel.Volts6 && millivolts < Volts3MillivoltsMin ? PilotLevel.Volts0 : sample;
    }

    private int NotReadySamples()
    {
        int window = _settings.PilotWindowSamples;
        int history = _state.PilotHistory;
        return window - PilotFilter.CountOf(history, (int)PilotLevel.Between, window)
            - PilotFilter.CountOf(history, (int)PilotLevel.Volts6, window)
            - PilotFilter.CountOf(history, (int)PilotLevel.Volts3, window);
    }

    private static bool IsReadyLevel(PilotLevel level) => level == PilotLevel.Volts6 || level == PilotLevel.Volts3;

    private void ChangeLevel(PilotLevel level, long nowMs)
    {
        ChargeState s = _state;
        bool wasReady = s.IsReady;
        bool wasConnected = s.IsConnected;
        s.Level = level;
        if (wasReady && level == PilotLevel.Volts9)
        {
            bool isRequest = _settings.Standard == ChargingStandard.Gbt18487 && (s.HasRested || !s.IsPwm)
                && s.ReadyAgeMs >= WakeRequestMsMin && s.ReadyAgeMs <= WakeRequestMsMax;
            if (isRequest)
            {
                s.HasPulsed |= s.IsClosed;
                _events.Add(nowMs, ChargerEvent.WakeRequest, s.OfferMilliamps);
            }
        }

        if (s.IsReady && !wasReady)
        {
            s.HasRested = s.ReadyAgeMs >= WakeRequestMsMax;
        }

        if (!s.IsReady || !wasReady)
        {
            s.ReadyAgeMs = 0;
        }

        if (s.IsConnected && !wasConnected)
        {
            // A new vehicle, or one that comes back from a short: the monitor is tested anew before it may charge.
            s.NeedSelfTest();
        }

        s.HasResponded |= s.IsReady;
    }

    // What is kept for a vehicle ends when its plug was seen to be out for a while, not before.
    private void UpdatePlug(ChargeInputs inputs, int elapsedMs)
    {
        ChargeState s = _state;
        PilotLevel level = s.Level;
        if (level == PilotLevel.Volts9 || level == PilotLevel.Volts6 || level == PilotLevel.Volts3)
        {
            s.Plug = PlugState.Plugged;
            s.PlugOutMs = 0;
            return;
        }

        if (level != PilotLevel.Volts12)
        {
            s.Plug = PlugState.Unknown;
            s.PlugOutMs = 0;
            return;
        }

        bool isSeen = inputs.PilotReadable && s.DutyHundredths != PilotDuty.SteadyLow;
        s.PlugOutMs = isSeen ? ChargeState.Older(s.PlugOutMs, elapsedMs) : s.PlugOutMs;
        if (s.PlugOutMs >= _settings.NewVehicleMs)
        {
            s.Closings = 0;
        }

        if (s.Plug == PlugState.Gone)
        {
            s.PluggedAgeMs = 0;
        }
        else if (s.PlugOutMs >= _settings.PlugOutMs)
        {
            Leave();
        }
        else
        {
            s.Plug = PlugState.Unknown;
        }
    }

    private void Leave()
    {
        ChargeState s = _state;
        s.Plug = PlugState.Gone;
        s.PluggedAgeMs = 0;
        s.HasOffered = false;
        s.HasPulsed = false;
        s.WakeUps = 0;
        s.RcdRetries = 0;
        s.DiodeRetries = 0;
        s.CurrentRetries = 0;
        s.ExcessMilliamps = 0;
        s.SagMilliamps = 0;
        s.ForgetSelfTest();
    }

    // IEC 61851-1 Table A.4: the diode shows in the negative peak. Checked as long as PWM runs, not only in B.
    private void UpdateDiode(ChargeInputs inputs, int elapsedMs)
    {
        ChargeState s = _state;
        if (s.DutyHundredths == PilotDuty.SteadyHigh || !s.IsPwm || !s.IsConnected)
        {
            s.DiodeSeen = false;
            s.DiodeSamples = 0;
            s.DiodeHistory = 0;
            return;
        }

        if (!inputs.PilotReadable || s.OfferAgeMs < _settings.DiodeSettleMs)
        {
            return;
        }

        bool isThere = inputs.LowMillivolts <= PilotBands.DiodeMillivoltsMax;
        int tickMs = _settings.TickMs;
        int weight = isThere || elapsedMs < tickMs + tickMs / 2 ? 1 : (elapsedMs + tickMs / 2) / tickMs;
        weight = weight > DiodeWeightMax ? DiodeWeightMax : weight;
        for (; weight > 0; weight--)
        {
            s.DiodeHistory = ((s.DiodeHistory << 1) | (isThere ? 1 : 0)) & 0xFF;
            s.DiodeSamples = s.DiodeSamples < PilotFilter.WindowMax ? s.DiodeSamples + 1 : s.DiodeSamples;
        }

        s.DiodeSeen = s.DiodeSeen || PilotFilter.CountOnes(s.DiodeHistory, _settings.PilotWindowSamples)
            >= _settings.PilotAgreeSamples;
    }

    // One bad sample of the resistor must not end an offer; a cable that is gone or another one counts after a moment.
    private void UpdateCable(ChargeInputs inputs, int elapsedMs)
    {
        ChargeState s = _state;
        if (inputs.CableOhms != _cableOhms)
        {
            _cableOhms = inputs.CableOhms;
            CableCoding.TryMilliamps(
                _settings.Standard, _cableOhms, _settings.PhaseCount, out _cableMilliamps);
        }

        int milliamps = _cableMilliamps;
        if (milliamps == s.CableMilliamps && s.CableAgeMs == 0)
        {
            return;
        }

        s.CableAgeMs = milliamps == s.CableMilliamps
            ? ChargeState.Younger(s.CableAgeMs, elapsedMs)
            : ChargeState.Older(s.CableAgeMs, elapsedMs);
        if (s.CableAgeMs >= _settings.CableSettleMs && milliamps != s.CableMilliamps)
        {
            s.CableMilliamps = milliamps;
            s.CableAgeMs = 0;
        }
    }
}
