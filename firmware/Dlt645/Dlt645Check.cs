namespace MeterFirmware.Dlt645;

/// <summary>The check that a received frame failed, in the order in which they are made.</summary>
public enum Dlt645Check
{
    None = 0,

    /// <summary>A byte that is neither a wake-up byte nor the first 68.</summary>
    Start = 1,

    /// <summary>An address byte that is neither two BCD digits nor AA.</summary>
    Address = 2,

    /// <summary>No second 68 behind the address.</summary>
    SecondStart = 3,

    /// <summary>L above the limit.</summary>
    Length = 4,

    Checksum = 5,

    /// <summary>No 16 at the end.</summary>
    End = 6,

    /// <summary>The frame stopped part of the way: too long a pause, or the end of the input.</summary>
    Truncated = 7,
}
