namespace MeterFirmware.Tools.HeadEnds.Orders;

/// <summary>
/// States of an order.
/// <code>
/// waiting ── a second person approves ──▶ running ── every device is through ──▶ done
///    │  └── a day passes ──▶ expired         │
///    └───────────────── stop ────────────────┴──────────▶ stopped
/// </code>
/// </summary>
public static class OrderStates
{
    /// <summary>Shown as a simulation; a second person has to approve it.</summary>
    public const string Waiting = "waiting";

    /// <summary>Is being sent.</summary>
    public const string Running = "running";

    /// <summary>Every device answered, or will not any more.</summary>
    public const string Done = "done";

    /// <summary>A person stopped it: what was not sent is not sent.</summary>
    public const string Stopped = "stopped";

    /// <summary>No second person approved it within a day.</summary>
    public const string Expired = "expired";
}
