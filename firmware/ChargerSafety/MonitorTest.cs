using MeterFirmware.ChargerSafety.Pilot;

namespace MeterFirmware.ChargerSafety;

/// <summary>
/// The self-test of the residual-current monitor: after each plug-in, before each session (each new permission), after
/// a trip, and at least every 24 h, also while nobody is there. IEC 62955; IEC 60364-7-722.
/// <code>
///   needed --open, quiet, pilot read--> driven --trips--> falling --released--> passed
///      ^                                  | 500 ms            | 500 ms             | new session, 24 h, a trip
///      |                                  v                   v                    |
///      +--unplugged, person's reset--- failed <---------------+                    |
///      +---------------------------------------------------------------------------+
/// </code>
/// A test that runs is never broken off: a winding released half-way would look like residual current.
/// </summary>
internal sealed class MonitorTest
{
    private const int TripMask = 1 << ChargerFault.RcdAc | 1 << ChargerFault.RcdDc;

    private readonly SafetySettings _settings;
    private readonly ChargeState _state;

    public MonitorTest(SafetySettings settings, ChargeState state)
    {
        _settings = settings;
        _state = state;
    }

    /// <summary>Before the protection's turn: a person's reset asks a failed monitor once more.</summary>
    public void TakeReset()
    {
        if (_state.SelfTest == ChargeState.TestFailed)
        {
            _state.SelfTest = ChargeState.TestNeeded;
            _state.SelfTestAgeMs = ChargeState.AgeMsMax;
        }
    }

    /// <summary>One tick, after the protection's turn.</summary>
    public void Update(ChargeInputs inputs)
    {
        ChargeState s = _state;
        bool isNewPermission = inputs.IsAuthorized && !s.WasAuthorized;
        s.WasAuthorized = inputs.IsAuthorized;
        if ((s.ActiveFaults & (1 << ChargerFault.RcdSelfTest)) != 0 && s.IsTesting)
        {
            s.SelfTest = ChargeState.TestFailed;
        }

        if ((s.ActiveFaults & TripMask) != 0 && s.SelfTest != ChargeState.TestFailed)
        {
            s.SelfTest = ChargeState.TestNeeded;
            s.SelfTestAgeMs = 0;
            return;
        }

        bool isTripped = inputs.AcTripped || inputs.DcTripped;
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
        else if (s.SelfTest == ChargeState.TestPassed && !s.IsClosed
            && (isNewPermission || s.SelfTestAgeMs >= _settings.SelfTestPeriodMs))
        {
            s.SelfTest = ChargeState.TestNeeded;
        }

        if (s.SelfTest == ChargeState.TestNeeded && MayBegin(inputs, isTripped))
        {
            s.SelfTest = ChargeState.TestDriven;
            s.SelfTestAgeMs = 0;
        }
    }

    // Only with the contactor open and seen to be open, a monitor that does not trip by itself, and a pilot that was
    // read since it last was at −12 V.
    private bool MayBegin(ChargeInputs inputs, bool isTripped)
    {
        ChargeState s = _state;
        bool isFresh = PilotFilter.CountOf(s.PilotHistory, (int)s.Level, _settings.PilotWindowSamples)
            >= _settings.PilotAgreeSamples;
        bool isDue = s.IsConnected || s.SelfTestAgeMs >= _settings.SelfTestPeriodMs;
        return isDue && isFresh && !s.IsClosed
            && !inputs.FeedbackClosed && inputs.RcdReadable && !isTripped;
    }
}
