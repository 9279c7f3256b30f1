using System;
using MeterFirmware.Basics;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.Hardware;

namespace MeterFirmware.ChargerSafety;

/// <summary>
/// The state machine between its roles: reads them, ticks, drives them, feeds the tick-alive circuit last. What goes
/// wrong inside makes the outputs safe and shows up as an internal fault; it never leaves this class.
/// </summary>
public sealed class SafetyLoop
{
    /// <summary>Events between two drains; a tick makes at most a handful.</summary>
    public const int EventCount = 48;

    /// <summary>So many failed ticks in a row ask for a restart.</summary>
    public const int FailedTicksMax = 100;

    private const int WeldedMask = 1 << ChargerFault.Welded;

    // Roles and what is used in every tick stand in fields: a property is a call, and this runtime has no inlining.
    private readonly IControlPilot _pilot;
    private readonly IContactor _contactor;
    private readonly IResidualCurrentMonitor _residual;
    private readonly IEarthMonitor _earth;
    private readonly ITemperatureSensor _temperature;
    private readonly IProximityPilot _proximity;
    private readonly IPowerSensor _meter;
    private readonly IPowerSensor _supplyMeter;
    private readonly ITickAlive _tickAlive;
    private readonly SafetySettings _settings;
    private readonly ChargeController _controller;
    private readonly ChargeState _state;
    private readonly ChargeInputs _inputs;
    private readonly Measurement _measurement;
    private readonly Measurement _mains;
    private long _nowMs;
    private int _drivenDuty = -1;
    private bool _isTestDriven;
    private int _turn = 2;
    private bool _isTripDue;
    private int _failedTicks;

    public SafetyLoop(SafetyParts parts, SafetySettings settings)
    {
        Invariant.Require(parts.Pilot != null && parts.Contactor != null && parts.Residual != null
            && parts.Earth != null && parts.Temperature != null && parts.Meter != null
            && parts.TickAlive != null, "a charger board lacks a role");
        _pilot = parts.Pilot;
        _contactor = parts.Contactor;
        _residual = parts.Residual;
        _earth = parts.Earth;
        _temperature = parts.Temperature;
        _proximity = parts.Proximity;
        _meter = parts.Meter;
        _supplyMeter = parts.SupplyMeter;
        _tickAlive = parts.TickAlive;
        _settings = settings;
        Events = new ChargerEventLog(EventCount);
        _controller = new ChargeController(settings, Events);
        _state = _controller.State;
        _measurement = new Measurement();
        Supply = parts.SupplyMeter == null ? null : new Measurement();

        // With two meters the mains are judged in front of the contactor: the charger's own may sit behind it.
        _mains = Supply ?? _measurement;
        _inputs = new ChargeInputs(_mains.VoltageMillivolts, _measurement.CurrentMilliamps);
        if (parts.Proximity == null)
        {
            Invariant.Require(!settings.ReadsCable, "a cable can only be read through a proximity contact");
        }
    }

    public ChargeController Controller => _controller;

    public ChargerEventLog Events { get; }

    /// <summary>This tick's readings. The product sets the limit, the authorisation and the reset before the
    /// tick.</summary>
    public ChargeInputs Inputs => _inputs;

    /// <summary>The charger's own meter was read in this tick, whatever else could not be.</summary>
    public bool HasReading { get; private set; }

    /// <summary>The meter's last reading; means something while <see cref="HasReading"/>.</summary>
    public Measurement Measurement => _measurement;

    /// <summary>The second meter's last reading, in front of the contactor; null without one. It means something while
    /// <see cref="ChargeInputs.MeterReadable"/>.</summary>
    public Measurement Supply { get; }

    /// <summary>The reading that the mains are judged by: the second meter's, or the charger's own. It means something
    /// while <see cref="ChargeInputs.MeterReadable"/>.</summary>
    public Measurement Mains => _mains;

    /// <summary>The highest phase current of the last reading, in mA.</summary>
    public int CurrentMilliampsMax => _controller.CurrentMilliampsMax;

    /// <summary>What the last caught exception said; null: none yet.</summary>
    public string LastError { get; private set; }

    /// <summary>Ticks in a row that ended in an exception, up to <see cref="FailedTicksMax"/>.</summary>
    public int FailedTicks => _failedTicks;

    /// <summary>A second of nothing but exceptions: only a restart can help.</summary>
    public bool NeedsRestart => FailedTicks >= FailedTicksMax;

