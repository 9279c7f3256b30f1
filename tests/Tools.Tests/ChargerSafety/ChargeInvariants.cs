using System;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;

namespace MeterFirmware.Tools.Tests.ChargerSafety;

/// <summary>
/// What must hold after every tick, written anew from facts/ev-charging.md and on purpose not with the product's own
/// <see cref="ClosingCondition"/> nor with its own ages: closed ⇒ every charging condition holds, or it held at most
/// the orderly stop's time ago and no immediate fault stands. The explorer keeps <see cref="SinceHeldMs"/> and
/// <see cref="StateFMs"/> as part of each state.
/// </summary>
internal sealed class ChargeInvariants
{
    private const int TickMs = 10;

    private readonly ChargeController _controller;
    private readonly SafetySettings _settings;
    private bool _wasClosed;
    private bool _wasF;

    public ChargeInvariants(ChargeController controller, SafetySettings settings)
    {
        _controller = controller;
        _settings = settings;
    }

    /// <summary>While closed: how long ago all charging conditions last held.</summary>
    public int SinceHeldMs { get; private set; }

    /// <summary>How long −12 V has been driven, up to the hold time.</summary>
    public int StateFMs { get; private set; }

    public void Load(int sinceHeldMs, int stateFMs)
    {
        SinceHeldMs = sinceHeldMs;
        StateFMs = stateFMs;
    }

    /// <summary>Before the tick.</summary>
    public void Before()
    {
        _wasClosed = _controller.State.IsClosed;
        _wasF = _controller.State.DutyHundredths == 0;
    }

    /// <summary>After the tick: null when all hold, else what is broken.</summary>
    public string Broken(ChargeInputs inputs, int elapsedMs)
    {
        ChargeState s = _controller.State;
        bool isPwm = s.DutyHundredths is > 0 and < 10_000;
        if (isPwm && (!inputs.IsAuthorized || inputs.LimitMilliamps < 6_000 || s.ActiveFaults != 0
            || s.SelfTest != ChargeState.TestPassed
            || s.Level is not (PilotLevel.Volts9 or PilotLevel.Volts6 or PilotLevel.Volts3)))
        {
            return "PWM without vehicle, authorisation, 6 A to offer or self-test, or under a fault";
        }

        if (isPwm && s.DutyHundredths < 1_000)
        {
            return $"a duty of {s.DutyHundredths} offers less than 6 A";
        }

        if (s.Has(ChargerFault.Welded) && (s.IsClosed || s.DutyHundredths != 0))
        {
            return "a weld is not shown as state F";
        }

        bool isF = s.DutyHundredths == 0;
        int heldMs = Math.Min(StateFMs + elapsedMs, _settings.StateFHoldMs);
        if (_wasF && !isF && heldMs < _settings.StateFHoldMs)
        {
            return $"state F was left after {heldMs} ms";
        }

        StateFMs = !isF || !_wasF ? 0 : heldMs;
        if (!s.IsClosed)
        {
            SinceHeldMs = 0;
            return null;
        }

        return BrokenClosed(inputs, elapsedMs, isPwm);
    }

    private string BrokenClosed(ChargeInputs inputs, int elapsedMs, bool isPwm)
    {
        ChargeState s = _controller.State;
        const int Immediate = 1 << ChargerFault.RcdAc | 1 << ChargerFault.RcdDc | 1 << ChargerFault.RcdSelfTest
            | 1 << ChargerFault.Diode | 1 << ChargerFault.Welded | 1 << ChargerFault.HardOverCurrent
            | 1 << ChargerFault.Earth | 1 << ChargerFault.PilotShort | 1 << ChargerFault.LoopStall;
        if (s.Level is not (PilotLevel.Volts6 or PilotLevel.Volts3))
        {
            return $"closed at pilot level {s.Level}";
        }

        // More than the contactor can break is the fuse's: the contactor waits for it, at most for an orderly stop.
        // A meter that has gone silent takes nothing back: its last reading may have been beyond.
        bool isBeyond = inputs.CurrentMilliamps[0] > _settings.BreakingMilliampsMax || !inputs.MeterReadable;
        int immediate = isBeyond ? Immediate & ~(1 << ChargerFault.HardOverCurrent) : Immediate;
        bool isBlind = (!inputs.PilotReadable || !inputs.RcdReadable || !inputs.EarthReadable)
            && s.Has(ChargerFault.Internal);
        if (inputs.AcTripped || inputs.DcTripped || !inputs.EarthPresent || inputs.IsInternalFault || isBlind
            || (s.ActiveFaults & immediate) != 0)
        {
            return $"closed under an immediate fault (faults {s.ActiveFaults:X})";
        }

        if (inputs.IsMainsJudgedByProfile && inputs.MainsFault != 0 && inputs.MeterReadable)
        {
            return "closed though the grid profile trips";
        }

        if (_wasClosed && elapsedMs > 60)
        {
            return "closed after a late tick";
        }

        bool isReady = s.Level == PilotLevel.Volts6 || _settings.AllowsVentilation;
        bool holds = isReady && isPwm && s.DiodeSeen && s.SelfTest == ChargeState.TestPassed && inputs.IsAuthorized
            && inputs.LimitMilliamps >= 6_000 && s.ActiveFaults == 0;
        if (holds)
        {
            SinceHeldMs = 0;
            return null;
        }

        if (!_wasClosed)
        {
            return "closed although a condition is missing";
        }

        // The stop begins in the first tick that misses a condition.
        SinceHeldMs += elapsedMs;
        return SinceHeldMs <= _settings.OrderlyStopMs + TickMs
            ? null
            : $"closed {SinceHeldMs} ms after charging last held (stop {s.IsStopping}, {s.StopAgeMs} ms, faults "
                + $"{s.ActiveFaults:X})";
    }
}
