namespace MeterFirmware.Tools.Billing;

/// <summary>Quarter hours of a day that have one rate.</summary>
/// <param name="Day">Of the year, from 0.</param>
/// <param name="FromRow">First quarter hour.</param>
/// <param name="UntilRow">The one after the last.</param>
/// <param name="Rate">Number of the rate.</param>
public readonly record struct YearRun(int Day, int FromRow, int UntilRow, int Rate);
