namespace MeterFirmware.Tools.HeadEnds.Web.Accounts;

/// <summary>Who did what, when.</summary>
public sealed record AuditLine(long Id, DateTimeOffset At, string Who, string Action, string Subject, string Detail);
