namespace MeterFirmware.Drivers.ClockChips;

/// <summary>What a clock chip says of itself.</summary>
public enum ClockChipState
{
    /// <summary>It does not answer.</summary>
    Missing = 0,

    /// <summary>Its oscillator stopped, or its battery fell too low: the time is unknown until it is set.</summary>
    TimeLost = 1,

    /// <summary>Its digits are no time, twice.</summary>
    Implausible = 2,

    Valid = 3,
}
