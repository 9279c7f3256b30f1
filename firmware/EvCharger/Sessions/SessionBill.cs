using MeterFirmware.Basics;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;

namespace MeterFirmware.EvCharger.Sessions;

/// <summary>
/// One session's record while it grows: registers, cost by rate, and dates. Its length is the monotonic clock's,
/// whatever the calendar does meanwhile: a clock that steps moves the start and leaves a flag.
/// </summary>
public sealed class SessionBill
{
    // Less than this is a meter's noise or a vehicle's electronics, not charging.
    private const int ChargingMilliampsMin = 250;

    // A quartz and a clock that is kept right differ by at most so much; what is more was a step.
    private const int StepSeconds = 2;
    private const int DriftDivisor = 5_000;

    // Bounds of what a saved session may hold: below them no sum and no product leaves 63 bits.
    private const long RegisterWattHoursMax = 1_000_000_000_000;
    private const long SessionWattHoursMax = 1_000_000_000;
    private const long SecondsMax = 1L << 40;
    private const long CostMax = 1_000_000_000_000_000;
    private const int KnownFlags = RecordFlags.Untimed | RecordFlags.ClockStep | RecordFlags.PowerLoss
        | RecordFlags.CostUnknown | RecordFlags.ListedPrice | RecordFlags.AnnouncedDay;

    private readonly CostRegister _cost = new CostRegister(ChargerLimits.RateCount, 1, false);
    private readonly UntimedEnergy _untimed = new UntimedEnergy();
    private TariffCursor _cursor;
    private TariffTable _tariff;
    private long _startMs;
    private long _lastMs;
    private long _chargingMs;
    private long _lastWattHours;
    private long _lastMicrojoules;
    private bool _hasClosed;
    private bool _hasGivenBack;
    private bool _isSettling;
    private long _occupiedMs;

    public SessionRecord Record { get; } = new SessionRecord();

    /// <summary>Energy so far, whole Wh.</summary>
    public long WattHours => _lastWattHours - Record.StartWattHours;

    /// <summary>Since its start, by the monotonic clock.</summary>
    public long ElapsedMs => _lastMs - _startMs;

    /// <summary>The contactor was closed in it.</summary>
    public bool HasClosed => _hasClosed;

    public bool IsTimed => (Record.Flags & RecordFlags.Untimed) == 0;

    /// <summary>Rates and cost stand: nothing of the time without a date is left to be billed.</summary>
    public bool IsSettled => !_isSettling;

    /// <summary>Its numbers were damaged: what it cost nobody knows.</summary>
    public bool IsDamaged => (Record.Flags & RecordFlags.CostUnknown) != 0;

    /// <summary>Nothing was delivered: no bill.</summary>
    public bool IsEmpty => !IsDamaged && !_hasGivenBack && Record.ExportCount == 0 && WattHours == 0
        && Record.ReservationCost == 0
        && (!_hasClosed || _lastMicrojoules == Record.StartMicrojoules);

    /// <summary>The vehicle stands there after the session's end, and that is billed in its record.</summary>
    public bool IsStanding { get; set; }

    /// <summary>How long the vehicle has stood there after charging, ms.</summary>
    public long OccupiedMs
    {
        get => _occupiedMs;
        set => _occupiedMs = value;
    }

    /// <summary>Its record waits to be written; the bill is not free for another session.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>It ended before the last start: no date can be found for it any more.</summary>
    public bool IsOfEarlierStart { get; set; }

    /// <summary>Bytes that <see cref="SaveRecord"/> writes.</summary>
    public int RecordBytes => SessionRecord.RunningBytes + _cost.StateBytes;

    /// <summary>False: more than 8 rates, or tiers.</summary>
    public bool TryUseTariff(TariffTable tariff)
    {
        if (!_cost.TryUse(tariff))
        {
            return false;
        }

        _tariff = tariff;
        if (_cursor == null)
        {
            _cursor = new TariffCursor(tariff);
        }
        else
        {
            _cursor.Use(tariff);
        }

        return true;
    }

    /// <summary>A session begins; token and number are the caller's.</summary>
    public void Begin(SessionInputs inputs)
    {
        Record.StartUtcSeconds = inputs.UtcSeconds;
        Record.EndUtcSeconds = inputs.UtcSeconds;
        Record.OffsetSeconds = inputs.OffsetSeconds;
        Record.Flags = inputs.IsTimed ? 0 : RecordFlags.Untimed;
        Record.StartWattHours = inputs.WattHours;
        Record.StartMicrojoules = inputs.Microjoules;
        Record.CurrentMilliampsMax = 0;
        Record.ExportCount = 0;
        Record.OccupancySeconds = 0;
        Record.OccupancyCost = 0;
        Record.ReservationSeconds = 0;
        Record.ReservationCost = 0;
        Record.GridName = null;
        Record.GridCrc = 0;
        _occupiedMs = 0;
        IsStanding = false;
        _lastWattHours = inputs.WattHours;
        _lastMicrojoules = inputs.Microjoules;
        _chargingMs = 0;
        _startMs = inputs.NowMs;
        _lastMs = inputs.NowMs;
        _hasClosed = false;
        _hasGivenBack = false;
        _isSettling = false;
        IsOfEarlierStart = false;
        _cost.Clear();
        _untimed.Clear();
    }

