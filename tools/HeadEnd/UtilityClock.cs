using MeterFirmware.Tools.HeadEnds.Fleets;

namespace MeterFirmware.Tools.HeadEnds.Web;

/// <summary>The utility's time: the wall's, or the simulated town's.</summary>
internal sealed class UtilityClock(TownClock clock, FleetStore fleet)
{
    /// <summary>Now, in the utility's zone.</summary>
    public DateTimeOffset Now => clock.Now(fleet);

    /// <summary>The day that runs.</summary>
    public DateOnly Today => DateOnly.FromDateTime(Now.DateTime);
}
