namespace MeterFirmware.Hardware;

/// <summary>A temperature sensor at the connector or the contactor.</summary>
public interface ITemperatureSensor
{
    /// <summary>Reads tenths of a degree Celsius. False: open, shorted or not answering.</summary>
    bool TryRead(out int tenthsCelsius);
}