    /// <summary>One tick of a running session.</summary>
    public void Count(SessionInputs inputs, long elapsedMs)
    {
        _lastMs = inputs.NowMs;
        Date(inputs.NowMs, inputs.IsTimed, inputs.UtcSeconds);
        BillEnergy(inputs);
        _hasClosed |= inputs.IsClosed;
        _hasGivenBack |= inputs.HasGivenBack;
        CountOccupancy(inputs, elapsedMs);
        _lastWattHours = inputs.WattHours;
        _lastMicrojoules = inputs.Microjoules;
        Record.OffsetSeconds = inputs.OffsetSeconds;
        Record.EndUtcSeconds = Record.StartUtcSeconds + ElapsedMs / 1_000;
        if (inputs.CurrentMilliamps > Record.CurrentMilliampsMax)
        {
            Record.CurrentMilliampsMax = inputs.CurrentMilliamps;
        }
    }

    // After charging, as long as the vehicle could have gone on: a pause by plan or limit is not the driver's.
    private void CountOccupancy(SessionInputs inputs, long elapsedMs)
    {
        bool isCharging = inputs.IsClosed && inputs.CurrentMilliamps >= ChargingMilliampsMin;
        _chargingMs += isCharging ? elapsedMs : 0;
        _occupiedMs = isCharging ? 0 : _occupiedMs + (inputs.IsOffered && _chargingMs > 0 ? elapsedMs : 0);
    }

    /// <summary>The vehicle stands there for so long more.</summary>
    public void Stand(long elapsedMs)
    {
        _occupiedMs += elapsedMs;
        WriteOccupancy();
    }

    /// <summary>Puts the session to its place in the calendar, as it is known now; a stretch of what was not dated is
    /// billed.</summary>
    public void Date(long nowMs, bool isTimed, long utcSeconds)
    {
        if (isTimed)
        {
            long moved = utcSeconds - (nowMs - _startMs) / 1_000 - Record.StartUtcSeconds;
            if (!IsTimed)
            {
                Record.StartUtcSeconds += moved;
                Record.Flags &= ~RecordFlags.Untimed;
                _cost.Clear();
                _isSettling = true;
            }
            else if (IsStep(moved))
            {
                Record.StartUtcSeconds += moved;
                Record.Flags |= RecordFlags.ClockStep;
            }
        }

        SettleOne();
    }

    /// <summary>Dates a session that ended before the time was known. True: it is dated, and every line
    /// stands.</summary>
    public bool DateLate(long nowMs, bool isTimed, long utcSeconds, int offsetSeconds)
    {
        if (isTimed && !IsTimed)
        {
            Date(nowMs, true, utcSeconds);
            Record.OffsetSeconds = offsetSeconds;
            Record.EndUtcSeconds = Record.StartUtcSeconds + ElapsedMs / 1_000;
        }
        else
        {
            SettleOne();
        }

        if (!IsTimed || _isSettling)
        {
            return false;
        }

        WriteLines();
        return true;
    }

    /// <summary>Of a session that is over: what is left to be dated, at once, so that its record is whole.</summary>
    public void Settle()
    {
        if (!IsOfEarlierStart)
        {
            SettleAll();
            WriteLines();
        }
    }

    /// <summary>The session is over: what its record says of the end.</summary>
    public void Complete(int reason)
    {
        Record.Reason = reason;
        Record.EndWattHours = _lastWattHours;
        Record.EndMicrojoules = _lastMicrojoules;
        Record.TariffCrc = _tariff.Crc;
        Record.ChargingSeconds = _chargingMs / 1_000;
        WriteOccupancy();
        WriteLines();
    }

    /// <summary>What keeping the charger for this session's driver costs.</summary>
    public void Reserve(long seconds)
    {
        MinuteFee fee = _tariff.ReservationFee;
        Record.ReservationSeconds = fee == null ? 0 : seconds;
        Record.ReservationCost = fee == null ? 0 : fee.CostOf(seconds);
    }

    private void WriteOccupancy()
    {
        MinuteFee fee = _tariff.OccupancyFee;
        Record.OccupancySeconds = fee == null || IsDamaged ? 0 : _occupiedMs / 1_000;
        Record.OccupancyCost = fee == null ? 0 : fee.CostOf(Record.OccupancySeconds);
    }

