using MeterFirmware.Tools.HeadEnds.Fleets;

namespace MeterFirmware.Tools.HeadEnds.Web;

/// <summary>Which day the pages show first: today, or the simulated town's.</summary>
/// <param name="isSimulated">The town has its own time.</param>
internal sealed class TownClock(bool isSimulated)
{
    private const int MinutesEast = 8 * 60;

    /// <summary>The utility's zone: China's.</summary>
    public static TimeSpan Offset { get; } = TimeSpan.FromMinutes(MinutesEast);

    /// <summary>Devices live in the town's time.</summary>
    public bool IsSimulated { get; } = isSimulated;

    /// <summary>Now, in the utility's zone.</summary>
    public DateTimeOffset Now(FleetStore fleet) =>
        (IsSimulated ? fleet.NewestInterval() ?? DateTimeOffset.UtcNow : DateTimeOffset.UtcNow).ToOffset(Offset);
}
