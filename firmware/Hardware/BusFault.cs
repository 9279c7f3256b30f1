namespace MeterFirmware.Hardware;

/// <summary>Why the last transfer on a bus or serial line failed.</summary>
public enum BusFault
{
    None = 0,

    /// <summary>Nobody answered to the address: chip missing, unpowered or wrongly strapped.</summary>
    NotAcknowledged = 1,

    /// <summary>The transfer stopped part of the way.</summary>
    Partial = 2,

    /// <summary>Clock stretched, or answer missing, beyond the board's time-out.</summary>
    TimeOut = 3,

    /// <summary>Anything else the board's peripheral reports.</summary>
    Other = 4,
}
