using System;
using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.EvCharger;

/// <summary>
/// The state machine between its roles: reads them, ticks, drives them, feeds the tick-alive circuit last. What goes
/// wrong inside makes the outputs safe and shows up as an internal fault; it never leaves this class.
/// </summary>
public sealed class SafetyLoop
{
    /// <summary>So many failed ticks in a row ask for a restart.</summary>
    public const int FailedTicksMax = 100;

    private readonly ChargerHardware _hardware;
    private readonly ChargerConfiguration _configuration;
    private long _nowMs;
    private int _drivenDuty = -1;
    private bool _isTestDriven;
    private bool _isTripDue;

    public SafetyLoop(ChargerHardware hardware, ChargerConfiguration configuration)
    {
        Invariant.Require(hardware.Pilot != null && hardware.Contactor != null && hardware.Residual != null
            && hardware.Earth != null && hardware.Temperature != null && hardware.Meter != null
            && hardware.TickAlive != null, "a charger board lacks a role");
        _hardware = hardware;
        _configuration = configuration;
        Events = new ChargerEventLog(ChargerLimits.EventCount);
        Controller = new ChargeController(configuration, Events);
        Inputs = new ChargeInputs();
        Measurement = new Measurement();
        Supply = hardware.SupplyMeter == null ? null : new Measurement();
        if (hardware.Proximity == null)
        {
            Invariant.Require(!configuration.ReadsCable, "a cable can only be read through a proximity contact");
        }
    }

    public ChargeController Controller { get; }

    public ChargerEventLog Events { get; }

    /// <summary>This tick's readings. The product sets the limit, the authorisation and the reset before the tick.</summary>
    public ChargeInputs Inputs { get; }

    /// <summary>The meter's last reading; means something while <see cref="ChargeInputs.MeterReadable"/>.</summary>
    public Measurement Measurement { get; }

    /// <summary>The second meter's last reading, in front of the contactor; null without one. It means something while
    /// <see cref="ChargeInputs.MeterReadable"/>.</summary>
    public Measurement Supply { get; }

    /// <summary>The highest phase current of the last reading, in mA.</summary>
    public int CurrentMilliampsMax
    {
        get
        {
            int[] phases = Inputs.CurrentMilliamps;
            int highest = phases[0] > phases[1] ? phases[0] : phases[1];
            return highest > phases[2] ? highest : phases[2];
        }
    }

    /// <summary>What the last caught exception said; null: none yet.</summary>
    public string LastError { get; private set; }

    /// <summary>Ticks in a row that ended in an exception, up to <see cref="FailedTicksMax"/>.</summary>
    public int FailedTicks { get; private set; }

    /// <summary>A second of nothing but exceptions: only a restart can help.</summary>
    public bool NeedsRestart => FailedTicks >= FailedTicksMax;

    public void Tick(long nowMs)
    {
        _nowMs = nowMs;
        try
        {
            Read(nowMs);
            bool wasWelded = Controller.State.Has(ChargerFault.Welded);
            Controller.Tick(Inputs, nowMs);
            Inputs.IsReset = false;
            Inputs.IsInternalFault = !TryDrive();
            FailedTicks = 0;
            bool isWelded = Controller.State.Has(ChargerFault.Welded);
            _isTripDue |= isWelded && !wasWelded;
            if (_isTripDue)
            {
                _hardware.Contactor.TripUpstream();
                _isTripDue = false;
            }

            if (!Inputs.IsInternalFault && !isWelded)
            {
                // The last act of a good tick: a loop that never gets here lets the coil drop. So does an output that
                // refused, and contacts that stay closed: what looks like a weld may be the coil's driver.
                _hardware.TickAlive.Feed();
            }
        }
        catch (Exception exception)
        {
            Note(exception);
            FailedTicks = FailedTicks < FailedTicksMax ? FailedTicks + 1 : FailedTicks;
            Inputs.IsInternalFault = true;
            MakeSafe(true);
        }
    }

    /// <summary>Opens the contactor and ends the offer without asking anybody; closing again goes the usual way.</summary>
    public void MakeSafe() => MakeSafe(false);

    private void MakeSafe(bool isFault)
    {
        // The contactor first: nothing may delay that. An output that throws must not keep the next one from its turn; the
        // guard is no longer fed and opens in its place.
        _drivenDuty = -1;
        try
        {
            _hardware.Contactor.TrySet(false);
        }
        catch (Exception exception)
        {
            Note(exception);
        }

        try
        {
            _hardware.Pilot.TrySetDuty(PilotDuty.SteadyHigh);
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

    private void Read(long nowMs)
    {
        ChargeInputs inputs = Inputs;
        inputs.PilotReadable = _hardware.Pilot.TryRead(out inputs.HighMillivolts, out inputs.LowMillivolts);
        inputs.RcdReadable = _hardware.Residual.TryRead(out inputs.AcTripped, out inputs.DcTripped);
        inputs.EarthReadable = _hardware.Earth.TryRead(out inputs.EarthPresent);
        inputs.TemperatureReadable = _hardware.Temperature.TryRead(out inputs.TenthsCelsius);
        inputs.FeedbackReadable = _hardware.Contactor.TryReadFeedback(out inputs.FeedbackClosed);
        if (_configuration.ReadsCable && !_hardware.Proximity.TryReadOhms(out inputs.CableOhms))
        {
            inputs.CableOhms = 0;
        }

        ReadMeter(nowMs);
    }

    private void ReadMeter(long nowMs)
    {
        ChargeInputs inputs = Inputs;
        inputs.MeterReadable = _hardware.Meter.TryRead(nowMs, Measurement)
            && (Supply == null || _hardware.SupplyMeter.TryRead(nowMs, Supply));
        if (!inputs.MeterReadable)
        {
            return;
        }

        // With two meters the mains are judged in front of the contactor: the charger's own may sit behind it.
        Measurement mains = Supply ?? Measurement;
        inputs.FrequencyMillihertz = mains.FrequencyMillihertz;
        for (int phase = 0; phase < ChargeInputs.PhaseCountMax; phase++)
        {
            inputs.VoltageMillivolts[phase] = mains.VoltageMillivolts[phase];
            inputs.CurrentMilliamps[phase] = Measurement.CurrentMilliamps[phase];
        }
    }

    // The contactor first when it opens: nothing may delay that.
    private bool TryDrive()
    {
        bool isGood = _hardware.Contactor.TrySet(Controller.IsClosed);
        int duty = Controller.DutyHundredths;
        if (duty != _drivenDuty)
        {
            bool isTaken = _hardware.Pilot.TrySetDuty(duty);
            _drivenDuty = isTaken ? duty : -1;
            isGood &= isTaken;
        }

        if (Controller.IsTestDriven != _isTestDriven)
        {
            _hardware.Residual.SetTest(Controller.IsTestDriven);
            _isTestDriven = Controller.IsTestDriven;
        }

        return isGood;
    }
}
