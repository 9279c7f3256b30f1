namespace MeterFirmware.Tools.Billing.Loads;

/// <summary>A row that --skip-bad left out, or an interval that no row gives.</summary>
/// <param name="Line">In the file; 0: there is no row.</param>
/// <param name="Reason">Why.</param>
public sealed record SkippedRow(int Line, string Reason);
