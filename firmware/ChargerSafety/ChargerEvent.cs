using MeterFirmware.ChargerSafety.Pilot;

namespace MeterFirmware.ChargerSafety;

/// <summary>Kinds of events of the charger's own log.</summary>
public static class ChargerEvent
{
    /// <summary>The pilot state changed; the value is <see cref="PilotLevel"/>, the name comes from
    /// PilotNames.</summary>
    public const int State = 1;

    /// <summary>A fault was raised or cleared; the value is its number (<see cref="ChargerFault"/>).</summary>
    public const int FaultRaised = 2;
    public const int FaultCleared = 3;

    /// <summary>The duty changed; the value is in hundredths of a percent.</summary>
    public const int Duty = 4;

    /// <summary>The drive of the contactor changed: 1 closed, 0 open.</summary>
    public const int Contactor = 5;

    /// <summary>The contactor was opened under load because the vehicle ignored the end of the offer.</summary>
    public const int ForcedOpening = 6;

    /// <summary>GB/T: the vehicle pulsed 2'→3→2' to ask for a new offer.</summary>
    public const int WakeRequest = 7;
}
