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

    /// <summary>A card was refused; values: <see cref="SessionRefusal"/>, import Wh.</summary>
    public const int CardRefused = 106;
}
