namespace MeterFirmware.SiteBus;

/// <summary>What a member says of itself, bits of a status frame. Constants, because a frame carries the
/// number.</summary>
public static class SiteMemberState
{
    /// <summary>A vehicle is there and may charge.</summary>
    public const int Plugged = 1;

    /// <summary>Current flows.</summary>
    public const int Charging = 2;

    /// <summary>A fault keeps it from charging.</summary>
    public const int Fault = 4;

    /// <summary>The driver wants to charge now, whatever the price.</summary>
    public const int Boost = 8;

    /// <summary>The driver leaves the plan for this session.</summary>
    public const int SkipsPlan = 16;
}
