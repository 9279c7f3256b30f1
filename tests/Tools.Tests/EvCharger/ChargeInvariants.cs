using MeterFirmware.EvCharger;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>
/// What must hold after every tick, written anew from facts/ev-charging.md and on purpose not with the product's own
/// <see cref="ClosingCondition"/>: closed ⇒ every charging condition holds, or an orderly stop is at most its time old
/// and no immediate fault stands.
/// </summary>
internal static class ChargeInvariants
{
    /// <summary>Null when all hold, else what is broken.</summary>
    public static string Broken(ChargeController controller, ChargeInputs inputs, ChargerConfiguration configuration,
        bool wasClosed, int elapsedMs)
    {
        ChargeState s = controller.State;
        bool isPwm = s.DutyHundredths is > 0 and < 10_000;
        if (isPwm && (!inputs.IsAuthorized || inputs.LimitMilliamps < 6_000 || s.ActiveFaults != 0))
        {
            return "PWM without authorisation, without 6 A to offer, or under a fault";
        }

        if (isPwm && s.DutyHundredths < 1_000)
        {
            return $"a duty of {s.DutyHundredths} offers less than 6 A";
        }

        if (s.Has(ChargerFault.Welded) && (s.IsClosed || s.DutyHundredths != 0))
        {
            return "a weld is not shown as state F";
        }

        return s.IsClosed ? BrokenClosed(controller, inputs, configuration, wasClosed, elapsedMs, isPwm) : null;
    }

    private static string BrokenClosed(ChargeController controller, ChargeInputs inputs, ChargerConfiguration configuration,
        bool wasClosed, int elapsedMs, bool isPwm)
    {
        ChargeState s = controller.State;
        const int Latches = 1 << ChargerFault.RcdAc | 1 << ChargerFault.RcdDc | 1 << ChargerFault.RcdSelfTest
            | 1 << ChargerFault.Diode | 1 << ChargerFault.Welded | 1 << ChargerFault.HardOverCurrent
            | 1 << ChargerFault.Earth | 1 << ChargerFault.PilotShort | 1 << ChargerFault.LoopStall | 1 << ChargerFault.Internal;
        if (s.Level is not (PilotLevel.Volts6 or PilotLevel.Volts3))
        {
            return $"closed at pilot level {s.Level}";
        }

        // More than the contactor can break is the fuse's: the contactor waits for it, at most for an orderly stop.
        // A meter that has gone silent takes nothing back: its last reading may have been beyond.
        bool isBeyond = inputs.CurrentMilliamps[0] > configuration.BreakingMilliampsMax || !inputs.MeterReadable;
        int immediate = isBeyond ? Latches & ~(1 << ChargerFault.HardOverCurrent) : Latches;
        if (inputs.AcTripped || inputs.DcTripped || !inputs.EarthPresent || (s.ActiveFaults & immediate) != 0)
        {
            return $"closed under an immediate fault (faults {s.ActiveFaults:X})";
        }

        if (wasClosed && elapsedMs > 60)
        {
            return "closed after a late tick";
        }

        bool isReady = s.Level == PilotLevel.Volts6 || configuration.AllowsVentilation;
        bool holds = isReady && isPwm && s.DiodeSeen && s.SelfTest == ChargeState.TestPassed && inputs.IsAuthorized
            && s.ActiveFaults == 0 && !s.IsStopping;
        if (holds)
        {
            return null;
        }

        if (!wasClosed)
        {
            return "closed although a condition is missing";
        }

        return s.IsStopping && s.StopAgeMs <= configuration.OrderlyStopMs
            ? null
            : $"closed outside of charging and of an orderly stop (stop {s.IsStopping}, {s.StopAgeMs} ms, faults {s.ActiveFaults:X})";
    }
}
