namespace MeterFirmware.Tools.MeterCtl.Commissioning;

/// <summary>One thing that was asked of a device.</summary>
/// <param name="Detail">What it answered.</param>
internal sealed record CheckResult(string Name, bool IsPassed, string Detail);