    /// <summary>Cost so far in ten-thousandths of the currency, service fee included; each line rounded once.</summary>
    public long CostSoFar() => IsDamaged ? 0 : _cost.Total() + ServiceCost();

    /// <summary>Bytes that <see cref="SaveHead"/> writes.</summary>
    public const int HeadBytes = 32;

    /// <summary>Writes the readings and times that must outlive a loss of supply.</summary>
    public void SaveHead(byte[] bytes, int offset)
    {
        LittleEndian.WriteInt64(bytes, offset, _lastWattHours);
        LittleEndian.WriteInt64(bytes, offset + 8, _lastMicrojoules);
        LittleEndian.WriteInt64(bytes, offset + 16, _chargingMs);
        LittleEndian.WriteInt64(bytes, offset + 24, ElapsedMs);
    }

    /// <summary>The second part: record and cost.</summary>
    public void SaveRecord(byte[] bytes, int offset)
    {
        SettleAll();
        Record.SaveRunning(bytes, offset);
        _cost.Save(bytes, offset + SessionRecord.RunningBytes);
    }

    /// <summary>Reads what <see cref="SaveHead"/> and <see cref="SaveRecord"/> wrote, without a word on what it is
    /// worth:
    /// <see cref="Check"/> says that of a session that was running.</summary>
    /// <returns>False: the token or the cost cannot be read.</returns>
    public bool TryLoad(byte[] bytes, int headOffset, int recordOffset)
    {
        _lastWattHours = LittleEndian.ReadInt64(bytes, headOffset);
        _lastMicrojoules = LittleEndian.ReadInt64(bytes, headOffset + 8);
        _chargingMs = LittleEndian.ReadInt64(bytes, headOffset + 16);
        _lastMs = 0;
        _startMs = -LittleEndian.ReadInt64(bytes, headOffset + 24);
        _isSettling = false;
        _hasClosed = true;
        _untimed.Clear();
        return Record.TryLoadRunning(bytes, recordOffset) & _cost.TryLoad(bytes,
            recordOffset + SessionRecord.RunningBytes);
    }

    /// <summary>A session whose saved numbers cannot be is kept as far as they can, with
    /// <see cref="RecordFlags.CostUnknown"/>.</summary>
    /// <param name="isRead">What <see cref="TryLoad"/> said.</param>
    /// <param name="registerWattHours">The import register: no session ends above it.</param>
    public void Check(bool isRead, long registerWattHours)
    {
        if (!isRead || !AreNumbersPossible(registerWattHours) || !AreLinesPossible())
        {
            MarkDamaged(registerWattHours);
        }

        // Release 0.1.0 kept no length when its clock was set.
        long moved = Record.EndUtcSeconds - ElapsedMs / 1_000 - Record.StartUtcSeconds;
        if (IsStep(moved))
        {
            Record.StartUtcSeconds += moved;
            Record.Flags |= RecordFlags.ClockStep;
        }
    }

    private bool IsStep(long movedSeconds)
    {
        long tolerance = StepSeconds + ElapsedMs / 1_000 / DriftDivisor;
        return movedSeconds > tolerance || movedSeconds < -tolerance;
    }

    private bool AreNumbersPossible(long registerWattHours) =>
        Record.StartWattHours >= 0 && _lastWattHours >= Record.StartWattHours && _lastWattHours <= registerWattHours
        && registerWattHours <= RegisterWattHoursMax && WattHours <= SessionWattHoursMax
            && IsPartOfWattHour(Record.StartMicrojoules) && IsPartOfWattHour(_lastMicrojoules)
        && (WattHours > 0 || _lastMicrojoules >= Record.StartMicrojoules) && AreTimesPossible();

    private bool AreTimesPossible() =>
        ElapsedMs >= 0 && ElapsedMs / 1_000 <= SecondsMax && _chargingMs >= 0 && _chargingMs <= ElapsedMs
        && Record.StartUtcSeconds >= 0 && Record.StartUtcSeconds <= SecondsMax && Record.EndUtcSeconds <= SecondsMax
        && Record.EndUtcSeconds >= ElapsedMs / 1_000 && Record.OffsetSeconds > -CivilTime.SecondsPerDay
        && Record.OffsetSeconds < CivilTime.SecondsPerDay && Record.CurrentMilliampsMax >= 0;

    // The rates' lines are the session's energy, and no line costs what no energy can.
    private bool AreLinesPossible()
    {
        long microjoules = 0;
        long wattHours = 0;
        for (int rate = 0; rate < ChargerLimits.RateCount; rate++)
        {
            long line = _cost.WattHours(rate, 0);
            long cost = _cost.RateCost(rate);
            if (line > WattHours || cost > CostMax || cost < -CostMax)
            {
                return false;
            }

            wattHours += line;
            microjoules += _cost.RemainderMicrojoules(rate, 0);
        }

        return wattHours + microjoules / Scaling.MicrojoulesPerWattHour <= WattHours + 1;
    }

