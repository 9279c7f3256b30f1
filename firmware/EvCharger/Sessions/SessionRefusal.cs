namespace MeterFirmware.EvCharger.Sessions;

/// <summary>Why a request about a session was refused; None: it was taken.</summary>
public enum SessionRefusal
{
    None = 0,

    /// <summary>Token of 1 to 16 bytes expected.</summary>
    BadToken = 1,

    /// <summary>Not on the local list, and the offline rule does not let strangers charge.</summary>
    UnknownToken = 2,

    /// <summary>Another token's session runs.</summary>
    Busy = 3,

    /// <summary>Reserved for another token.</summary>
    Reserved = 4,

    /// <summary>No session runs, nothing to stop.</summary>
    NoSession = 5,

    /// <summary>The charger has a latched fault.</summary>
    Faulted = 6,

    /// <summary>A limit or time outside of its range.</summary>
    BadValue = 7,

    /// <summary>Taken out of service by command.</summary>
    Unavailable = 8,
}
