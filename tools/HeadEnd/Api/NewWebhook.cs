namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>Somebody who shall be told of alarms.</summary>
/// <param name="Name">1 to 32 of A-Z a-z 0-9 - _.</param>
/// <param name="Address">https://…</param>
public sealed record NewWebhook(string Name, string Address);
