namespace MeterFirmware.EvCharger;

/// <summary>Stable numbers of the charger's events in the journal (the meter's own are below 100).</summary>
public static class ChargerEventCode
{
    /// <summary>A fault was raised; values: fault number, import Wh.</summary>
    public const int FaultRaised = 101;

    /// <summary>A fault was cleared; values: fault number, import Wh.</summary>
    public const int FaultCleared = 102;

    /// <summary>The vehicle ignored the end of the offer and the contactor opened under load; values: current mA, import Wh.</summary>
    public const int ForcedOpening = 103;

    /// <summary>A session began; values: its number, import Wh.</summary>
    public const int SessionStarted = 104;

    /// <summary>An exception was caught and the outputs made safe; values: count since start, import Wh.</summary>
    public const int InternalError = 105;

    /// <summary>A card was refused; values: <see cref="SessionRefusal"/>, import Wh, length of the UID, its first eight bytes
    /// and the next two as numbers, high byte first. Online a head-end answers an unknown one with a remote start.</summary>
    public const int CardRefused = 106;

    /// <summary>The connector's lock does not follow its motor; values: 1 failed, 0 follows again; import Wh.</summary>
    public const int LockFailed = 107;

    /// <summary>GB/T: the vehicle pulsed 2'→3→2' to ask for a new offer; values: current offered in mA, import Wh.</summary>
    public const int WakeRequested = 108;

    /// <summary>The loop does not hold the safety part's rate and nothing is offered (0), or it does again (1); values:
    /// which, import Wh, mean time between two ticks in µs.</summary>
    public const int LoopRate = 109;

    /// <summary>A session ended without energy and has no record; values: its number, import Wh, <see cref="SessionReason"/>.
    /// A visit that nobody named, shorter than a minute, is only counted.</summary>
    public const int SessionEmpty = 120;

    /// <summary>The saved state of a session was damaged: it was closed, its cost is unknown; values: its number, import Wh.</summary>
    public const int SessionDamaged = 121;

    /// <summary>Something else of the saved state could not be read; values: which part (1 sessions that waited for the time,
    /// 2 the driver's wishes, 3 vehicles known, 4 registers), import Wh.</summary>
    public const int StateDamaged = 122;
}
