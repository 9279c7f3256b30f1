using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.EvCharger.Sessions;

namespace MeterFirmware.EvCharger;

/// <summary>The connector's status in OCPP 1.6's words (ChargePointStatus); README.md maps them to 2.0.1.</summary>
public static class ConnectorStatus
{
    public const int Available = 0;
    public const int Preparing = 1;
    public const int Charging = 2;
    public const int SuspendedEv = 3;
    public const int SuspendedEvse = 4;
    public const int Finishing = 5;
    public const int Reserved = 6;
    public const int Unavailable = 7;
    public const int Faulted = 8;

    /// <summary>So long without current is no charging any more.</summary>
    private const int IdleMs = 60_000;

    public static string NameOf(int status)
    {
        switch (status)
        {
            case Available: return "Available";
            case Preparing: return "Preparing";
            case Charging: return "Charging";
            case SuspendedEv: return "SuspendedEV";
            case SuspendedEvse: return "SuspendedEVSE";
            case Finishing: return "Finishing";
            case Reserved: return "Reserved";
            case Unavailable: return "Unavailable";
            default: return "Faulted";
        }
    }

    /// <summary>The status that state machine and session add up to.</summary>
    public static int Of(ChargeState state, SessionManager sessions, long nowMs)
    {
        if (state.Has(ChargerFault.Welded))
        {
            return Unavailable;
        }

        if (state.ActiveFaults != 0)
        {
            return Faulted;
        }

        if (state.IsClosed)
        {
            // A vehicle that takes nothing for a minute rests: full, asleep, or by its own timer.
            return state.IsStopping ? SuspendedEvse : state.IdleMs >= IdleMs ? SuspendedEv : Charging;
        }

        if (!sessions.IsOperative && !sessions.IsActive)
        {
            return Unavailable;
        }

        // A pilot that is interrupted while a session stands is no empty connector.
        if (!state.IsConnected && (state.Plug == PlugState.Gone || !sessions.IsActive))
        {
            return sessions.IsReserved(nowMs) ? Reserved : Available;
        }

        if (sessions.IsFinished)
        {
            return Finishing;
        }

        if (!sessions.IsActive)
        {
            return Preparing;
        }

        // Offered and not taken: the vehicle waits. Not offered: we do.
        return !state.IsPwm ? SuspendedEvse : state.HasResponded || state.PluggedAgeMs > 30_000 ? SuspendedEv
            : Preparing;
    }
}
