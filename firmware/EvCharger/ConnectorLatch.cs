using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.Hardware;

namespace MeterFirmware.EvCharger;

/// <summary>
/// The lock of a socket outlet: locked before the first offer of a session, released when the session has ended and
/// nothing can be live behind it any more. The motor is driven again while its end switch does not follow.
/// </summary>
public sealed class ConnectorLatch
{
    /// <summary>GB/T 18487.1-2023 Table A.7: not before 100 ms after the cut-off. Held in IEC too.</summary>
    public const int UnlockAfterOpeningMs = 100;

    /// <summary>facts/ev-charging.md: in state F not before 5 s.</summary>
    public const int UnlockInStateFMs = 5_000;

    /// <summary>While the pilot says neither that a vehicle is there nor that none is, and no current flows, the lock
    /// opens after this: nobody is trapped by a broken pilot.</summary>
    public const int UnlockUnknownMs = 30_000;

    // A vehicle's electronics, or the meter's noise.
    private const int NoCurrentMilliampsMax = 250;

    // One bad reading of the end switch must not end a charge.
    private const int FeedbackLostMs = 200;
    private const int RetryMs = 2_000;
    private const int TriesUntilFault = 3;

    private readonly IConnectorLock _motor;
    private long _goodMs;
    private long _nextTryMs;
    private int _tries;
    private bool _isLocked;
    private bool _wasLocking;
    private long _knownMs;

    public ConnectorLatch(IConnectorLock motor)
    {
        _motor = motor;
    }

    /// <summary>The end switch has confirmed the lock, and not contradicted it for longer than a moment.</summary>
    public bool IsLocked { get; private set; }

    /// <summary>The motor was driven three times and the end switch did not follow.</summary>
    public bool HasFailed => _tries >= TriesUntilFault;

    /// <summary>Drives the motor anew even after it had given up.</summary>
    public void Retry() => _nextTryMs = 0;

    /// <summary>One tick.</summary>
    /// <param name="isSession">A session stands: the plug is to be held.</param>
    /// <param name="isPlugKnown">The pilot says that a vehicle is there, or that none is.</param>
    /// <param name="state">After this tick.</param>
    /// <param name="isFeedbackOpen">The contactor's own feedback reads open.</param>
    /// <param name="milliampsMax">Highest phase current.</param>
    /// <param name="nowMs">Monotonic ms.</param>
    public void Tick(
        bool isSession, bool isPlugKnown, ChargeState state, bool isFeedbackOpen, int milliampsMax, long nowMs)
    {
        if (isPlugKnown || milliampsMax > NoCurrentMilliampsMax)
        {
            _knownMs = nowMs;
        }

        bool holds = isSession && nowMs - _knownMs < UnlockUnknownMs;
        Drive(holds, state, isFeedbackOpen, nowMs);
    }

    private void Drive(bool isSession, ChargeState state, bool isFeedbackOpen, long nowMs)
    {
        bool isKnown = _motor.TryReadFeedback(out _isLocked);
        if (isKnown && _isLocked)
        {
            _goodMs = nowMs;
            IsLocked = true;
        }
        else if (nowMs - _goodMs >= FeedbackLostMs)
        {
            IsLocked = false;
        }

        bool isDead = !state.IsClosed && isFeedbackOpen && state.SwitchAgeMs >= UnlockAfterOpeningMs
            && (state.DutyHundredths != PilotDuty.SteadyLow || state.DutyAgeMs >= UnlockInStateFMs);
        bool mustLock = isSession || !isDead;
        if (mustLock != _wasLocking)
        {
            _wasLocking = mustLock;
            _tries = 0;
            _nextTryMs = nowMs;
        }

        // What is live stays as it is; only a session drives the motor to lock.
        bool wants = isSession || isDead;
        if (wants && !(isKnown && _isLocked == mustLock) && nowMs >= _nextTryMs)
        {
            _motor.TrySet(mustLock);
            _nextTryMs = nowMs + RetryMs;
            _tries = _tries < TriesUntilFault ? _tries + 1 : _tries;
        }
        else if (isKnown && _isLocked == mustLock)
        {
            _tries = 0;
        }
    }
}
