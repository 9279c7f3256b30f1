namespace MeterFirmware.Tools.HeadEnds.Daily;

/// <summary>Something that is done once a day.</summary>
/// <param name="Name">Unique; an alarm's subject when it fails.</param>
/// <param name="From">Local time from which on it may begin.</param>
/// <param name="Run">Does it for the local day that it begins on; returns what it did, for people.</param>
public sealed record DailyJob(string Name, TimeOnly From, Func<DateOnly, CancellationToken, Task<string>> Run);
