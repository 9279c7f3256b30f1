using MeterFirmware.ChargerSafety.Pilot;

namespace MeterFirmware.ChargerSafety;

/// <summary>The one place that says when the contactor may close. No other code closes it.</summary>
public static class ClosingCondition
{
    /// <summary>
    /// True when every condition for energising the vehicle holds in this very tick. Waiting times (the vehicle ready
    /// long enough, the pause since the last opening) come on top and can only delay.
    /// </summary>
    public static bool Holds(ChargeState state, ChargeInputs inputs, SafetySettings settings)
    {
        // IEC 61851-1 6.3.1.2 and Table A.4: state C, or D where ventilation is there. GB/T 18487.1 A.3: state 3'.
        // The filtered level may be behind: this tick's own sample must not contradict it, nor may it stem from before
        // a stall.
        bool isAsked = state.Level == PilotLevel.Volts6
            || (state.Level == PilotLevel.Volts3 && settings.AllowsVentilation);
        bool isReady = isAsked && state.NotReadyMs == 0 && !state.IsStale;

        // PWM on, and the offer not being withdrawn.
        bool isOffered = state.IsPwm && !state.IsStopping && !state.IsWaking;

        // IEC 62955 / 60364-7-722: the monitor passed its test for this session and reads healthy now.
        bool isRcdHealthy = state.SelfTest == ChargeState.TestPassed
            && state.SelfTestAgeMs < settings.SelfTestPeriodMs
            && inputs.RcdReadable && !inputs.AcTripped && !inputs.DcTripped;

        // IEC 61851-1 6.3.1.1: continuity of the protective conductor.
        bool isEarthed = inputs.EarthReadable && inputs.EarthPresent;

        return isReady && isOffered && state.DiodeSeen && isRcdHealthy && isEarthed
            && inputs.IsAuthorized && !inputs.IsInternalFault
            && inputs.PilotReadable && inputs.FeedbackReadable && !inputs.FeedbackClosed
            && state.ActiveFaults == 0;
    }
}
