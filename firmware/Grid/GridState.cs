namespace MeterFirmware.Grid;

/// <summary>
/// Where a unit stands towards the grid:
/// <code>
///  Run --disturbed beyond the rule's time--> Trip --inside the window--> Wait --waited--> Ramp --all power--> Run
///   |^                                        ^                            |               |
///   v| back inside                            +------ outside again -------+               |
///  Cease                                      +------ beyond a rule's time ----------------+
/// </code>
/// </summary>
public enum GridState
{
    /// <summary>As asked.</summary>
    Run,

    /// <summary>Momentary cessation: no power, still connected, back at once.</summary>
    Cease,

    /// <summary>Disconnected, and the grid is outside of the window for coming back.</summary>
    Trip,

    /// <summary>Disconnected, waits inside the window.</summary>
    Wait,

    /// <summary>Connected again, the power is let in step by step.</summary>
    Ramp,
}