    // What can still be said honestly: the token, the registers and times where they are possible, and that there is no
    // bill.
    private void MarkDamaged(long registerWattHours)
    {
        _cost.Clear();
        bool hasEnergy = Record.StartWattHours >= 0 && Record.StartWattHours <= _lastWattHours
            && _lastWattHours <= registerWattHours
            && WattHours <= SessionWattHoursMax;
        Record.StartWattHours = hasEnergy ? Record.StartWattHours : registerWattHours;
        _lastWattHours = hasEnergy ? _lastWattHours : registerWattHours;
        if (!IsPartOfWattHour(Record.StartMicrojoules) || !IsPartOfWattHour(_lastMicrojoules) || WattHours == 0)
        {
            Record.StartMicrojoules = 0;
            _lastMicrojoules = 0;
        }

        if (!AreTimesPossible())
        {
            _startMs = _lastMs;
            _chargingMs = 0;
            Record.StartUtcSeconds = 0;
            Record.EndUtcSeconds = 0;
            Record.OffsetSeconds = 0;
            Record.CurrentMilliampsMax = 0;
            Record.Flags = RecordFlags.Untimed;
        }

        Record.Flags = (Record.Flags & KnownFlags) | RecordFlags.CostUnknown;
    }

    private static bool IsPartOfWattHour(long microjoules) =>
        microjoules >= 0 && microjoules < Scaling.MicrojoulesPerWattHour;

    private void BillEnergy(SessionInputs inputs)
    {
        long microjoules = (inputs.WattHours - _lastWattHours) * Scaling.MicrojoulesPerWattHour
            + inputs.Microjoules - _lastMicrojoules;
        if (microjoules <= 0)
        {
            return;
        }

        long utcSeconds = Record.StartUtcSeconds + ElapsedMs / 1_000;
        int rate = inputs.Rate;
        if (!IsTimed)
        {
            // At the rate of a meter without time, as long as nobody knows better.
            _untimed.Add(ElapsedMs / 1_000, microjoules);
        }
        else if (!inputs.IsTimed)
        {
            // The clock was lost within the session, whose place in the calendar is known all the same.
            _cursor.Seek(utcSeconds);
            rate = _cursor.Rate;
        }

        Price(inputs);
        _cost.Add(rate, microjoules, utcSeconds);
    }

    // Energy without a date, and what a clock lost, has the table's price: a list is of a date.
    private void Price(SessionInputs inputs)
    {
        if (!IsTimed || !inputs.IsTimed)
        {
            _cost.EndOverride();
            return;
        }

        Record.Flags |= (inputs.HasListedPrice ? RecordFlags.ListedPrice : 0)
            | (inputs.IsAnnouncedDay ? RecordFlags.AnnouncedDay : 0);
        if (inputs.HasListedPrice)
        {
            _cost.Override(inputs.ListedPrice);
        }
        else
        {
            _cost.EndOverride();
        }
    }

    private void SettleOne()
    {
        if (_isSettling && !_untimed.IsSettled)
        {
            _cost.EndOverride();
            _untimed.SettleOne(Record.StartUtcSeconds, ElapsedMs / 1_000, _cursor, _cost);
        }

        _isSettling &= !_untimed.IsSettled;
    }

    private void SettleAll()
    {
        while (_isSettling)
        {
            SettleOne();
        }
    }

    private void WriteLines()
    {
        Record.RateCount = IsDamaged ? 0 : _tariff.RateCount;
        for (int rate = 0; rate < Record.RateCount; rate++)
        {
            Record.RateWattHours[rate] = _cost.WattHours(rate, 0);
            Record.RateMicrojoules[rate] = _cost.RemainderMicrojoules(rate, 0);
            Record.RateCost[rate] = _cost.RateCost(rate);
        }

        Record.ServiceCost = IsDamaged ? 0 : ServiceCost();
    }

    // One fee is per kWh of the whole session: one line, rounded once. By rate each rate's is.
    private long ServiceCost()
    {
        if (_tariff.HasServiceFeeByRate)
        {
            long cost = 0;
            for (int rate = 0; rate < _tariff.RateCount; rate++)
            {
                cost += Bill.LineCost(
                    _cost.WattHours(rate, 0), _cost.RemainderMicrojoules(rate, 0), _tariff.ServiceFee(rate));
            }

            return cost;
        }

        long microjoules = _lastMicrojoules - Record.StartMicrojoules;
        long wattHours = WattHours;
        if (microjoules < 0)
        {
            microjoules += Scaling.MicrojoulesPerWattHour;
            wattHours--;
        }

        return Bill.LineCost(wattHours, microjoules, _tariff.ServiceFee(0));
    }
}
