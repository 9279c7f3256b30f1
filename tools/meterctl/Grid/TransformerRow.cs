namespace MeterFirmware.Tools.MeterCtl.Grid;

/// <summary>A row of a transformer's load.</summary>
/// <param name="Text">The time as the file has it.</param>
internal sealed record TransformerRow(string Text, long UtcSeconds, double KilovoltAmperes);
