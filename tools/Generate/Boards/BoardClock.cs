namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>A battery-backed clock chip on I²C.</summary>
/// <param name="Chip">"ds3231", "pcf8563", "rx8025t" or "rx8025sa".</param>
/// <param name="Bus">"I2C1".</param>
public sealed record BoardClock(string Chip, string Bus, int Line);
