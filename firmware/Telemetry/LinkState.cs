namespace MeterFirmware.Telemetry;

/// <summary>
/// Where the device's connection to the head-end stands.
/// <code>
///              wait over            CONNACK            subscribed, birth sent
///  Waiting ───────────► Connecting ─────────► Introducing ─────────► Online
///     ▲                     │                      │                   │
///     │  refused, too long  │    link lost, stuck  │    link lost,     │
///     └─────────────────────┴──────────────────────┴───────────────────┘
///        backoff × 2 with jitter                        dead peer: no acknowledgement
///        (after a good connection: a random spread)     although records are out
/// </code>
/// </summary>
public enum LinkState
{
    /// <summary>No connection; the next attempt has its time.</summary>
    Waiting = 0,

    /// <summary>The adapter is connecting in its own background.</summary>
    Connecting = 1,

    /// <summary>Connected; subscriptions and the birth are being handed over.</summary>
    Introducing = 2,

    /// <summary>Records may be sent.</summary>
    Online = 3,
}
