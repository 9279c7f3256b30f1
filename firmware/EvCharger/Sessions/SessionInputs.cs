using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;

namespace MeterFirmware.EvCharger.Sessions;

/// <summary>What a session needs to know in a tick; made once, filled anew.</summary>
public sealed class SessionInputs
{
    /// <summary>Monotonic ms.</summary>
    public long NowMs;

    /// <summary>What is known of the plug. Unknown ends nothing: what was goes on.</summary>
    public PlugState Plug;

    /// <summary>The contactor is driven closed.</summary>
    public bool IsClosed;

    /// <summary>A current is offered: that none flows is the vehicle's own choice.</summary>
    public bool IsOffered;

    /// <summary>A fault that only unplugging or a person ends.</summary>
    public bool HasLatchedFault;

    /// <summary>The head-end can be asked.</summary>
    public bool IsOnline;

    public bool IsTimed;
    public long UtcSeconds;
    public int OffsetSeconds;

    /// <summary>Rate in force; without time the one that is agreed for that.</summary>
    public int Rate;

    /// <summary>A day's list has a price now, millionths per kWh, which goes before the rate's.</summary>
    public bool HasListedPrice;
    public long ListedPrice;

    /// <summary>The day was announced, and its rate is of that day's table.</summary>
    public bool IsAnnouncedDay;

    /// <summary>The import register: Wh and the µJ above them.</summary>
    public long WattHours;
    public long Microjoules;

    /// <summary>Energy has been given back in the session: it is a bill though nothing was drawn.</summary>
    public bool HasGivenBack;

    /// <summary>Highest phase current in mA.</summary>
    public int CurrentMilliamps;
}
