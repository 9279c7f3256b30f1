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

    private readonly SessionConfiguration _configuration;
    private readonly CostRegister _cost = new CostRegister(ChargerLimits.RateCount, 1, false);
    private readonly byte[] _permitted = new byte[ChargerLimits.TokenBytesMax];
    private readonly byte[] _reserved = new byte[ChargerLimits.TokenBytesMax];
    private TariffTable _tariff;
    private int _permittedLength;
    private long _permittedUntilMs = -1;
    private int _reservedLength;
    private long _reservedUntilMs = -1;
    private long _nextCheckMs;
    private long _chargingMs;
    private long _lastMs;
    private long _lastWattHours;
    private long _lastMicrojoules;
    private long _wattHoursMax;
    private long _secondsMax;
    private long _costMax;
    private long _departureUtc;
    private bool _isFinished;

    public SessionManager(SessionConfiguration configuration)
    {
        _configuration = configuration;
        LocalList = new TokenList(ChargerLimits.TokenCount);
        Record = new SessionRecord();
    }

    public TokenList LocalList { get; }

    /// <summary>The running session, or the one that ended last.</summary>
    public SessionRecord Record { get; }

    public bool IsActive { get; private set; }

    /// <summary>Why the running session is to end; None while it is not.</summary>
    public int EndReason { get; private set; }

    /// <summary>What the state machine is told.</summary>
    public bool IsAuthorized => IsActive && EndReason == SessionReason.None;

    /// <summary>A reservation stands, and for whom nobody else may charge.</summary>
    public bool IsReserved(long nowMs) => nowMs < _reservedUntilMs;

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

    /// <summary>A token was shown at the charger: starts, or stops its own session.</summary>
    public SessionRefusal Present(byte[] token, int length, long nowMs)
    {
        if (length < 1 || length > ChargerLimits.TokenBytesMax)
        {
            return SessionRefusal.BadToken;
        }

        if (IsAuthorized)
        {
            bool isOwn = Record.TokenLength == length && TokenList.AreEqual(Record.Token, 0, token, length);
            if (!isOwn)
            {
                return SessionRefusal.Busy;
            }

            EndReason = SessionReason.Local;
            return SessionRefusal.None;
        }

        return LocalList.Contains(token, length) || _configuration.AcceptsUnknownOffline
            ? Permit(token, length, nowMs)
            : SessionRefusal.UnknownToken;
    }

    /// <summary>A start by command, or by plug-and-charge: the sender has checked the token.</summary>
    public SessionRefusal StartRemotely(byte[] token, int length, long nowMs)
    {
        if (length < 1 || length > ChargerLimits.TokenBytesMax)
        {
            return SessionRefusal.BadToken;
        }

        return IsAuthorized ? SessionRefusal.Busy : Permit(token, length, nowMs);
    }

    public SessionRefusal StopRemotely()
    {
        if (!IsAuthorized)
        {
            return SessionRefusal.NoSession;
        }

        EndReason = SessionReason.Remote;
        return SessionRefusal.None;
    }

    /// <summary>Keeps the charger for one token. Milliseconds 1 to 24 h; 0 ends a reservation.</summary>
    public SessionRefusal Reserve(byte[] token, int length, int forMs, long nowMs)
    {
        if (length < 1 || length > ChargerLimits.TokenBytesMax)
        {
            return SessionRefusal.BadToken;
        }

        if (forMs < 0 || forMs > 86_400_000)
        {
            return SessionRefusal.BadValue;
        }

        if (IsActive)
        {
            return SessionRefusal.Busy;
        }

        Copy(token, _reserved, length);
        _reservedLength = length;
        _reservedUntilMs = forMs == 0 ? -1 : nowMs + forMs;
        return SessionRefusal.None;
    }

    /// <summary>Limits of the running session; 0 for none. They can only tighten what is configured.</summary>
    public SessionRefusal SetLimits(long wattHours, long seconds, long cost, long departureUtc)
    {
        if (wattHours < 0 || seconds < 0 || cost < 0 || departureUtc < 0)
        {
            return SessionRefusal.BadValue;
        }

        if (!IsActive)
        {
            return SessionRefusal.NoSession;
        }

        _wattHoursMax = Tighter(wattHours, _configuration.WattHoursMax);
        _secondsMax = Tighter(seconds, _configuration.SecondsMax);
        _costMax = Tighter(cost, _configuration.CostMax);
        _departureUtc = departureUtc;
        return SessionRefusal.None;
    }

    /// <summary>One tick. True: the session ended in it and <see cref="Record"/> is complete.</summary>
    public bool Update(SessionInputs inputs)
    {
        long elapsedMs = inputs.NowMs - _lastMs;
        _lastMs = inputs.NowMs;
        if (!inputs.IsConnected && !inputs.IsClosed)
        {
            _isFinished = false;
        }

        if (!IsActive)
        {
            TryBegin(inputs);
            return false;
        }

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
    public int SavedBytes => 88 + ChargerLimits.TokenBytesMax + _cost.StateBytes;

    /// <summary>Writes what must outlive a loss of supply; returns the offset behind it.</summary>
    public int Save(byte[] bytes, int offset)
    {
        LittleEndian.WriteInt32(bytes, offset, (IsActive ? 1 : 0) | (Record.TokenLength << 8));
        LittleEndian.WriteInt64(bytes, offset + 4, NextNumber);
        LittleEndian.WriteInt64(bytes, offset + 12, Record.Number);
        LittleEndian.WriteInt64(bytes, offset + 20, Record.StartUtcSeconds);
        LittleEndian.WriteInt64(bytes, offset + 28, Record.StartWattHours);
        LittleEndian.WriteInt64(bytes, offset + 36, Record.StartMicrojoules);
        LittleEndian.WriteInt64(bytes, offset + 44, _lastWattHours);
        LittleEndian.WriteInt64(bytes, offset + 52, _lastMicrojoules);
        LittleEndian.WriteInt64(bytes, offset + 60, _chargingMs);
        LittleEndian.WriteInt64(bytes, offset + 68, Record.EndUtcSeconds);
        LittleEndian.WriteInt32(bytes, offset + 76, Record.Flags);
        LittleEndian.WriteInt32(bytes, offset + 80, (int)Record.CurrentMilliampsMax);
        LittleEndian.WriteInt32(bytes, offset + 84, Record.OffsetSeconds);
        for (int i = 0; i < ChargerLimits.TokenBytesMax; i++)
        {
            bytes[offset + 88 + i] = Record.Token[i];
        }

        _cost.Save(bytes, offset + 88 + ChargerLimits.TokenBytesMax);
        return offset + SavedBytes;
    }

    /// <summary>Reads what <see cref="Save"/> wrote. False: a value is out of its range. When a session was running,
    /// <see cref="IsActive"/> is true afterwards and <see cref="CloseAfterPowerLoss"/> must follow.</summary>
    public bool TryLoad(byte[] bytes, int offset)
    {
        int head = LittleEndian.ReadInt32(bytes, offset);
        int tokenLength = head >> 8;
        if (tokenLength < 0 || tokenLength > ChargerLimits.TokenBytesMax
            || !_cost.TryRestore(bytes, offset + 88 + ChargerLimits.TokenBytesMax))
        {
            return false;
        }

        IsActive = (head & 1) != 0;
        Record.TokenLength = tokenLength;
        NextNumber = LittleEndian.ReadInt64(bytes, offset + 4);
        Record.Number = LittleEndian.ReadInt64(bytes, offset + 12);
        Record.StartUtcSeconds = LittleEndian.ReadInt64(bytes, offset + 20);
        Record.StartWattHours = LittleEndian.ReadInt64(bytes, offset + 28);
        Record.StartMicrojoules = LittleEndian.ReadInt64(bytes, offset + 36);
        _lastWattHours = LittleEndian.ReadInt64(bytes, offset + 44);
        _lastMicrojoules = LittleEndian.ReadInt64(bytes, offset + 52);
        _chargingMs = LittleEndian.ReadInt64(bytes, offset + 60);
        Record.EndUtcSeconds = LittleEndian.ReadInt64(bytes, offset + 68);
        Record.Flags = LittleEndian.ReadInt32(bytes, offset + 76);
        Record.CurrentMilliampsMax = LittleEndian.ReadInt32(bytes, offset + 80);
        Record.OffsetSeconds = LittleEndian.ReadInt32(bytes, offset + 84);
        for (int i = 0; i < ChargerLimits.TokenBytesMax; i++)
        {
            Record.Token[i] = bytes[offset + 88 + i];
        }

        return true;
    }

    /// <summary>Ends the session that a loss of supply cut: with the registers that were saved, at the time that was
    /// saved, and saying so. Its token may go on as a new session while its vehicle is still there.</summary>
    public void CloseAfterPowerLoss(long nowMs)
    {
        EndReason = SessionReason.PowerLoss;
        Record.Flags |= RecordFlags.PowerLoss;
        Complete(_lastWattHours, _lastMicrojoules);
        if (Record.TokenLength > 0)
        {
            Permit(Record.Token, Record.TokenLength, nowMs);
            _permittedUntilMs = nowMs + _configuration.ResumeMs;
        }
    }

    private SessionRefusal Permit(byte[] token, int length, long nowMs)
    {
        bool isOther = _reservedLength != length || !TokenList.AreEqual(_reserved, 0, token, length);
        if (IsReserved(nowMs) && isOther)
        {
            return SessionRefusal.Reserved;
        }

        Copy(token, _permitted, length);
        _permittedLength = length;
        _permittedUntilMs = nowMs + _configuration.PermissionMs;
        return SessionRefusal.None;
    }

    private void TryBegin(SessionInputs inputs)
    {
        bool isPermitted = inputs.NowMs < _permittedUntilMs;
        bool isFree = _configuration.IsFree && !_isFinished && !IsReserved(inputs.NowMs);
        if (!inputs.IsConnected || inputs.HasLatchedFault || _tariff == null || !(isPermitted || isFree))
        {
            return;
        }

        Record.TokenLength = isPermitted ? _permittedLength : 0;
        Copy(_permitted, Record.Token, Record.TokenLength);
        _permittedUntilMs = -1;
        _reservedUntilMs = -1;
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
        _wattHoursMax = _configuration.WattHoursMax;
        _secondsMax = _configuration.SecondsMax;
        _costMax = _configuration.CostMax;
        _departureUtc = 0;
        _cost.Clear();
        EndReason = SessionReason.None;
        _isFinished = false;
        IsActive = true;
    }

    private void Count(SessionInputs inputs, long elapsedMs)
    {
        long microjoules = (inputs.WattHours - _lastWattHours) * Bill.MicrojoulesPerWattHour
            + inputs.Microjoules - _lastMicrojoules;
        if (microjoules > 0)
        {
            _cost.Add(inputs.Rate, microjoules, inputs.UtcSeconds);
            _chargingMs += elapsedMs;
        }

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
        if (EndReason != SessionReason.None)
        {
            return;
        }

        if (_wattHoursMax > 0 && _lastWattHours - Record.StartWattHours >= _wattHoursMax)
        {
            EndReason = SessionReason.EnergyReached;
        }
        else if (_secondsMax > 0 && inputs.UtcSeconds - Record.StartUtcSeconds >= _secondsMax)
        {
            EndReason = SessionReason.TimeReached;
        }
        else if (_costMax > 0 && CostSoFar() >= _costMax)
        {
            EndReason = SessionReason.CostReached;
        }
        else if (_departureUtc > 0 && inputs.IsTimed && inputs.UtcSeconds >= _departureUtc)
        {
            EndReason = SessionReason.Departed;
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

    private static long Tighter(long asked, long configured) =>
        configured == 0 ? asked : asked == 0 || asked > configured ? configured : asked;

    private static void Copy(byte[] from, byte[] to, int length)
    {
        for (int i = 0; i < length; i++)
        {
            to[i] = from[i];
        }
    }
}
