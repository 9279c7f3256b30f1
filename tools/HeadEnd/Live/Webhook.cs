namespace MeterFirmware.Tools.HeadEnds.Web.Live;

/// <summary>Somebody who is told of alarms.</summary>
public sealed record Webhook(string Name, string Address);
