namespace MeterFirmware.Tools.HeadEnds.Campaigns;

/// <summary>Which devices: those that fit everything that is named.</summary>
/// <param name="Devices">These; null: all.</param>
/// <param name="Area">Of this substation, feeder or transformer; null or empty: of all.</param>
/// <param name="Model">Of this model, as the fleet's file names it; null or empty: of all.</param>
/// <param name="Firmware">That say to have this firmware; null or empty: of all.</param>
public sealed record DeviceChoice(
    IReadOnlyList<string>? Devices = null, string? Area = null, string? Model = null, string? Firmware = null)
{
    /// <summary>Nothing is named: that is no choice.</summary>
    internal bool IsEmpty => Devices is not { Count: > 0 } && string.IsNullOrEmpty(Area)
        && string.IsNullOrEmpty(Model) && string.IsNullOrEmpty(Firmware);
}
