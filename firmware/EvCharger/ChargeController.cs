using MeterFirmware.Basics;

namespace MeterFirmware.EvCharger;

/// <summary>
/// The control-pilot state machine of IEC 61851-1 and GB/T 18487.1: pilot in, offer and contactor out. One call a tick,
/// no clock, no input or output of its own, nothing allocated.
/// <code>
///              unplugged                                        any: pilot 0 V or −12 V, RCD, PE, diode,
///   +-------------------------------------------+               hard over-current, late tick
///   v                                           |                     | at once
///  [A | 1] --9 V--> [B | 2] --self-test ok,---> [B | 2']              v
///     no PWM          no PWM   authorised,       PWM = offer     contactor open, 12 V steady,
///                       ^      offer >= 6 A       |     ^        latch or wait (Protection)
///                       |                      6 V|     |9 V: open at once (8.1)
///                       |                         v     |
///                       |    diode seen,       [C,D | 3']
///                       |    ready 300 ms  --> contactor closed --offer ended, unauthorised,
///                       |    (3 s: seq. 4)        |     ^         derated, soft fault
///                       |                         v     | offer back after 5 s
///                       +--9 V, or 6 s (10.2)-- [C | 3] X1: orderly stop, 12 V steady
///
///  weld: steady −12 V [F | 4] until a person resets.  Sleeping vehicle after a renewed offer: F for 4 s, once (9.2).
/// </code>
/// </summary>
public sealed class ChargeController
{
    // GB/T 18487.1-2023 Table A.7: 2'→3→2' of 200 ms to 3 s by the vehicle asks for a new offer.
    private const int WakeRequestMsMin = 200;
    private const int WakeRequestMsMax = 3_000;

    private const int SampleWeightMax = 3;

    // Below this an open feedback contact is believed: nothing flows.
    private const int NoLoadMilliampsMax = 1_000;

    private readonly ChargerConfiguration _configuration;
    private readonly Protection _protection;
    private readonly ChargerEventLog _events;
    private long _lastMs;
    private bool _hasTicked;
    private string _name;

    public ChargeController(ChargerConfiguration configuration, ChargerEventLog events)
    {
        Invariant.Require(configuration.PilotWindowSamples <= PilotFilter.WindowMax, "pilot window of at most 8 samples");
        Invariant.Require(configuration.PilotAgreeSamples * 2 > configuration.PilotWindowSamples, "pilot majority");
        Invariant.Require(configuration.PhaseCount == 1 || configuration.PhaseCount == 3, "1 or 3 phases");
        _configuration = configuration;
        _events = events;
        State = new ChargeState();
        _protection = new Protection(configuration, State);
        _name = StateName;
    }

    /// <summary>Everything remembered; tests explore it, the product only reads it.</summary>
    public ChargeState State { get; }

    /// <summary>Duty to be driven, in hundredths of a percent.</summary>
    public int DutyHundredths => State.DutyHundredths;

    /// <summary>What the contactor is to be driven to.</summary>
    public bool IsClosed => State.IsClosed;

    /// <summary>The test winding of the residual-current monitor is to be driven.</summary>
    public bool IsTestDriven => State.SelfTest == ChargeState.TestDriven;

    /// <summary>The standard's name of the pilot state.</summary>
    public string StateName => PilotNames.StateOf(_configuration.Standard, State.Level, State.DutyHundredths);

    /// <summary>Faults of this tick that open under load.</summary>
    public int ImmediateFaults()
    {
        int faults = State.ActiveFaults & ChargerFault.ImmediateMask;
        if (_protection.CurrentMilliampsMax > _configuration.BreakingMilliampsMax)
        {
            // More than the contactor can break: the fuse must, and the contactor follows.
            faults &= ~(1 << ChargerFault.HardOverCurrent);
        }

        if (State.Has(ChargerFault.Stuck) && _protection.CurrentMilliampsMax < NoLoadMilliampsMax)
        {
            faults |= 1 << ChargerFault.Stuck;
        }

        return faults;
    }

    /// <summary>Restores a weld that was known before the supply failed: it survives a restart.</summary>
    public void RestoreWeld()
    {
        State.ActiveFaults |= 1 << ChargerFault.Welded;
    }

    /// <summary>One turn of the loop.</summary>
    /// <param name="inputs">This tick's readings.</param>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    public void Tick(ChargeInputs inputs, long nowMs)
    {
        int elapsedMs = ElapsedMs(nowMs);
        int faultsBefore = State.ActiveFaults;
        int dutyBefore = State.DutyHundredths;
        bool wasClosed = State.IsClosed;

        GrowOlder(elapsedMs);
        UpdateLevel(inputs, elapsedMs, nowMs);
        UpdateDiode(inputs);
        _protection.Update(inputs, elapsedMs);
        UpdateSelfTest(inputs);

        int offer = OfferMilliamps(inputs);
        bool mayOffer = MayOffer(inputs, offer);
        UpdateDuty(offer, mayOffer);
        UpdateOpening(mayOffer, nowMs);
        UpdateClosing(inputs);
        Report(nowMs, faultsBefore, dutyBefore, wasClosed);
    }

