using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.Tariffs;

namespace MeterFirmware.EvCharger.Sessions;

/// <summary>
/// Who charges, what it costs and when it ends. Permission in, authorisation and finished records out; knows nothing
/// of pilots. Energy comes as the charger's own register, so a session's energy is a difference of two readings.
/// <code>
///   idle --permission--> permitted --plugged in--> active --stop, limit, fault--> ending --contactor open--> finished
///     ^                      | 60 s                   | plug seen to be out (1 s)      |                        |
///     +----------------------+------------------------+--------------------------------+------ unplugged -------+
/// </code>
/// A pilot that says nothing about the plug (0 V, −12 V) ends nothing: the vehicle may stand there all the same.
/// </summary>
public sealed partial class SessionManager
{
    private const int CheckMs = 1_000;

    // A visit that nobody named and that took nothing is worth a word after this.
    private const int AnnounceMs = 60_000;

    private readonly SessionSettings _settings;
    private readonly SessionQuota _limits;
    private readonly FinishedSessions _finished = new FinishedSessions();
    private readonly byte[] _permitted = new byte[ChargerLimits.TokenBytesMax];
    private readonly Reservation _reservation = new Reservation();
    private TariffTable _tariff;
    private int _permittedLength;
    private long _permittedUntilMs = -1;
    private SessionBill _bill;
    private long _resumeUntilMs = -1;
    private long _nextCheckMs;
    private long _lastMs;
    private bool _isAnnounced;
    private bool _isFinished;
    private PlugState _plug = PlugState.Gone;
    private bool _isOnline;
    private bool _hasLatchedFault;

    public SessionManager(SessionSettings settings)
    {
        _settings = settings;
        _limits = new SessionQuota(settings);
        LocalList = new TokenList(ChargerLimits.TokenCount);
        _bill = _finished.Free(null);
    }

    public TokenList LocalList { get; }

    /// <summary>The running session, or the one that ended last.</summary>
    public SessionRecord Record => _bill.Record;

    public bool IsActive { get; private set; }

    /// <summary>The session that began last goes on where a loss of supply cut another: the driver's wishes hold
    /// on.</summary>
    public bool IsResumed { get; private set; }

    /// <summary>Limits of the running session, and when its driver means to leave.</summary>
    public SessionQuota Limits => _limits;

    /// <summary>Since the running session began, by the monotonic clock; ms.</summary>
    public long ElapsedMs => _bill.ElapsedMs;

    /// <summary>What its time limit leaves, s; −1 without one.</summary>
    public long SecondsLeft => _limits.Seconds == 0 ? -1 : Left(_limits.Seconds, _bill.ElapsedMs / 1_000);

    /// <summary>What its cost limit leaves, ten-thousandths of the currency, to the second; −1 without one.</summary>
    public long CostLeft { get; private set; } = -1;

    /// <summary>Visits that ended without energy: no records.</summary>
    public long EmptyCount { get; private set; }

    /// <summary>Sessions that are over and wait for the time.</summary>
    public int WaitingCount => _finished.Count;

    /// <summary>Why the running session is to end; None while it is not.</summary>
    public int EndReason { get; private set; }

    /// <summary>False: taken out of service by command. A running session goes on to its end; no new one
    /// begins.</summary>
    public bool IsOperative { get; set; } = true;

    /// <summary>What the state machine is told.</summary>
    public bool IsAuthorized => IsActive && EndReason == SessionReason.None;

    /// <summary>A reservation stands, and for whom nobody else may charge.</summary>
    public bool IsReserved(long nowMs) => _reservation.Stands(nowMs);

    /// <summary>The vehicle is still plugged in after its session ended.</summary>
    public bool IsFinished => _isFinished;

    public long NextNumber { get; private set; } = 1;

    /// <summary>Takes a tariff for sessions; false: it has more than 8 rates, or tiers (a session has no year to
    /// count).</summary>
    public bool TryUseTariff(TariffTable tariff)
    {
        if (!_finished.TryUseTariff(tariff))
        {
            return false;
        }

        _tariff = tariff;
        return true;
    }

    /// <summary>A token was shown at the charger: starts, or stops its own session. One that is on no list may start
    /// when it has reserved, or offline when the settings let strangers charge; online the head-end is asked (the
    /// refusal is an event) and answers with a remote start.</summary>
    public SessionRefusal Present(byte[] token, int length, long nowMs)
    {
        if (!IsToken(length))
        {
            return SessionRefusal.BadToken;
        }

        if (!IsAuthorized)
        {
            return Identify(token, length, nowMs);
        }

        if (!IsOwn(token, length))
        {
            return SessionRefusal.Busy;
        }

        EndReason = SessionReason.Local;
        return SessionRefusal.None;
    }

    /// <summary>Plug and charge: the gateway read the vehicle's identifier. Like <see cref="Present"/>, but it never
    /// stops.</summary>
    public SessionRefusal Identify(byte[] token, int length, long nowMs)
    {
        if (!IsToken(length))
        {
            return SessionRefusal.BadToken;
        }

        bool isAwaited = IsReserved(nowMs) && _reservation.IsFor(token, length);
        return isAwaited || LocalList.Contains(token, length) || (_settings.AcceptsUnknownOffline && !_isOnline)
            ? Permit(token, length, nowMs)
            : SessionRefusal.UnknownToken;
    }

