using MeterFirmware.Hardware;

namespace MeterFirmware.Telemetry;

/// <summary>
/// A retained message that must stand at the broker: birth, reported settings. Due on every connection and on every
/// change, and done only when the broker has confirmed it.
/// <code>
///            taken by the link          confirmed
///   Due ───────────────────────► Sent ───────────► Done
///    ▲   given up, after a wait    │                 │
///    └─────────────────────────────┘                 │
///    └────────── new connection, change ─────────────┘
/// </code>
/// </summary>
public sealed class StandingMessage
{
    private readonly int _againMs;
    private readonly int _againMsMax;
    private int _waitMs;
    private int _place;
    private int _givenUp;
    private long _dueAtMs;
    private bool _isDue;
    private bool _isSent;

    /// <param name="settings">The waits are those of records: resend and its maximum.</param>
    public StandingMessage(TelemetrySettings settings)
    {
        _againMs = settings.ResendMs;
        _againMsMax = settings.ResendMsMax;
        _waitMs = _againMs;
    }

    /// <summary>It is to be published, at once: the connection is new, or what it says has changed.</summary>
    public void Demand()
    {
        _isDue = true;
        _isSent = false;
        _dueAtMs = 0;
        _waitMs = _againMs;
    }

    /// <summary>Looks at what has become of it. True when it is to be published now.</summary>
    public bool Follow(long nowMs, IMqttLink link)
    {
        if (_isSent && link.Settled >= _place)
        {
            _isSent = false;
            if (link.GivenUp != _givenUp)
            {
                // It, or another one sent near it: once more does no harm.
                _isDue = true;
                _dueAtMs = nowMs + _waitMs;
                _waitMs = _waitMs > _againMsMax / 2 ? _againMsMax : _waitMs * 2;
            }
        }

        return _isDue && nowMs >= _dueAtMs;
    }

    /// <summary>The link has taken it as message number <paramref name="place"/> of this connection.</summary>
    public void NoteTaken(int place, IMqttLink link)
    {
        _isDue = false;
        _isSent = true;
        _place = place;
        _givenUp = link.GivenUp;
    }

    /// <summary>It cannot be written: not now, and not on this connection.</summary>
    public void GiveUp()
    {
        _isDue = false;
        _isSent = false;
    }
}
