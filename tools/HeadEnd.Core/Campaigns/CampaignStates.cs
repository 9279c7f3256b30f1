namespace MeterFirmware.Tools.HeadEnds.Campaigns;

/// <summary>
/// States of a campaign.
/// <code>
/// waiting ── a second person approves ──▶ running ── every device is through, or its end came ──▶ done
///    │  │                                 │  ▲ │
///    │  └── a day passes ──▶ expired  pause  │ └── stop ──▶ stopped
///    │                     (or errors) ▼  │  resume           ▲
///    │                                 paused ── stop ────────┤
///    └──────────────────────── stop ──────────────────────────┘
/// </code>
/// </summary>
public static class CampaignStates
{
    /// <summary>A second person has to approve it.</summary>
    public const string Waiting = "waiting";

    /// <summary>Waves go out.</summary>
    public const string Running = "running";

    /// <summary>Nothing goes out until a person resumes it.</summary>
    public const string Paused = "paused";

    /// <summary>Every device has its outcome.</summary>
    public const string Done = "done";

    /// <summary>A person stopped it.</summary>
    public const string Stopped = "stopped";

    /// <summary>No second person came in time.</summary>
    public const string Expired = "expired";
}
