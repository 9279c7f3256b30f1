namespace MeterFirmware.Hardware;

/// <summary>One output pin.</summary>
public interface IDigitalOutput
{
    /// <summary>Drives the pin. False: the board could not.</summary>
    bool TrySet(bool isHigh);
}
