namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>A metering chip that the board's image carries, by the name that settings.json calls it.</summary>
/// <param name="Bus">"I2C1", "SPI1" or "COM2".</param>
/// <param name="Selects">On SPI the name of a select pin for each phase; else empty.</param>
public sealed record BoardSensor(string Chip, string Bus, string[] Selects, int Line);