    private int ElapsedMs(long nowMs)
    {
        long elapsed = _hasTicked ? nowMs - _lastMs : _configuration.TickMs;
        _hasTicked = true;
        _lastMs = nowMs;
        return elapsed < 0 ? 0 : elapsed > ChargeState.AgeMsMax ? ChargeState.AgeMsMax : (int)elapsed;
    }

    private void GrowOlder(int ms)
    {
        ChargeState s = State;
        s.DutyAgeMs = ChargeState.Older(s.DutyAgeMs, ms);
        s.DecreaseAgeMs = ChargeState.Older(s.DecreaseAgeMs, ms);
        s.OfferAgeMs = ChargeState.Older(s.OfferAgeMs, ms);
        s.PluggedAgeMs = ChargeState.Older(s.PluggedAgeMs, ms);
        s.SwitchAgeMs = ChargeState.Older(s.SwitchAgeMs, ms);
        s.ReadyAgeMs = ChargeState.Older(s.ReadyAgeMs, ms);
        s.StopAgeMs = ChargeState.Older(s.StopAgeMs, ms);
        s.SelfTestAgeMs = ChargeState.Older(s.SelfTestAgeMs, ms);
    }

    private void UpdateLevel(ChargeInputs inputs, int elapsedMs, long nowMs)
    {
        // While we drive −12 V ourselves the vehicle cannot be read: the level before F holds.
        if (!inputs.PilotReadable || State.DutyHundredths == PilotDuty.SteadyLow)
        {
            return;
        }

        // A tolerably late tick leaves fewer samples for the same 100 ms: its own sample then weighs up to three.
        PilotLevel sample = PilotBands.Classify(_configuration.Standard, inputs.HighMillivolts);
        int periods = elapsedMs / (2 * _configuration.TickMs);
        for (int weight = periods < 1 ? 1 : periods > SampleWeightMax ? SampleWeightMax : periods; weight > 0; weight--)
        {
            State.PilotHistory = (State.PilotHistory << 4) | (int)sample;
        }

        if (sample == PilotLevel.Between || sample == State.Level)
        {
            return;
        }

        int agreeing = State.IsReady && !IsReadyLevel(sample)
            ? NotReadySamples()
            : PilotFilter.CountOf(State.PilotHistory, (int)sample, _configuration.PilotWindowSamples);
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
        int history = State.PilotHistory;
        return window - PilotFilter.CountOf(history, (int)PilotLevel.Between, window)
            - PilotFilter.CountOf(history, (int)PilotLevel.Volts6, window)
            - PilotFilter.CountOf(history, (int)PilotLevel.Volts3, window);
    }

    private static bool IsReadyLevel(PilotLevel level) => level == PilotLevel.Volts6 || level == PilotLevel.Volts3;

    private void ChangeLevel(PilotLevel level, long nowMs)
    {
        ChargeState s = State;
        bool wasReady = s.IsReady;
        bool wasConnected = s.IsConnected;
        s.Level = level;
        if (wasReady && level == PilotLevel.Volts9)
        {
            bool isRequest = _configuration.Standard == ChargingStandard.Gbt18487 && !s.IsPwm
                && s.ReadyAgeMs >= WakeRequestMsMin && s.ReadyAgeMs <= WakeRequestMsMax;
            if (isRequest)
            {
                s.ShortClosings = 0;
                _events.Add(nowMs, ChargerEvent.WakeRequest, 0);
            }
        }

        if (!s.IsReady || !wasReady)
        {
            s.ReadyAgeMs = 0;
        }

        if (s.IsConnected && !wasConnected)
        {
            // A new vehicle, or one that comes back from a short: the monitor is tested anew before it may charge.
            s.PluggedAgeMs = 0;
            s.HasOffered = false;
            s.SelfTest = ChargeState.TestNeeded;
        }
        else if (level == PilotLevel.Volts12)
        {
            s.HasOffered = false;
            s.ShortClosings = 0;
            s.RcdRetries = 0;
            s.SelfTest = ChargeState.TestNeeded;
        }

        s.HasResponded |= s.IsReady;
    }

