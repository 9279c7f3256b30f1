namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>What was erased of a customer.</summary>
public sealed record Erased(long Records);
