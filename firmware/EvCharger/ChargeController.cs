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
    // Below this an open feedback contact is believed: nothing flows.
    private const int NoLoadMilliampsMax = 1_000;

    private readonly ChargerConfiguration _configuration;
    private readonly PilotObserver _pilot;
    private readonly Protection _protection;
    private readonly MonitorTest _monitorTest;
    private readonly OfferControl _offer;
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
        _pilot = new PilotObserver(configuration, State, events);
        _protection = new Protection(configuration, State);
        _monitorTest = new MonitorTest(configuration, State);
        _offer = new OfferControl(configuration, State);
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
        else if (_configuration.Standard == ChargingStandard.Gbt18487)
        {
            // GB/T 18487.1-2023: held 5 s, then open (check); a stop of 6 s more would be too long.
            faults |= State.ActiveFaults & (1 << ChargerFault.OverCurrent);
        }

        if (!_protection.IsBlind)
        {
            // A sensor of temperature or feedback that fails leaves the vehicle its time to stop.
            faults &= ~(1 << ChargerFault.Internal);
        }

        if (_protection.IsSurge)
        {
            faults |= State.ActiveFaults & (1 << ChargerFault.OverVoltage);
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

    /// <summary>Asks for a self-test of the residual-current monitor now. False: the contactor is closed, a test runs, or one
    /// failed and waits for a person.</summary>
    public bool TryTestMonitor()
    {
        if (State.IsClosed || State.IsTesting || State.Has(ChargerFault.RcdSelfTest))
        {
            return false;
        }

        State.SelfTest = ChargeState.TestNeeded;
        State.SelfTestAgeMs = ChargeState.AgeMsMax;
        return true;
    }

    /// <summary>The outputs were made safe from outside: what is remembered follows, and the contactor closes again by
    /// <see cref="ClosingCondition"/> and its pauses only.</summary>
    /// <param name="isFault">A bug was caught: an internal fault stands from now on.</param>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    public void MakeSafe(bool isFault, long nowMs)
    {
        int faultsBefore = State.ActiveFaults;
        int dutyBefore = State.DutyHundredths;
        bool wasClosed = State.IsClosed;
        if (isFault)
        {
            State.ActiveFaults |= 1 << ChargerFault.Internal;
            State.FaultMs[ChargerFault.Internal] = -1;
        }

        _offer.End();
        if (wasClosed)
        {
            Open();
        }

        Report(nowMs, faultsBefore, dutyBefore, wasClosed);
    }

    /// <summary>One turn of the loop.</summary>
    /// <param name="inputs">This tick's readings.</param>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    public void Tick(ChargeInputs inputs, long nowMs)
    {
        int elapsedMs = ElapsedMs(nowMs);

        // After a late tick nothing that was seen before it counts, and what is seen now has not been seen for long.
        int tolerableMs = _configuration.TickMs + _configuration.TickLateMsMax;
        bool isLate = elapsedMs > tolerableMs;
        int seenMs = isLate ? tolerableMs : elapsedMs;
        int faultsBefore = State.ActiveFaults;
        int dutyBefore = State.DutyHundredths;
        bool wasClosed = State.IsClosed;

        GrowOlder(elapsedMs, seenMs);
        _pilot.Update(inputs, seenMs, isLate, nowMs);
        _monitorTest.TakeReset(inputs);
        _protection.Update(inputs, seenMs, isLate);
        _monitorTest.Update(inputs);
        bool mayOffer = _offer.Update(inputs);
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

    private void GrowOlder(int ms, int seenMs)
    {
        ChargeState s = State;
        s.DutyAgeMs = ChargeState.Older(s.DutyAgeMs, ms);
        s.DecreaseAgeMs = ChargeState.Older(s.DecreaseAgeMs, ms);
        s.OfferAgeMs = ChargeState.Older(s.OfferAgeMs, ms);
        s.PluggedAgeMs = ChargeState.Older(s.PluggedAgeMs, ms);
        s.SwitchAgeMs = ChargeState.Older(s.SwitchAgeMs, ms);
        s.CloseAgeMs = ChargeState.Older(s.CloseAgeMs, ms);
        s.ReadyAgeMs = ChargeState.Older(s.ReadyAgeMs, seenMs);
        s.StopAgeMs = ChargeState.Older(s.StopAgeMs, ms);

        // A monitor whose answer nobody looked for has not failed to answer.
        s.SelfTestAgeMs = ChargeState.Older(s.SelfTestAgeMs, s.IsTesting ? seenMs : ms);
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
            _events.Add(nowMs, ChargerEvent.ForcedOpening, _protection.CurrentMilliampsMax);
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
        int settleMs = s.HasPulsed ? _configuration.PulsedSettleMs : _configuration.ReadySettleMs;
        if (s.ReadyAgeMs < settleMs || s.SwitchAgeMs < _configuration.ReclosePauseMs
            || !ContactorRule.MayClose(s, _configuration))
        {
            return;
        }

        ContactorRule.NoteClosing(s, _configuration);
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