    // IEC 61851-1 Table A.4: the diode shows in the negative peak. Checked as long as PWM runs, not only in B.
    private void UpdateDiode(ChargeInputs inputs)
    {
        ChargeState s = State;
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

    private void UpdateSelfTest(ChargeInputs inputs)
    {
        ChargeState s = State;
        bool isTripped = inputs.AcTripped || inputs.DcTripped;
        const int ResidualMask = 1 << ChargerFault.RcdAc | 1 << ChargerFault.RcdDc | 1 << ChargerFault.RcdSelfTest;
        if ((s.ActiveFaults & ResidualMask) != 0)
        {
            s.SelfTest = ChargeState.TestNeeded;
            s.SelfTestAgeMs = 0;
            return;
        }

        if (s.SelfTest == ChargeState.TestDriven && isTripped)
        {
            s.SelfTest = ChargeState.TestFalling;
            s.SelfTestAgeMs = 0;
        }
        else if (s.SelfTest == ChargeState.TestFalling && !isTripped)
        {
            s.SelfTest = ChargeState.TestPassed;
            s.SelfTestAgeMs = 0;
        }
        else if (s.SelfTest == ChargeState.TestPassed && s.SelfTestAgeMs >= _configuration.SelfTestPeriodMs && !s.IsClosed)
        {
            s.SelfTest = ChargeState.TestNeeded;
        }

        // Only with the contactor open and seen to be open, a monitor that does not trip by itself, and a vehicle that
        // was read since the pilot last was at −12 V.
        bool isFresh = PilotFilter.CountOf(s.PilotHistory, (int)s.Level, _configuration.PilotWindowSamples)
            >= _configuration.PilotAgreeSamples;
        bool mayTest = s.SelfTest == ChargeState.TestNeeded && s.IsConnected && isFresh && !s.IsClosed
            && !inputs.FeedbackClosed && inputs.RcdReadable && !isTripped;
        if (mayTest)
        {
            s.SelfTest = ChargeState.TestDriven;
            s.SelfTestAgeMs = 0;
        }
    }

    /// <summary>The least of site limit, station, cable and table, derated by temperature; 0 when that is below 6 A.</summary>
    private int OfferMilliamps(ChargeInputs inputs)
    {
        ChargerConfiguration c = _configuration;
        int offer = Lower(inputs.LimitMilliamps, c.StationMilliampsMax);
        offer = Lower(offer, PilotDuty.MilliampsMax(c.Standard));
        if (c.ReadsCable)
        {
            offer = CableCoding.TryMilliamps(c.Standard, inputs.CableOhms, c.PhaseCount, out int cable)
                ? Lower(offer, cable) : 0;
        }

        switch (State.DeratingStep)
        {
            case 0: break;
            case 1: offer /= 2; break;
            case 2: offer /= 4; break;
            default: offer = 0; break;
        }

        return offer < PilotDuty.OfferMilliampsMin ? 0 : offer;
    }

    private static int Lower(int a, int b) => a < b ? a : b;

    private bool MayOffer(ChargeInputs inputs, int offer)
    {
        ChargeState s = State;
        bool isTested = s.SelfTest == ChargeState.TestPassed && s.SelfTestAgeMs < _configuration.SelfTestPeriodMs;
        bool isServable = s.IsConnected && (s.Level != PilotLevel.Volts3 || _configuration.AllowsVentilation);
        return offer > 0 && inputs.IsAuthorized && s.ActiveFaults == 0 && isTested && isServable;
    }

    private void UpdateDuty(int offer, bool mayOffer)
    {
        ChargeState s = State;
        if (s.Has(ChargerFault.Welded))
        {
            // A weld cannot be opened: tell the vehicle that the charger is gone. IEC 61851-1 Table A.4, state F.
            s.IsWaking = false;
            s.SelfTest = ChargeState.TestNeeded;
            SetDuty(PilotDuty.SteadyLow, 0);
            return;
        }

        if (!mayOffer)
        {
            s.IsWaking = false;
            SetDuty(PilotDuty.SteadyHigh, 0);
            return;
        }

        if (UpdateWaking())
        {
            SetDuty(PilotDuty.SteadyLow, 0);
            return;
        }

        int duty = _configuration.OffersDigitalCommunication
            ? PilotDuty.DigitalCommunication
            : PilotDuty.FromMilliamps(_configuration.Standard, offer);
        if (s.IsPwm)
        {
            // IEC 61851-1 Table A.6, sequence 6: changes of the offer at least 5 s apart.
            if (duty != s.DutyHundredths && s.DutyAgeMs >= _configuration.OfferChangeMs)
            {
                SetDuty(duty, offer);
            }

            return;
        }

        bool isAwoken = s.DutyHundredths == PilotDuty.SteadyLow;
        if (!s.HasOffered || isAwoken || s.DutyAgeMs >= _configuration.OfferChangeMs)
        {
            BeginOffer(isAwoken);
            SetDuty(duty, offer);
        }
    }

    private void BeginOffer(bool isAwoken)
    {
        ChargeState s = State;
        s.IsRenewedOffer = s.HasOffered || s.PluggedAgeMs >= _configuration.WakePluggedMs;
        s.HasWoken = isAwoken;
        s.HasOffered = true;
        s.HasResponded = s.IsReady;
        s.OfferAgeMs = 0;
    }

    // IEC 61851-1 A.5.3 / sequence 9.2: B2 → F → B2 wakes a vehicle that sleeps through a renewed offer. Once an offer.
    private bool UpdateWaking()
    {
        ChargeState s = State;
        if (s.IsWaking)
        {
            s.IsWaking = s.DutyAgeMs < _configuration.WakeHoldMs;
            return s.IsWaking;
        }

        s.IsWaking = s.IsPwm && s.Level == PilotLevel.Volts9 && s.IsRenewedOffer && !s.HasResponded && !s.HasWoken
            && !s.IsClosed && s.OfferAgeMs >= _configuration.WakeAfterMs;
        return s.IsWaking;
    }

    private void SetDuty(int duty, int offer)
    {
        ChargeState s = State;
        if (offer < s.OfferMilliamps && offer > 0)
        {
            s.OfferBeforeMilliamps = s.OfferMilliamps;
            s.DecreaseAgeMs = 0;
        }

        s.OfferMilliamps = offer;
        if (duty == s.DutyHundredths)
        {
            return;
        }

        if (s.DutyHundredths == PilotDuty.SteadyLow)
        {
            // What was read before F says nothing about now.
            s.PilotHistory = 0;
        }

        s.DutyHundredths = duty;
        s.DutyAgeMs = 0;
        if (s.IsClosed && !s.IsPwm)
        {
            s.IsStopping = true;
            s.StopAgeMs = 0;
        }
    }

    private void UpdateOpening(bool mayOffer, long nowMs)
    {
        ChargeState s = State;
        if (!s.IsClosed)
        {
            return;
        }

        // Any fault that must not wait; and C→B, C→A, C→E within 100 ms: IEC 61851-1 Table A.6, sequences 8.1, 8.2
        // and 12; GB/T 18487.1-2023 Table A.7.
        if (ImmediateFaults() != 0 || !s.IsReady)
        {
            Open();
            return;
        }

        // The vehicle ignores X1: IEC 61851-1 Table A.6, sequence 10.2. Never earlier, it may still draw its current.
        if (s.IsStopping && s.StopAgeMs >= _configuration.OrderlyStopMs)
        {
            _events.Add(nowMs, ChargerEvent.ForcedOpening, 0);
            Open();
            return;
        }

        Invariant.Require(mayOffer || s.IsStopping, "closed without an offer and without a stop");

        // The offer came back before the vehicle had to stop; the stop ends only when the diode is seen once more.
        s.IsStopping &= !(mayOffer && s.IsPwm && s.DiodeSeen);
    }

    private void Open()
    {
        ChargeState s = State;
        bool isShort = s.SwitchAgeMs < _configuration.ChatterClosedMs;
        s.ShortClosings = !isShort ? 0 : s.ShortClosings < _configuration.ChatterCount ? s.ShortClosings + 1 : s.ShortClosings;
        s.IsClosed = false;
        s.IsStopping = false;
        s.SwitchAgeMs = 0;
    }

    private void UpdateClosing(ChargeInputs inputs)
    {
        ChargeState s = State;
        if (s.IsClosed || !ClosingCondition.Holds(s, inputs, _configuration))
        {
            return;
        }

        // These only delay: IEC 61851-1 Table A.6, sequence 4 leaves 3 s from B→C to closing.
        int pause = s.ShortClosings >= _configuration.ChatterCount ? _configuration.ChatterPauseMs : _configuration.ReclosePauseMs;
        if (s.ReadyAgeMs < _configuration.ReadySettleMs || s.SwitchAgeMs < pause)
        {
            return;
        }

        s.IsClosed = true;
        s.IsStopping = false;
        s.SwitchAgeMs = 0;
    }

    // In the order in which a reader wants them: the state, its faults, the offer, the contactor.
    private void Report(long nowMs, int faultsBefore, int dutyBefore, bool wasClosed)
    {
        string name = StateName;
        if ((object)name != (object)_name && name != _name)
        {
            _name = name;
            _events.Add(nowMs, ChargerEvent.State, (int)State.Level);
        }

        int changed = faultsBefore ^ State.ActiveFaults;
        for (int fault = 0; changed != 0; fault++)
        {
            if ((changed & 1) != 0)
            {
                _events.Add(nowMs, State.Has(fault) ? ChargerEvent.FaultRaised : ChargerEvent.FaultCleared, fault);
            }

            changed >>= 1;
        }

        if (dutyBefore != State.DutyHundredths)
        {
            _events.Add(nowMs, ChargerEvent.Duty, State.DutyHundredths);
        }

        if (wasClosed != State.IsClosed)
        {
            _events.Add(nowMs, ChargerEvent.Contactor, State.IsClosed ? 1 : 0);
        }
    }
}
