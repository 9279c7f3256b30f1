using MeterFirmware.Basics;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;

namespace MeterFirmware.EvCharger;

/// <summary>
/// Who charges, what it costs and when it ends. Permission in, authorisation and finished records out; knows nothing
/// of pilots. Energy comes as the charger's own register, so a session's energy is a difference of two readings.
/// <code>
///   idle --permission--> permitted --plugged in--> active --stop, limit, fault--> ending --contactor open--> finished
///     ^                      | 60 s                   | unplugged (contactor open)     |                        |
///     +----------------------+------------------------+--------------------------------+------ unplugged -------+
/// </code>
/// </summary>
public sealed class SessionManager
{
    private const int CheckMs = 1_000;
    private const int HeadBytes = 48;

    // Less than this is a meter's noise or a vehicle's electronics, not charging.
    private const int ChargingMilliampsMin = 250;

    private readonly SessionConfiguration _configuration;
    private readonly SessionLimits _limits;
    private readonly CostRegister _cost = new CostRegister(ChargerLimits.RateCount, 1, false);
    private readonly byte[] _permitted = new byte[ChargerLimits.TokenBytesMax];
    private readonly Reservation _reservation = new Reservation();
    private TariffTable _tariff;
    private int _permittedLength;
    private long _permittedUntilMs = -1;
    private long _nextCheckMs;
    private long _chargingMs;
    private long _lastMs;
    private long _lastWattHours;
    private long _lastMicrojoules;
    private long _startMs;
    private bool _isFinished;
    private bool _isConnected;
    private bool _isOnline;
    private bool _hasLatchedFault;

    public SessionManager(SessionConfiguration configuration)
    {
        _configuration = configuration;
        _limits = new SessionLimits(configuration);
        LocalList = new TokenList(ChargerLimits.TokenCount);
        Record = new SessionRecord();
    }

    public TokenList LocalList { get; }

    /// <summary>The running session, or the one that ended last.</summary>
    public SessionRecord Record { get; }

    public bool IsActive { get; private set; }

    /// <summary>Why the running session is to end; None while it is not.</summary>
    public int EndReason { get; private set; }

    /// <summary>False: taken out of service by command. A running session goes on to its end; no new one begins.</summary>
    public bool IsOperative { get; set; } = true;

    /// <summary>What the state machine is told.</summary>
    public bool IsAuthorized => IsActive && EndReason == SessionReason.None;

    /// <summary>A reservation stands, and for whom nobody else may charge.</summary>
    public bool IsReserved(long nowMs) => _reservation.Stands(nowMs);

    /// <summary>The vehicle is still plugged in after its session ended.</summary>
    public bool IsFinished => _isFinished;

    public long NextNumber { get; private set; } = 1;

    /// <summary>Takes a tariff for sessions; false: it has more than 8 rates, or tiers (a session has no year to count).</summary>
    public bool TryUseTariff(TariffTable tariff)
    {
        if (!_cost.TryUse(tariff))
        {
            return false;
        }

        _tariff = tariff;
        return true;
    }

    /// <summary>A token was shown at the charger: starts, or stops its own session. One that is on no list may start when it
    /// has reserved, or offline when the configuration lets strangers charge; online the head-end is asked (the refusal is
    /// an event) and answers with a remote start.</summary>
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

