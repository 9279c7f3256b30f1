using MeterFirmware.Basics;
using MeterFirmware.ChargerSafety.Pilot;

namespace MeterFirmware.ChargerSafety;

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

    private readonly SafetySettings _settings;
    private readonly PilotObserver _pilot;
    private readonly Protection _protection;
    private readonly MonitorTest _monitorTest;
    private readonly OfferControl _offer;
    private readonly CalmTick _calm;
    private readonly ChargerEventLog _events;
    private readonly ChargeState _state;
    private long _lastMs;
    private bool _hasTicked;
    private string _name;
    private PilotLevel _namedLevel;
    private int _namedDuty = -1;

    /// <param name="settings">Not changed afterwards.</param>
    /// <param name="events">Takes what happens.</param>
    public ChargeController(SafetySettings settings, ChargerEventLog events)
    {
        Invariant.Require(settings.PilotWindowSamples <= PilotFilter.WindowMax, "pilot window of at most 8 samples");
        Invariant.Require(settings.PilotAgreeSamples * 2 > settings.PilotWindowSamples, "pilot majority");
        Invariant.Require(settings.PhaseCount == 1 || settings.PhaseCount == 3, "1 or 3 phases");
        _settings = settings;
        _events = events;
        _state = new ChargeState();
        _pilot = new PilotObserver(settings, _state, events);
        _protection = new Protection(settings, _state);
        _monitorTest = new MonitorTest(settings, _state);
        _offer = new OfferControl(settings, _state);
        _calm = new CalmTick(settings, _state, _protection);
        _name = StateName;
    }

    /// <summary>Everything remembered; tests explore it, the product only reads it.</summary>
    public ChargeState State => _state;

    /// <summary>Duty to be driven, in hundredths of a percent.</summary>
    public int DutyHundredths => _state.DutyHundredths;

    /// <summary>What the contactor is to be driven to.</summary>
    public bool IsClosed => _state.IsClosed;

    /// <summary>The test winding of the residual-current monitor is to be driven.</summary>
    public bool IsTestDriven => _state.SelfTest == ChargeState.TestDriven;

    /// <summary>The highest phase current of the last reading that counted, in mA.</summary>
    public int CurrentMilliampsMax => _protection.CurrentMilliampsMax;

    /// <summary>The standard's name of the pilot state.</summary>
    public string StateName => PilotNames.StateOf(_settings.Standard, _state.Level, _state.DutyHundredths);

    /// <summary>Faults of this tick that open under load.</summary>
    public int ImmediateFaults()
    {
        int faults = _state.ActiveFaults & ChargerFault.ImmediateMask;
        if (_protection.CurrentMilliampsMax > _settings.BreakingMilliampsMax)
        {
            // More than the contactor can break: the fuse must, and the contactor follows.
            faults &= ~(1 << ChargerFault.HardOverCurrent);
        }
        else if (_settings.Standard == ChargingStandard.Gbt18487)
        {
            // GB/T 18487.1-2023: held 5 s, then open (check); a stop of 6 s more would be too long.
            faults |= _state.ActiveFaults & (1 << ChargerFault.OverCurrent);
        }

        if (!_protection.IsBlind)
        {
            // A sensor of temperature or feedback that fails leaves the vehicle its time to stop.
            faults &= ~(1 << ChargerFault.Internal);
        }

        faults |= _state.ActiveFaults & _protection.MainsTrip;
        if (_protection.IsSurge)
        {
            faults |= _state.ActiveFaults & (1 << ChargerFault.OverVoltage);
        }

        if (_state.Has(ChargerFault.Stuck) && _protection.CurrentMilliampsMax < NoLoadMilliampsMax)
        {
            faults |= 1 << ChargerFault.Stuck;
        }

        return faults;
    }

    /// <summary>Restores a weld that was known before the supply failed: it survives a restart.</summary>
    public void RestoreWeld()
    {
        _state.ActiveFaults |= 1 << ChargerFault.Welded;
        _state.Calm = ChargeState.CalmUnknown;
    }

    /// <summary>Asks for a self-test of the residual-current monitor now. False: the contactor is closed, a test runs,
    /// or one failed and waits for a person.</summary>
    public bool TryTestMonitor()
    {
        if (_state.IsClosed || _state.IsTesting || _state.Has(ChargerFault.RcdSelfTest))
        {
            return false;
        }

        _state.Settle();
        _state.SelfTest = ChargeState.TestNeeded;
        _state.SelfTestAgeMs = ChargeState.AgeMsMax;
        _state.Calm = ChargeState.CalmUnknown;
        return true;
    }

    /// <summary>The outputs were made safe from outside: what is remembered follows, and the contactor closes again by
    /// <see cref="ClosingCondition"/> and its pauses only.</summary>
    /// <param name="isFault">A bug was caught: an internal fault stands from now on.</param>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    public void MakeSafe(bool isFault, long nowMs)
    {
        int faultsBefore = _state.ActiveFaults;
        int dutyBefore = _state.DutyHundredths;
        bool wasClosed = _state.IsClosed;
        if (isFault)
        {
            _state.ActiveFaults |= 1 << ChargerFault.Internal;
            _state.FaultMs[ChargerFault.Internal] = -1;
        }

        _state.Settle();
        _state.Calm = ChargeState.CalmUnknown;
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
        int tolerableMs = _settings.TickMs + _settings.TickLateMsMax;
        bool isLate = elapsedMs > tolerableMs;
        if (!isLate && _calm.TryTake(inputs, elapsedMs))
        {
            return;
        }

        int seenMs = isLate ? tolerableMs : elapsedMs;
        int faultsBefore = _state.ActiveFaults;
        int dutyBefore = _state.DutyHundredths;
        bool wasClosed = _state.IsClosed;

        _state.Settle();
        _state.GrowOlder(elapsedMs, seenMs);
        _pilot.Update(inputs, seenMs, isLate, nowMs);
        if (inputs.IsReset)
        {
            _monitorTest.TakeReset();
        }

        _protection.Update(inputs, seenMs, isLate);
        _monitorTest.Update(inputs);
        bool mayOffer = _offer.Update(inputs);
        if (_state.IsClosed)
        {
            UpdateOpening(mayOffer, nowMs);
        }

        if (!_state.IsClosed)
        {
            UpdateClosing(inputs);
        }

        Report(nowMs, faultsBefore, dutyBefore, wasClosed);
        _state.Calm = ChargeState.CalmUnknown;
    }

    private int ElapsedMs(long nowMs)
    {
        long elapsed = _hasTicked ? nowMs - _lastMs : _settings.TickMs;
        _hasTicked = true;
        _lastMs = nowMs;
        return elapsed < 0 ? 0 : elapsed > ChargeState.AgeMsMax ? ChargeState.AgeMsMax : (int)elapsed;
    }

    private void UpdateOpening(bool mayOffer, long nowMs)
    {
        ChargeState s = _state;

        // Any fault that must not wait; and C→B, C→A, C→E within 100 ms: IEC 61851-1 Table A.6, sequences 8.1, 8.2
        // and 12; GB/T 18487.1-2023 Table A.7.
        if (!s.IsReady || (s.ActiveFaults != 0 && ImmediateFaults() != 0))
        {
            Open();
            return;
        }

        // The vehicle ignores X1: IEC 61851-1 Table A.6, sequence 10.2. Never earlier, it may still draw its current.
        if (s.IsStopping && s.StopAgeMs >= _settings.OrderlyStopMs)
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
        ChargeState s = _state;
        s.IsClosed = false;
        s.IsStopping = false;
        s.SwitchAgeMs = 0;
    }

    private void UpdateClosing(ChargeInputs inputs)
    {
        ChargeState s = _state;
        if (s.ActiveFaults != 0 || !inputs.IsAuthorized || !ClosingCondition.Holds(s, inputs, _settings))
        {
            return;
        }

        // These only delay: IEC 61851-1 Table A.6, sequence 4 leaves 3 s from B→C to closing.
        int settleMs = s.HasPulsed ? _settings.PulsedSettleMs : _settings.ReadySettleMs;
        if (s.ReadyAgeMs < settleMs || s.SwitchAgeMs < _settings.ReclosePauseMs
            || !ContactorRule.MayClose(s, _settings))
        {
            return;
        }

        ContactorRule.NoteClosing(s, _settings);
        s.IsClosed = true;
        s.IsStopping = false;
        s.SwitchAgeMs = 0;
    }

    // In the order in which a reader wants them: the state, its faults, the offer, the contactor.
    private void Report(long nowMs, int faultsBefore, int dutyBefore, bool wasClosed)
    {
        if (_namedLevel != _state.Level || _namedDuty != _state.DutyHundredths)
        {
            ReportName(nowMs);
        }

        int changed = faultsBefore ^ _state.ActiveFaults;
        for (int fault = 0; changed != 0; fault++)
        {
            if ((changed & 1) != 0)
            {
                _events.Add(nowMs, _state.Has(fault) ? ChargerEvent.FaultRaised : ChargerEvent.FaultCleared, fault);
            }

            changed >>= 1;
        }

        if (dutyBefore != _state.DutyHundredths)
        {
            _events.Add(nowMs, ChargerEvent.Duty, _state.DutyHundredths);
        }

        if (wasClosed != _state.IsClosed)
        {
            _events.Add(nowMs, ChargerEvent.Contactor, _state.IsClosed ? 1 : 0);
        }
    }

    private void ReportName(long nowMs)
    {
        _namedLevel = _state.Level;
        _namedDuty = _state.DutyHundredths;
        string name = StateName;
        if (name != _name)
        {
            _name = name;
            _events.Add(nowMs, ChargerEvent.State, (int)_state.Level);
        }
    }
}
