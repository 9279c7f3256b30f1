namespace MeterFirmware.Drivers.Ade7953;

/// <summary>The chip's two current inputs; both are multiplied with the one voltage input.</summary>
public enum Ade7953Channel
{
    /// <summary>Current channel A, meant for the phase conductor.</summary>
    A = 0,

    /// <summary>Current channel B, meant for the neutral; some boards measure the phase on it.</summary>
    B = 1,
}
