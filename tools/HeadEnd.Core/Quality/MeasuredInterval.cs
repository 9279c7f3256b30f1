namespace MeterFirmware.Tools.HeadEnds.Quality;

/// <summary>An interval as its device sent it. Registers stand at its end.</summary>
/// <param name="StartUtcSeconds">Begin.</param>
/// <param name="EndUtcSeconds">End.</param>
/// <param name="Rate">Index of the rate.</param>
/// <param name="ImportRegisterWattHours">Register of what was drawn; null: it sent none.</param>
/// <param name="ExportRegisterWattHours">Register of what was given back; null: it sent none.</param>
/// <param name="ImportMilliwattHours">Drawn.</param>
/// <param name="ExportMilliwattHours">Given back.</param>
/// <param name="Flags">Comma-separated.</param>
/// <param name="ReceivedUtcSeconds">When it came.</param>
/// <param name="JournalId">Of which board: another one counts from its own register on.</param>
public sealed record MeasuredInterval(
    long StartUtcSeconds,
    long EndUtcSeconds,
    int Rate,
    long? ImportRegisterWattHours,
    long? ExportRegisterWattHours,
    long ImportMilliwattHours,
    long ExportMilliwattHours,
    string Flags,
    long ReceivedUtcSeconds,
    long JournalId);