    public void Tick(long nowMs)
    {
        _nowMs = nowMs;
        try
        {
            Read(nowMs);
            bool wasWelded = (_state.ActiveFaults & WeldedMask) != 0;
            _controller.Tick(_inputs, nowMs);
            _inputs.IsReset = false;
            bool isDriven = TryDrive();
            _inputs.IsInternalFault = !isDriven;
            _failedTicks = 0;
            bool isWelded = (_state.ActiveFaults & WeldedMask) != 0;
            if (isWelded || _isTripDue)
            {
                TripUpstream(!wasWelded);
            }

            if (isDriven && !isWelded)
            {
                // The last act of a good tick: a loop that never gets here lets the coil drop. So does an output that
                // refused, and contacts that stay closed: what looks like a weld may be the coil's driver.
                _tickAlive.Feed();
            }
        }
        catch (Exception exception)
        {
            Note(exception);
            _failedTicks = _failedTicks < FailedTicksMax ? _failedTicks + 1 : _failedTicks;
            _inputs.IsInternalFault = true;
            MakeSafe(true);
        }
    }

    /// <summary>Opens the contactor and ends the offer without asking anybody; closing again goes the usual
    /// way.</summary>
    public void MakeSafe() => MakeSafe(false);

    private void MakeSafe(bool isFault)
    {
        // The contactor first: nothing may delay that. An output that throws must not keep the next one from its turn;
        // the guard is no longer fed and opens in its place.
        _drivenDuty = -1;
        try
        {
            _contactor.TrySet(false);
        }
        catch (Exception exception)
        {
            Note(exception);
        }

        try
        {
            _pilot.TrySetDuty(PilotDuty.SteadyHigh);
        }
        catch (Exception exception)
        {
            Note(exception);
        }

        Controller.MakeSafe(isFault, _nowMs);
    }

    // A driver that throws in each tick makes one event, not a hundred a second.
    private void Note(Exception exception)
    {
        if (LastError == null || !Controller.State.Has(ChargerFault.Internal))
        {
            LastError = exception.Message;
        }
    }

    // Until it was done: an output that throws is tried again.
    private void TripUpstream(bool isNew)
    {
        _isTripDue |= isNew;
        if (_isTripDue)
        {
            _contactor.TripUpstream();
            _isTripDue = false;
        }
    }

    private void Read(long nowMs)
    {
        ChargeInputs inputs = _inputs;

        // A role that throws on the way to the meter leaves no reading: the one before must not count twice.
        HasReading = false;
        inputs.PilotReadable = _pilot.TryRead(out inputs.HighMillivolts, out inputs.LowMillivolts);
        inputs.RcdReadable = _residual.TryRead(out inputs.AcTripped, out inputs.DcTripped);
        inputs.EarthReadable = _earth.TryRead(out inputs.EarthPresent);
        inputs.FeedbackReadable = _contactor.TryReadFeedback(out inputs.FeedbackClosed);
        bool hasReading = _meter.TryRead(nowMs, _measurement);
        HasReading = hasReading;
        inputs.MeterReadable = hasReading && (_supplyMeter == null || _supplyMeter.TryRead(nowMs, Supply));
        if (inputs.MeterReadable)
        {
            inputs.FrequencyMillihertz = _mains.FrequencyMillihertz;
        }

        ReadSlow();
    }

    // Temperature and cable change slowly, and an ADC costs a board more than all of this: each is read in every fourth
    // tick, so that one reading that fails stands for less than what counts as unreadable.
    private void ReadSlow()
    {
        _turn = (_turn + 1) & 3;
        if (_turn == 1)
        {
            _inputs.TemperatureReadable = _temperature.TryRead(out _inputs.TenthsCelsius);
        }
        else if (_turn == 3 && _settings.ReadsCable && !_proximity.TryReadOhms(out _inputs.CableOhms))
        {
            _inputs.CableOhms = 0;
        }
    }

    // The contactor first when it opens: nothing may delay that.
    private bool TryDrive()
    {
        ChargeState s = _state;
        bool isGood = _contactor.TrySet(s.IsClosed);
        int duty = s.DutyHundredths;
        if (duty != _drivenDuty)
        {
            bool isTaken = _pilot.TrySetDuty(duty);
            _drivenDuty = isTaken ? duty : -1;
            isGood &= isTaken;
        }

        bool isTestDriven = s.SelfTest == ChargeState.TestDriven;
        if (isTestDriven != _isTestDriven)
        {
            _residual.SetTest(isTestDriven);
            _isTestDriven = isTestDriven;
        }

        return isGood;
    }
}