    /// <summary>A start by command: the sender has checked the token.</summary>
    public SessionRefusal StartRemotely(byte[] token, int length, long nowMs) =>
        IsToken(length) ? Permit(token, length, nowMs) : SessionRefusal.BadToken;

    /// <param name="reason">A <see cref="SessionReason"/>: Remote, or what else ends it from afar.</param>
    public SessionRefusal StopRemotely(int reason = SessionReason.Remote)
    {
        if (!IsAuthorized)
        {
            return SessionRefusal.NoSession;
        }

        EndReason = reason;
        return SessionRefusal.None;
    }

    /// <summary>Keeps the charger for one token, 1 ms to 24 h; prolongs its own reservation, takes over nobody
    /// else's. Busy also until the minutes of one that is over have their bill: a round as a rule.</summary>
    public SessionRefusal Reserve(byte[] token, int length, int forMs, long nowMs)
    {
        if (!IsToken(length))
        {
            return SessionRefusal.BadToken;
        }

        if (forMs < 1 || forMs > Reservation.LengthMsMax)
        {
            return SessionRefusal.BadValue;
        }

        SessionRefusal refusal = RefusalOf(token, length, nowMs);
        if (refusal == SessionRefusal.None
            && (_plug == PlugState.Plugged || _isFinished || OwesReservation(nowMs)))
        {
            refusal = SessionRefusal.Busy;
        }

        if (refusal == SessionRefusal.None)
        {
            _reservation.Make(token, length, nowMs + forMs, nowMs);
        }

        return refusal;
    }

    /// <summary>Ends the token's own reservation.</summary>
    public SessionRefusal CancelReservation(byte[] token, int length, long nowMs)
    {
        if (!IsToken(length))
        {
            return SessionRefusal.BadToken;
        }

        if (!IsReserved(nowMs))
        {
            return SessionRefusal.NoSession;
        }

        if (!_reservation.IsFor(token, length))
        {
            return SessionRefusal.Reserved;
        }

        _reservedSeconds = _reservation.KeptSeconds(nowMs);
        _reservation.End();
        return SessionRefusal.None;
    }

    /// <summary>Limits of the running session, or of the one that is permitted next; 0 for none. They can only tighten
    /// what is configured.</summary>
    public SessionRefusal SetLimits(long wattHours, long seconds, long cost, long departureUtc)
    {
        if (wattHours < 0 || seconds < 0 || cost < 0 || departureUtc < 0)
        {
            return SessionRefusal.BadValue;
        }

        if (!IsActive && _lastMs >= _permittedUntilMs)
        {
            return SessionRefusal.NoSession;
        }

        _limits.Ask(wattHours, seconds, cost, departureUtc);
        if (IsActive)
        {
            _limits.Take();
        }

        return SessionRefusal.None;
    }

    /// <summary>When the running session's driver means to leave, UTC seconds; 0 unknown.</summary>
    public SessionRefusal SetDeparture(long departureUtc)
    {
        if (departureUtc < 0)
        {
            return SessionRefusal.BadValue;
        }

        if (!IsActive)
        {
            return SessionRefusal.NoSession;
        }

        _limits.DepartureUtc = departureUtc;
        return SessionRefusal.None;
    }

    /// <summary>One tick. True: the session ended in it; <see cref="TryTakeRecord"/> gives its record when it is
    /// due.</summary>
    public bool Update(SessionInputs inputs)
    {
        long elapsedMs = inputs.NowMs - _lastMs;
        _lastMs = inputs.NowMs;
        _plug = inputs.Plug;
        _isOnline = inputs.IsOnline;
        _hasLatchedFault = inputs.HasLatchedFault;
        if (_plug == PlugState.Gone && !inputs.IsClosed)
        {
            _isFinished = false;
        }

        if (!IsActive)
        {
            CountStanding(elapsedMs);
            BillUnusedReservation(inputs);
            TryBegin(inputs);
            return false;
        }

        _bill.Count(inputs, elapsedMs);
        if (inputs.NowMs >= _nextCheckMs)
        {
            _nextCheckMs = inputs.NowMs + CheckMs;
            CheckLimits();
        }

        if (_plug == PlugState.Gone && EndReason == SessionReason.None)
        {
            EndReason = SessionReason.Unplugged;
        }
        else if (inputs.HasLatchedFault && EndReason == SessionReason.None)
        {
            EndReason = SessionReason.Fault;
        }

        // Until the contactor is open energy still flows, and it is the driver's.
        if (EndReason == SessionReason.None || inputs.IsClosed)
        {
            return false;
        }

        _bill.Complete(EndReason);
        Close(inputs.NowMs);
        _isFinished = _plug != PlugState.Gone;
        BeginStanding();
        return true;
    }