    /// <summary>Plug and charge: the gateway read the vehicle's identifier. Like <see cref="Present"/>, but it never stops.</summary>
    public SessionRefusal Identify(byte[] token, int length, long nowMs)
    {
        if (!IsToken(length))
        {
            return SessionRefusal.BadToken;
        }

        bool isAwaited = IsReserved(nowMs) && _reservation.IsFor(token, length);
        return isAwaited || LocalList.Contains(token, length) || (_configuration.AcceptsUnknownOffline && !_isOnline)
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

    /// <summary>Keeps the charger for one token, 1 ms to 24 h; prolongs its own reservation, takes over nobody else's.</summary>
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
        if (refusal == SessionRefusal.None && _isConnected)
        {
            refusal = SessionRefusal.Busy;
        }

        if (refusal == SessionRefusal.None)
        {
            _reservation.Make(token, length, nowMs + forMs);
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

        _reservation.End();
        return SessionRefusal.None;
    }

    /// <summary>Limits of the running session, or of the one that is permitted next; 0 for none. They can only tighten what
    /// is configured.</summary>
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

    /// <summary>One tick. True: the session ended in it and <see cref="Record"/> is complete.</summary>
    public bool Update(SessionInputs inputs)
    {
        long elapsedMs = inputs.NowMs - _lastMs;
        _lastMs = inputs.NowMs;
        _isConnected = inputs.IsConnected;
        _isOnline = inputs.IsOnline;
        _hasLatchedFault = inputs.HasLatchedFault;
        if (!inputs.IsConnected && !inputs.IsClosed)
        {
            _isFinished = false;
        }

        if (!IsActive)
        {
            TryBegin(inputs);
            return false;
        }

        Date(inputs);
        Count(inputs, elapsedMs);
        if (inputs.NowMs >= _nextCheckMs)
        {
            _nextCheckMs = inputs.NowMs + CheckMs;
            CheckLimits(inputs);
        }

        if (!inputs.IsConnected && EndReason == SessionReason.None)
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

        Finish(inputs);
        _isFinished = inputs.IsConnected;
        return true;
    }

    /// <summary>Cost so far in ten-thousandths of the currency, service fee included; each line rounded once.</summary>
    public long CostSoFar() => _cost.Total() + ServiceCost();

    /// <summary>Bytes that <see cref="Save"/> writes.</summary>
    public int SavedBytes => HeadBytes + SessionLimits.SavedBytes + SessionRecord.RunningBytes + _cost.StateBytes;

    /// <summary>Writes what must outlive a loss of supply; returns the offset behind it.</summary>
    public int Save(byte[] bytes, int offset)
    {
        LittleEndian.WriteInt32(bytes, offset, (IsActive ? 1 : 0) | (IsOperative ? 0 : 2));
        LittleEndian.WriteInt32(bytes, offset + 4, EndReason);
        LittleEndian.WriteInt64(bytes, offset + 8, NextNumber);
        LittleEndian.WriteInt64(bytes, offset + 16, _lastWattHours);
        LittleEndian.WriteInt64(bytes, offset + 24, _lastMicrojoules);
        LittleEndian.WriteInt64(bytes, offset + 32, _chargingMs);
        LittleEndian.WriteInt64(bytes, offset + 40, _lastMs - _startMs);
        _limits.Save(bytes, offset + HeadBytes);
        Record.SaveRunning(bytes, offset + HeadBytes + SessionLimits.SavedBytes);
        _cost.Save(bytes, offset + HeadBytes + SessionLimits.SavedBytes + SessionRecord.RunningBytes);
        return offset + SavedBytes;
    }

    /// <summary>Reads what <see cref="Save"/> wrote. False: a value is out of its range. When a session was running,
    /// <see cref="IsActive"/> is true afterwards and <see cref="CloseAfterPowerLoss"/> must follow.</summary>
    public bool TryLoad(byte[] bytes, int offset)
    {
        int record = offset + HeadBytes + SessionLimits.SavedBytes;
        if (!Record.TryLoadRunning(bytes, record) || !_cost.TryRestore(bytes, record + SessionRecord.RunningBytes))
        {
            return false;
        }

        int head = LittleEndian.ReadInt32(bytes, offset);
        IsActive = (head & 1) != 0;
        IsOperative = (head & 2) == 0;
        EndReason = LittleEndian.ReadInt32(bytes, offset + 4);
        NextNumber = LittleEndian.ReadInt64(bytes, offset + 8);
        _lastWattHours = LittleEndian.ReadInt64(bytes, offset + 16);
        _lastMicrojoules = LittleEndian.ReadInt64(bytes, offset + 24);
        _chargingMs = LittleEndian.ReadInt64(bytes, offset + 32);
        _startMs = -LittleEndian.ReadInt64(bytes, offset + 40);
        _limits.Load(bytes, offset + HeadBytes);
        return true;
    }

    /// <summary>Ends the session that a loss of supply cut: with the registers that were saved, at the time that was
    /// saved, and saying so. Its token may go on as a new session, with what is left of its limits, while its vehicle is
    /// still there; one that was being stopped stays stopped.</summary>
    public void CloseAfterPowerLoss(long nowMs)
    {
        bool wasStopped = EndReason != SessionReason.None;
        EndReason = wasStopped ? EndReason : SessionReason.PowerLoss;
        Record.Flags |= RecordFlags.PowerLoss;
        long elapsedMs = _lastMs - _startMs;
        Complete(_lastWattHours, _lastMicrojoules);
        _isFinished = wasStopped;
        _lastMs = nowMs;
        bool goesOn = !wasStopped && Record.TokenLength > 0
            && Permit(Record.Token, Record.TokenLength, nowMs) == SessionRefusal.None;
        if (goesOn)
        {
            _permittedUntilMs = nowMs + _configuration.ResumeMs;
            _limits.AskForRest(_lastWattHours - Record.StartWattHours, elapsedMs / 1_000, CostSoFar());
        }
    }

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
        _permittedUntilMs = nowMs + _configuration.PermissionMs;
        _limits.Ask(0, 0, 0, 0);
        return SessionRefusal.None;
    }

