namespace MeterFirmware.Tools.HeadEnds.Alarms;

/// <summary>What a person wrote about an alarm.</summary>
public sealed record AlarmNote(DateTimeOffset At, string Who, string Words);
