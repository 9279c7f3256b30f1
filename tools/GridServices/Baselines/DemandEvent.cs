using NodaTime;

namespace MeterFirmware.Tools.GridServices.Baselines;

/// <summary>Hours of a day in which a load was asked to change, local time.</summary>
/// <param name="FromSecond">Of the day.</param>
/// <param name="ToSecond">Of the day, up to 86 400.</param>
public sealed record DemandEvent(LocalDate Date, int FromSecond, int ToSecond);