    private void TryBegin(SessionInputs inputs)
    {
        bool isPermitted = inputs.NowMs < _permittedUntilMs;
        bool isFree = _configuration.IsFree && !_isFinished && !IsReserved(inputs.NowMs);
        if (!inputs.IsConnected || !IsOperative || inputs.HasLatchedFault || _tariff == null || !(isPermitted || isFree))
        {
            return;
        }

        Record.TokenLength = isPermitted ? _permittedLength : 0;
        Copy(_permitted, Record.Token, Record.TokenLength);
        _permittedUntilMs = -1;
        _reservation.End();
        Record.Number = NextNumber;
        NextNumber++;
        Record.StartUtcSeconds = inputs.UtcSeconds;
        Record.EndUtcSeconds = inputs.UtcSeconds;
        Record.OffsetSeconds = inputs.OffsetSeconds;
        Record.Flags = inputs.IsTimed ? 0 : RecordFlags.Untimed;
        Record.StartWattHours = inputs.WattHours;
        Record.StartMicrojoules = inputs.Microjoules;
        Record.CurrentMilliampsMax = 0;
        _lastWattHours = inputs.WattHours;
        _lastMicrojoules = inputs.Microjoules;
        _chargingMs = 0;
        _startMs = inputs.NowMs;
        if (!isPermitted)
        {
            _limits.Ask(0, 0, 0, 0);
        }

        _limits.Take();
        _cost.Clear();
        EndReason = SessionReason.None;
        _isFinished = false;
        IsActive = true;
    }

    // The clock became known within the session: its start is dated by the time that has passed.
    private void Date(SessionInputs inputs)
    {
        if (inputs.IsTimed && (Record.Flags & RecordFlags.Untimed) != 0)
        {
            Record.StartUtcSeconds = inputs.UtcSeconds - (inputs.NowMs - _startMs) / 1_000;
            Record.Flags &= ~RecordFlags.Untimed;
        }
    }

    private void Count(SessionInputs inputs, long elapsedMs)
    {
        long microjoules = (inputs.WattHours - _lastWattHours) * Bill.MicrojoulesPerWattHour
            + inputs.Microjoules - _lastMicrojoules;
        if (microjoules > 0)
        {
            _cost.Add(inputs.Rate, microjoules, inputs.UtcSeconds);
        }

        _chargingMs += inputs.IsClosed && inputs.CurrentMilliamps >= ChargingMilliampsMin ? elapsedMs : 0;

        _lastWattHours = inputs.WattHours;
        _lastMicrojoules = inputs.Microjoules;
        Record.EndUtcSeconds = inputs.UtcSeconds;
        if (inputs.CurrentMilliamps > Record.CurrentMilliampsMax)
        {
            Record.CurrentMilliampsMax = inputs.CurrentMilliamps;
        }
    }

    private void CheckLimits(SessionInputs inputs)
    {
        if (EndReason == SessionReason.None)
        {
            EndReason = _limits.Reached(_lastWattHours - Record.StartWattHours, inputs.NowMs - _startMs, CostSoFar(),
                inputs.IsTimed ? inputs.UtcSeconds : 0);
        }
    }

    private void Finish(SessionInputs inputs)
    {
        Record.EndUtcSeconds = inputs.UtcSeconds;
        Record.OffsetSeconds = inputs.OffsetSeconds;
        Complete(inputs.WattHours, inputs.Microjoules);
    }

    private void Complete(long wattHours, long microjoules)
    {
        Record.Reason = EndReason;
        Record.EndWattHours = wattHours;
        Record.EndMicrojoules = microjoules;
        Record.TariffCrc = _tariff.Crc;
        Record.ChargingSeconds = _chargingMs / 1000;
        Record.RateCount = _tariff.RateCount;
        for (int rate = 0; rate < Record.RateCount; rate++)
        {
            Record.RateWattHours[rate] = _cost.WattHours(rate, 0);
            Record.RateMicrojoules[rate] = _cost.RemainderMicrojoules(rate, 0);
            Record.RateCost[rate] = _cost.RateCost(rate);
        }

        Record.ServiceCost = ServiceCost();
        IsActive = false;
    }

    // The fee is per kWh of the whole session: one line, rounded once.
    private long ServiceCost()
    {
        long microjoules = _lastMicrojoules - Record.StartMicrojoules;
        long wattHours = _lastWattHours - Record.StartWattHours;
        if (microjoules < 0)
        {
            microjoules += Bill.MicrojoulesPerWattHour;
            wattHours--;
        }

        return Bill.LineCost(wattHours, microjoules, _tariff.ServiceFee);
    }

    private static void Copy(byte[] from, byte[] to, int length)
    {
        for (int i = 0; i < length; i++)
        {
            to[i] = from[i];
        }
    }
}
