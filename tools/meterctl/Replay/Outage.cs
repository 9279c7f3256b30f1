namespace MeterFirmware.Tools.MeterCtl.Replay;

/// <summary>Time without supply, in UTC seconds; the end is outside.</summary>
public sealed record Outage(long FromUtcSeconds, long ToUtcSeconds);
