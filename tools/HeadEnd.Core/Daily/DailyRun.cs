namespace MeterFirmware.Tools.HeadEnds.Daily;

/// <summary>What a day's job did.</summary>
public sealed record DailyRun(string Name, DateOnly Day, DateTimeOffset Done, string Detail);
