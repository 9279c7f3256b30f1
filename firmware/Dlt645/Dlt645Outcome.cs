namespace MeterFirmware.Dlt645;

/// <summary>How a client's request ended.</summary>
public enum Dlt645Outcome
{
    /// <summary>Nothing was asked yet.</summary>
    None = 0,

    /// <summary>The answer is on its way.</summary>
    Waiting = 1,

    /// <summary>The answer is in the client's data.</summary>
    Done = 2,

    /// <summary>The meter refused: see the error bits.</summary>
    Refused = 3,

    /// <summary>No reply, or none that was whole, after all tries.</summary>
    TimedOut = 4,

    /// <summary>The answer is longer than the client's buffer, or its parts do not follow one another.</summary>
    BadAnswer = 5,

    /// <summary>The line could not be configured or did not take the request.</summary>
    LineDown = 6,
}
