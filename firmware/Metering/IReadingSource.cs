using MeterFirmware.Hardware;

namespace MeterFirmware.Metering;

/// <summary>A product that measures, for those who show its values.</summary>
public interface IReadingSource
{
    /// <summary>The last reading, the same object at all times.</summary>
    Measurement Reading { get; }

    /// <summary>The sensor answered in the last turn.</summary>
    bool HasReading { get; }

    EnergyRegisters Registers { get; }
}
