namespace MeterFirmware.EvCharger.Sessions;

/// <summary>Why a session ended; stable numbers, the words of telemetry in <see cref="NameOf"/>.</summary>
public static class SessionReason
{
    public const int None = 0;
    public const int Unplugged = 1;
    public const int Local = 2;
    public const int Remote = 3;
    public const int EnergyReached = 4;
    public const int TimeReached = 5;
    public const int CostReached = 6;

    /// <summary>Of release 0.1.0, which ended a session at its departure; read, no longer given.</summary>
    public const int Departed = 7;
    public const int Fault = 8;
    public const int PowerLoss = 9;
    public const int Unlocked = 10;

    /// <summary>No session: a reservation that lapsed or was taken back, and is billed.</summary>
    public const int NotUsed = 11;

    public static bool IsKnown(int reason) => reason >= None && reason <= NotUsed;

    /// <summary>OCPP 2.0.1 names (ReasonEnumType) where it has one.</summary>
    public static string NameOf(int reason)
    {
        switch (reason)
        {
            case Unplugged: return "EVDisconnected";
            case Local: return "Local";
            case Remote: return "Remote";
            case EnergyReached: return "EnergyLimitReached";
            case TimeReached: return "TimeLimitReached";
            case CostReached: return "CostLimitReached";
            case Departed: return "DepartureReached";
            case Fault: return "Fault";
            case PowerLoss: return "PowerLoss";
            case Unlocked: return "UnlockCommand";
            case NotUsed: return "ReservationNotUsed";
            default: return "None";
        }
    }
}
