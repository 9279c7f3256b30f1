namespace MeterFirmware.Tools.Billing.Loads;

/// <summary>One row of a CSV file.</summary>
internal sealed record CsvRow(int Line, string[] Cells);
