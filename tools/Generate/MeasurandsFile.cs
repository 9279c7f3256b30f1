namespace MeterFirmware.Tools.Generate;

/// <summary>measurands.json.</summary>
public sealed record MeasurandsFile(MeasurandEntry[] Measurands);
