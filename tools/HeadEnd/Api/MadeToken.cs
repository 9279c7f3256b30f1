namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>A token, told this once.</summary>
public sealed record MadeToken(string Token, DateTimeOffset Expires);
