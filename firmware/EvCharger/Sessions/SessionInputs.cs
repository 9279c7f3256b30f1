namespace MeterFirmware.EvCharger;

/// <summary>What a session needs to know in a tick; made once, filled anew.</summary>
public sealed class SessionInputs
{
    /// <summary>Monotonic ms.</summary>
    public long NowMs;

    /// <summary>A vehicle is plugged in (pilot at 9, 6 or 3 V).</summary>
    public bool IsConnected;

    /// <summary>The contactor is driven closed.</summary>
    public bool IsClosed;

    /// <summary>A fault that only unplugging or a person ends.</summary>
    public bool HasLatchedFault;

    /// <summary>The head-end can be asked.</summary>
    public bool IsOnline;

    public bool IsTimed;
    public long UtcSeconds;
    public int OffsetSeconds;

    /// <summary>Rate in force.</summary>
    public int Rate;

    /// <summary>The import register: Wh and the µJ above them.</summary>
    public long WattHours;
    public long Microjoules;

    /// <summary>Highest phase current in mA.</summary>
    public int CurrentMilliamps;
}
