namespace MeterFirmware.Tools.Generate;

/// <summary>measurands.json: what is measured, and the plain Modbus map of it.</summary>
public sealed record MeasurandsFile(MeasurandEntry[] Measurands, PlainEntry[] Plain);
