namespace MeterFirmware.Tools.HeadEnds.Carbon;

/// <summary>What an hour's drawn energy emitted.</summary>
/// <param name="Start">Begin of the hour.</param>
/// <param name="ImportMilliwattHours">Drawn.</param>
/// <param name="MicrogramsPerKwh">Factor of the grid; null: none is known for this hour.</param>
/// <param name="Milligrams">CO2; null: without a factor nobody knows.</param>
public sealed record CarbonHour(
    DateTimeOffset Start,
    long ImportMilliwattHours,
    long? MicrogramsPerKwh,
    long? Milligrams);
