namespace MeterFirmware.Tools.HeadEnds.Exports;

/// <summary>Some rows of a table.</summary>
/// <param name="Rows">Cells in the order of the table's columns.</param>
/// <param name="Next">Cursor of the rows behind them; null: there are none.</param>
public sealed record ExportPage(IReadOnlyList<IReadOnlyList<object?>> Rows, string? Next);
