namespace MeterFirmware.Modbus;

/// <summary>How a client's request ended.</summary>
public enum ModbusOutcome
{
    /// <summary>Nothing was asked yet.</summary>
    None = 0,

    /// <summary>The answer is on its way.</summary>
    Waiting = 1,

    /// <summary>The answer is in the client's data.</summary>
    Done = 2,

    /// <summary>The device refused: see the error code.</summary>
    Refused = 3,

    /// <summary>No reply after all tries.</summary>
    TimedOut = 4,

    /// <summary>Replies came, and none was the one that was asked for.</summary>
    BadAnswer = 5,

    /// <summary>The line could not be configured or did not take the request.</summary>
    LineDown = 6,

    /// <summary>The line never rested: another master, or noise.</summary>
    LineBusy = 7,
}
