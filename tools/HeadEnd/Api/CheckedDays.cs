namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>What a check did.</summary>
/// <param name="Detail">Devices, findings, questions.</param>
public sealed record CheckedDays(string Detail);
