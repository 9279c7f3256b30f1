namespace MeterFirmware.EvCharger;

/// <summary>
/// What the connector says: pilot level by majority, diode, cable. Fills <see cref="ChargeState"/>, decides nothing
/// about the offer or the contactor.
/// </summary>
public sealed class PilotObserver
{
    // GB/T 18487.1-2023 Table A.7: 2'→3→2' of 200 ms to 3 s by the vehicle is a request. Under an offer it comes out of rest: pulses that
    // follow each other closer than the longest pulse are chatter.
    private const int WakeRequestMsMin = 200;
    private const int WakeRequestMsMax = 3_000;

    private const int SampleWeightMax = 3;

    private readonly ChargerConfiguration _configuration;
    private readonly ChargerEventLog _events;
    private readonly ChargeState _state;

    public PilotObserver(ChargerConfiguration configuration, ChargeState state, ChargerEventLog events)
    {
        _configuration = configuration;
        _state = state;
        _events = events;
    }

    /// <summary>In this tick the vehicle ended a pulse that is a request (GB/T): not chatter.</summary>
    public bool IsRequest { get; private set; }

    /// <summary>One tick's readings.</summary>
    public void Update(ChargeInputs inputs, int elapsedMs, long nowMs)
    {
        IsRequest = false;
        UpdateLevel(inputs, elapsedMs, nowMs);
        UpdatePlug(inputs, elapsedMs);
        UpdateDiode(inputs);
        UpdateCable(inputs, elapsedMs);
    }

    private void UpdateLevel(ChargeInputs inputs, int elapsedMs, long nowMs)
    {
        // While we drive −12 V ourselves the vehicle cannot be read: the level before F holds.
        if (!inputs.PilotReadable || _state.DutyHundredths == PilotDuty.SteadyLow)
        {
            return;
        }

        // A tolerably late tick leaves fewer samples for the same 100 ms: its own sample then weighs up to three.
        PilotLevel sample = PilotBands.Classify(_configuration.Standard, inputs.HighMillivolts);
        int periods = elapsedMs / (2 * _configuration.TickMs);
        for (int weight = periods < 1 ? 1 : periods > SampleWeightMax ? SampleWeightMax : periods; weight > 0; weight--)
        {
            _state.PilotHistory = (_state.PilotHistory << 4) | (int)sample;
        }

        if (sample == PilotLevel.Between || sample == _state.Level)
        {
            return;
        }

        int agreeing = _state.IsReady && !IsReadyLevel(sample)
            ? NotReadySamples()
            : PilotFilter.CountOf(_state.PilotHistory, (int)sample, _configuration.PilotWindowSamples);
        if (agreeing >= _configuration.PilotAgreeSamples)
        {
            ChangeLevel(sample, nowMs);
        }
    }

    // A vehicle that stops asking is believed on all levels together: a pilot that wanders from C through B to A must
    // not gain time by it.
    private int NotReadySamples()
    {
        int window = _configuration.PilotWindowSamples;
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
            IsRequest = _configuration.Standard == ChargingStandard.Gbt18487 && (s.HasRested || !s.IsPwm)
                && s.ReadyAgeMs >= WakeRequestMsMin && s.ReadyAgeMs <= WakeRequestMsMax;
            if (IsRequest)
            {
                s.ShortClosings = 0;
                _events.Add(nowMs, ChargerEvent.WakeRequest, 0);
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
        if (s.IsConnected)
        {
            s.Plug = PlugState.Plugged;
            s.PlugOutMs = 0;
            return;
        }

        if (s.Level != PilotLevel.Volts12)
        {
            s.Plug = PlugState.Unknown;
            s.PlugOutMs = 0;
            return;
        }

        if (s.Plug == PlugState.Gone)
        {
            s.PluggedAgeMs = 0;
            return;
        }

        s.Plug = PlugState.Unknown;
        bool isSeen = inputs.PilotReadable && s.DutyHundredths != PilotDuty.SteadyLow;
        s.PlugOutMs = isSeen ? ChargeState.Older(s.PlugOutMs, elapsedMs) : s.PlugOutMs;
        if (s.PlugOutMs >= _configuration.PlugOutMs)
        {
            s.Plug = PlugState.Gone;
            s.PluggedAgeMs = 0;
            s.HasOffered = false;
            s.ShortClosings = 0;
            s.RcdRetries = 0;
            s.ForgetSelfTest();
        }
    }

    // IEC 61851-1 Table A.4: the diode shows in the negative peak. Checked as long as PWM runs, not only in B.
    private void UpdateDiode(ChargeInputs inputs)
    {
        ChargeState s = _state;
        if (!s.IsPwm || !s.IsConnected)
        {
            s.DiodeSeen = false;
            s.DiodeSamples = 0;
            s.DiodeHistory = 0;
            return;
        }

        if (!inputs.PilotReadable || s.OfferAgeMs < _configuration.DiodeSettleMs)
        {
            return;
        }

        bool isThere = inputs.LowMillivolts <= PilotBands.DiodeMillivoltsMax;
        s.DiodeHistory = ((s.DiodeHistory << 1) | (isThere ? 1 : 0)) & 0xFF;
        s.DiodeSamples = s.DiodeSamples < PilotFilter.WindowMax ? s.DiodeSamples + 1 : s.DiodeSamples;
        s.DiodeSeen |= PilotFilter.CountOnes(s.DiodeHistory, _configuration.PilotWindowSamples)
            >= _configuration.PilotAgreeSamples;
    }

    // One bad sample of the resistor must not end an offer; a cable that is gone or another one counts after a moment.
    private void UpdateCable(ChargeInputs inputs, int elapsedMs)
    {
        if (!_configuration.ReadsCable)
        {
            return;
        }

        ChargeState s = _state;
        CableCoding.TryMilliamps(_configuration.Standard, inputs.CableOhms, _configuration.PhaseCount, out int milliamps);
        s.CableAgeMs = milliamps == s.CableMilliamps ? 0 : ChargeState.Older(s.CableAgeMs, elapsedMs);
        if (s.CableAgeMs >= _configuration.CableSettleMs && milliamps != s.CableMilliamps)
        {
            s.CableMilliamps = milliamps;
            s.CableAgeMs = 0;
        }
    }
}
