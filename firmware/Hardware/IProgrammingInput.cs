namespace MeterFirmware.Hardware;

/// <summary>The button or link under the meter's seal that allows metrological parameters to be changed.</summary>
public interface IProgrammingInput
{
    /// <summary>True while it is closed.</summary>
    bool IsClosed { get; }
}
