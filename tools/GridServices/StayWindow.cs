namespace MeterFirmware.Tools.GridServices;

/// <summary>Where and how long a grid code makes a unit stay; the profile's rules must not trip there.</summary>
/// <param name="Kind"><see cref="Grid.TripKind"/>.</param>
/// <param name="Beyond">Edge towards the nominal value, outside: millionths of it, or mHz away.</param>
/// <param name="Until">The other edge, inside.</param>
/// <param name="Ms">Time to stay; where a slope begins, at its begin.</param>
/// <param name="SlopeMs">More for each whole nominal voltage above <paramref name="SlopeFrom"/>.</param>
public sealed record StayWindow(int Kind, int Beyond, int Until, int Ms, int SlopeMs, int SlopeFrom)
{
    /// <summary>Time to stay at a value in the window.</summary>
    public double MsAt(int value) => Ms + Math.Max(0, value - SlopeFrom) / 1e6 * SlopeMs;
}
