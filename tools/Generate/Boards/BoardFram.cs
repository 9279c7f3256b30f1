namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>FRAM on I²C that holds the first blocks of a meter's plan: registers, keys, tariffs.</summary>
/// <param name="Bus">"I2C1".</param>
/// <param name="Kilobytes">Of the chip, 8 to 64.</param>
/// <param name="Blocks">Of the plan that lie there.</param>
public sealed record BoardFram(string Bus, int Kilobytes, int Blocks, int Line);
