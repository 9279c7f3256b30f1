namespace MeterFirmware.Tools.Generate;

/// <summary>When an event begins and ends; numbers in the unit of its worst value.</summary>
/// <param name="Begin">Beyond it for the delay: the event begins.</param>
/// <param name="End">On its good side for the delay: the event ends.</param>
/// <param name="DelayMs">How long.</param>
/// <param name="Judged">low or high: on which side of the limit the event lies.</param>
/// <param name="Basis">Where the number comes from.</param>
/// <param name="Setting">The setting that moves it: section.name.</param>
public sealed record LimitEntry(int Begin, int End, int DelayMs, string Judged, string Basis, string Setting)
{
    public bool IsLow => Judged == "low";
}
