using NodaTime;

namespace MeterFirmware.Tools.Billing.Loads;

/// <summary>One row of a load before its place in time is sure.</summary>
/// <param name="Line">In the file.</param>
/// <param name="Local">As written, with the offset if there is one.</param>
/// <param name="UtcSeconds">Where the row names its offset; else null.</param>
/// <param name="Value">Imported energy, power or reading, in the column's unit.</param>
/// <param name="Export">Exported.</param>
/// <param name="Reactive">kvarh.</param>
/// <param name="Generation">Generated behind the meter.</param>
internal sealed record LoadRow(
    int Line, LocalDateTime Local, long? UtcSeconds, decimal Value, decimal Export, decimal Reactive,
    decimal Generation = 0);