    /// <summary>True once a session: it is worth a word and a checkpoint, because somebody started it, the contactor
    /// closed, or the vehicle stays. A loose plug makes none.</summary>
    public bool TryAnnounce()
    {
        bool isWorth = IsActive && (Record.TokenLength > 0 || _bill.HasClosed || _bill.ElapsedMs >= AnnounceMs);
        if (!isWorth || _isAnnounced)
        {
            return false;
        }

        Announce();
        return true;
    }

    /// <summary>The session that ended last brought nothing and has no record.</summary>
    public bool WasEmpty { get; private set; }

    /// <summary>It had been announced before it ended.</summary>
    public bool WasAnnounced => _isAnnounced;

    /// <summary>Takes the next record that is due for the journal. One of a session that ended before the time was
    /// known is due when it has been dated, or when its room is needed.</summary>
    public bool TryTakeRecord(SessionInputs inputs, out SessionRecord record) =>
        _finished.TryTake(inputs.NowMs, inputs.IsTimed, inputs.UtcSeconds, inputs.OffsetSeconds, out record);

    /// <summary>Cost so far in ten-thousandths of the currency, service fee included; each line rounded once.</summary>
    public long CostSoFar() => _bill.CostSoFar();

    private static bool IsToken(int length) => length >= 1 && length <= ChargerLimits.TokenBytesMax;

    private bool IsOwn(byte[] token, int length) =>
        Record.TokenLength == length && TokenList.AreEqual(Record.Token, 0, token, length);

    // In which state nothing new can begin, for whomever.
    private SessionRefusal RefusalOf(byte[] token, int length, long nowMs)
    {
        if (IsActive)
        {
            // Also while it ends: who shows the card twice to stop does not start again.
            return SessionRefusal.Busy;
        }

        if (!IsOperative)
        {
            return SessionRefusal.Unavailable;
        }

        if (_hasLatchedFault)
        {
            return SessionRefusal.Faulted;
        }

        return IsReserved(nowMs) && !_reservation.IsFor(token, length) ? SessionRefusal.Reserved : SessionRefusal.None;
    }

    private SessionRefusal Permit(byte[] token, int length, long nowMs)
    {
        SessionRefusal refusal = RefusalOf(token, length, nowMs);
        if (refusal != SessionRefusal.None)
        {
            return refusal;
        }

        Copy(token, _permitted, length);
        _permittedLength = length;
        _permittedUntilMs = nowMs + _settings.PermissionMs;
        _resumeUntilMs = -1;
        _limits.Ask(0, 0, 0, 0);
        return SessionRefusal.None;
    }

    private void TryBegin(SessionInputs inputs)
    {
        bool isPermitted = inputs.NowMs < _permittedUntilMs;
        bool isFree = _settings.IsFree && !_isFinished && !IsReserved(inputs.NowMs);
        if (inputs.Plug != PlugState.Plugged || !IsOperative || inputs.HasLatchedFault || _tariff == null
            || !(isPermitted || isFree) || _finished.IsFull)
        {
            return;
        }

        // What a loss of supply cut goes on with what is left of its limits, a free session too.
        IsResumed = inputs.NowMs < _resumeUntilMs;
        _resumeUntilMs = -1;
        if (!isPermitted && !IsResumed)
        {
            _limits.Ask(0, 0, 0, 0);
        }

        _limits.Take();
        EndStanding();
        _bill = _finished.Free(null);
        _bill.TryUseTariff(_tariff);
        _bill.Begin(inputs);
        Record.TokenLength = isPermitted ? _permittedLength : 0;
        Copy(_permitted, Record.Token, Record.TokenLength);
        _permittedUntilMs = -1;
        UseReservation(inputs, Record.Token, Record.TokenLength);

        // The number is taken when the session is announced: a loose plug uses none up.
        Record.Number = NextNumber;
        _isAnnounced = false;
        _nextCheckMs = inputs.NowMs + CheckMs;
        EndReason = SessionReason.None;
        _isFinished = false;
        IsActive = true;
        CheckLimits();
    }

    private void Announce()
    {
        _isAnnounced = true;
        NextNumber = Record.Number < NextNumber ? NextNumber : Record.Number + 1;
    }

    private void CheckLimits()
    {
        long cost = _bill.CostSoFar();
        CostLeft = _limits.Cost == 0 ? -1 : Left(_limits.Cost, cost);
        if (EndReason == SessionReason.None)
        {
            EndReason = _limits.Reached(_bill.WattHours, _bill.ElapsedMs, cost);
        }
    }

    // The bill is complete: off to the journal with it, when there is anything in it.
    private void Close(long nowMs)
    {
        IsActive = false;
        WasEmpty = _bill.IsEmpty;
        if (WasEmpty)
        {
            EmptyCount++;
            return;
        }

        Announce();
        _finished.Add(_bill, nowMs);
    }

    private static long Left(long limit, long used) => limit > used ? limit - used : 0;

    private static void Copy(byte[] from, byte[] to, int length)
    {
        for (int i = 0; i < length; i++)
        {
            to[i] = from[i];
        }
    }
}
