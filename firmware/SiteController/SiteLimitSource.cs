using MeterFirmware.Commands;

namespace MeterFirmware.SiteController;

/// <summary>Who limits the mains of a site.</summary>
public static class SiteLimitSource
{
    /// <summary>What was commissioned.</summary>
    public const int Commissioned = 0;

    /// <summary>A role's ceiling, until it is set anew: this plus a <see cref="CommandRole"/>.</summary>
    public const int FirstCeiling = 1;

    /// <summary>A role's limit with an end.</summary>
    public const int FirstTimed = FirstCeiling + CommandRole.Count;

    /// <summary>The windows of a role's schedule.</summary>
    public const int FirstSchedule = FirstTimed + CommandRole.Count;

    /// <summary>The grid's operator.</summary>
    public const int Grid = FirstSchedule + CommandRole.Count;

    /// <summary>Orders from above.</summary>
    public const int Dispatch = Grid + 1;

    public const int Count = Dispatch + 1;

    /// <summary>The source's word in messages: who set it.</summary>
    public static string NameOf(int source) =>
        source == Grid ? "grid" : source == Dispatch ? "dispatch"
            : source < FirstCeiling || source >= Count ? "commissioned"
            : CommandRole.NameOf((source - FirstCeiling) % CommandRole.Count);
}
