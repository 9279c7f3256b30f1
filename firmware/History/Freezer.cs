using MeterFirmware.Basics;
using MeterFirmware.Carbon;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;

namespace MeterFirmware.History;

/// <summary>
/// Freezes the registers at every hour, day and settlement date, by command and at table switches. The nominal instant
/// of the newest freeze of each kind is the memory: a boundary later than it is due, once; so a boundary that a clock
/// setting passed over is made up at once, and one that a clock set back passes again is not made twice. What a clock
/// more than a whole period ahead made is passed over: the newest freeze of the calendar that holds counts.
/// </summary>
public sealed class Freezer
{
    /// <summary>In a plan: each month, day or hour.</summary>
    public const int Each = 99;

    /// <summary>Bytes of state: settlements made (4), since when the dates and the plan hold (8, 8).</summary>
    public const int SavedBytes = 4 + 8 + 8;

    // Changes that are told before the first check: of the plan by one place, of the dates by two.
    private const int ChangesMax = 4;

    // With an hour for the end of summer time. A plan may name a date that comes once in eight years.
    private static readonly int[] _periodSeconds = { 0, 3600, 90_000, 31 * 86_400 + 3600, 0, 8 * 366 * 86_400 };

    private readonly FreezeSettings _settings;
    private readonly RecordRing _ring;
    private readonly CarbonAccount _carbon;
    private readonly int _tiers;
    private readonly long[] _last = new long[FreezeKind.Count];
    private readonly CivilTime _date = new CivilTime();
    // Since when the dates and the plan hold: what they name before is not owed.
    private readonly long[] _since = new long[FreezeKind.Count];
    private readonly int[] _changedKinds = new int[ChangesMax];
    private readonly long[] _changedUtcSeconds = new long[ChangesMax];
    private int _changes;
    private bool _isChecked;
    private bool _isLoaded;
    private long _settlementsSaved;
    private FreezeReader _freezes;
    private Meter _meter;
    private int _planMonth;
    private int _planDay;
    private int _planHour;
    private int _planMinute = Each;
    private long _minute;

    /// <param name="settings">Dates and kinds.</param>
    /// <param name="ring">Where they are kept.</param>
    /// <param name="tiers">Tiers that the meter keeps cost for.</param>
    /// <param name="carbon">Goes into settlements; null without.</param>
    public Freezer(FreezeSettings settings, RecordRing ring, int tiers, CarbonAccount carbon)
    {
        _settings = settings;
        _ring = ring;
        _tiers = tiers;
        _carbon = carbon;
        if (settings.Settlements.Count == 0)
        {
            settings.Settlements.TryAdd(SettlementDates.MonthEnd, SettlementDates.MonthEndHour);
        }
    }

    /// <summary>True once after a settlement: the cleared maxima and costs want to be saved now.</summary>
    public bool HasSettled { get; private set; }

    /// <summary>Settlement dates in force; after a change of them call <see cref="SettlementDatesChanged"/>.</summary>
    public SettlementDates Dates => _settings.Settlements;

    /// <summary>Plans the timed freezes; there are none before. 99 in month, day, hour stands for each, and to its
    /// right everything is given. Minute 99: no plan any more.</summary>
    /// <param name="sinceUtcSeconds">When it was planned: what it names before then is not owed.</param>
    public void SetPlan(int month, int day, int hour, int minute, long sinceUtcSeconds)
    {
        _planMonth = month;
        _planDay = day;
        _planHour = hour;
        _planMinute = minute;
        Changed(FreezeKind.Timed, sinceUtcSeconds);
    }

    /// <summary>The settlement dates were changed at this instant: what the new ones name before it is not
    /// owed.</summary>
    public void SettlementDatesChanged(long sinceUtcSeconds) => Changed(FreezeKind.Settlement, sinceUtcSeconds);

    /// <summary>The calendar was set: a change that was made under one that was ahead is no later than now.</summary>
    public void ClockStepped(long toUtcSeconds)
    {
        for (int kind = 0; kind < FreezeKind.Count; kind++)
        {
            _since[kind] = _since[kind] > toUtcSeconds ? toUtcSeconds : _since[kind];
        }

        for (int i = 0; i < _changes; i++)
        {
            _changedUtcSeconds[i] = _changedUtcSeconds[i] > toUtcSeconds ? toUtcSeconds : _changedUtcSeconds[i];
        }
    }

    /// <summary>Writes <see cref="SavedBytes"/> bytes.</summary>
    public void Save(byte[] bytes, int offset)
    {
        LittleEndian.WriteInt32(bytes, offset, (int)_ring.NewestOrdinal(RecordSlot.OfFreeze(FreezeKind.Settlement)));
        LittleEndian.WriteInt64(bytes, offset + 4, _since[FreezeKind.Settlement]);
        LittleEndian.WriteInt64(bytes, offset + 12, _since[FreezeKind.Timed]);
    }

    /// <summary>Reads what <see cref="Save"/> wrote; before <see cref="Attach"/>.</summary>
    public void Load(byte[] bytes, int offset)
    {
        _isLoaded = true;
        _settlementsSaved = (uint)LittleEndian.ReadInt32(bytes, offset);
        _since[FreezeKind.Settlement] = LittleEndian.ReadInt64(bytes, offset + 4);
        _since[FreezeKind.Timed] = LittleEndian.ReadInt64(bytes, offset + 12);
    }

    /// <summary>Once, before the first check.</summary>
    /// <param name="meter">Loaded.</param>
    /// <param name="freezes">Reads what was frozen before the start.</param>
    public void Attach(Meter meter, FreezeReader freezes)
    {
        _meter = meter;
        _freezes = freezes;
        for (int kind = FreezeKind.Hourly; kind < FreezeKind.Count; kind++)
        {
            if (kind != FreezeKind.TableSwitch && freezes.TryRead(kind, 1))
            {
                _last[kind] = freezes.NominalUtcSeconds;
            }
        }

        // The supply failed between the settlement's freeze and the next checkpoint: maxima and costs are of before.
        if (freezes.TryRead(FreezeKind.Settlement, 1) && meter.CheckpointUtcSeconds != 0 && IsNewerThanCheckpoint())
        {
            ClearPeriod();
        }
    }

    /// <summary>Whether the newest settlement was made after the loaded state was saved. Times do not tell: the clock
    /// may have been ahead. A state of 0.1.0 has no count of settlements: there the registers decide, which never go
    /// back.</summary>
    private bool IsNewerThanCheckpoint() => _isLoaded
        ? _freezes.Count(FreezeKind.Settlement) > _settlementsSaved
        : _freezes.MadeUtcSeconds > _meter.CheckpointUtcSeconds
            && _freezes.WattHours(EnergyKind.Import, -1) >= _meter.CheckpointImportWattHours
            && _freezes.WattHours(EnergyKind.Export, -1) >= _meter.CheckpointExportWattHours;

    /// <summary>Makes what is due at an instant up to which energy is booked.</summary>
    /// <param name="utcSeconds">The instant.</param>
    /// <param name="cause">0 on time; RecordFlags.PowerLoss or ClockStep when boundaries may have been passed
    /// over.</param>
    public void Check(long utcSeconds, int cause)
    {
        TakeChanges(utcSeconds);
        int first = _settings.IsHourly ? FreezeKind.Hourly : FreezeKind.Daily;
        for (int kind = first; kind <= FreezeKind.Settlement; kind++)
        {
            Check(kind, utcSeconds, cause, (cause & RecordFlags.PowerLoss) == 0 ? 1
                : kind == FreezeKind.Hourly ? _settings.HourlyMakeUpMax
                : kind == FreezeKind.Daily ? _settings.DailyMakeUpMax : _settings.SettlementMakeUpMax);
        }

        if (_planMinute != Each)
        {
            Check(FreezeKind.Timed, utcSeconds, cause, 1);
        }
    }

    /// <summary>Makes a planned freeze at its minute, which need not lie on the meter's grid: up to a tick
    /// late.</summary>
    public void Tick(long utcSeconds)
    {
        long minute = utcSeconds / CivilTime.SecondsPerMinute;
        if (_planMinute != Each && minute != _minute)
        {
            _minute = minute;
            TakeChanges(utcSeconds);
            Check(FreezeKind.Timed, utcSeconds, 0, 1);
        }
    }

    private void Changed(int kind, long sinceUtcSeconds)
    {
        if (_isChecked && sinceUtcSeconds <= CivilTime.FloorDivide(_meter.UtcMs, 1000))
        {
            NotBefore(kind, sinceUtcSeconds, sinceUtcSeconds);
            return;
        }

        // The clock was just set and the meter has not ticked since; or this was said under a clock that was ahead, and
        // is said again: the next check knows.
        bool isKnown = false;
        for (int i = 0; i < _changes; i++)
        {
            isKnown = isKnown || (_changedKinds[i] == kind && _changedUtcSeconds[i] == sinceUtcSeconds);
        }

        if (!isKnown && _changes < ChangesMax)
        {
            _changedKinds[_changes] = kind;
            _changedUtcSeconds[_changes] = sinceUtcSeconds;
            _changes++;
        }
    }

    /// <summary>Takes what is up to now. At the first check what other stores say of changes counts if the checkpoint
    /// cannot know of it.</summary>
    private void TakeChanges(long utcSeconds)
    {
        for (int i = 0; i < _changes; i++)
        {
            if (_isChecked)
            {
                NotBefore(_changedKinds[i], _changedUtcSeconds[i], utcSeconds);
            }
            else if (!_isLoaded)
            {
                // Under a clock that was ahead: then of an unknown past.
                long since = _changedUtcSeconds[i] > utcSeconds ? utcSeconds : _changedUtcSeconds[i];
                NotBefore(_changedKinds[i], since, utcSeconds);
            }
            else if (_changedUtcSeconds[i] > _meter.CheckpointUtcSeconds)
            {
                NotBefore(_changedKinds[i], _changedUtcSeconds[i], utcSeconds);
            }
        }

        _changes = 0;
        _isChecked = true;
    }

    private void NotBefore(int kind, long sinceUtcSeconds, long nowUtcSeconds)
    {
        if (sinceUtcSeconds <= nowUtcSeconds && sinceUtcSeconds > _since[kind])
        {
            _since[kind] = sinceUtcSeconds;
        }
    }

    private void Check(int kind, long utcSeconds, int cause, int countMax)
    {
        long due = Due(kind, utcSeconds);
        if (_last[kind] == 0)
        {
            // New: nothing before the first power-up is owed.
            _last[kind] = _meter.SavedUtcSeconds == 0 ? due : Due(kind, _meter.SavedUtcSeconds);
        }

        if (_last[kind] - due > _periodSeconds[kind])
        {
            bool isBehindOutage = (cause & RecordFlags.PowerLoss) != 0 && _meter.SavedUtcSeconds > 0
                && _meter.SavedUtcSeconds <= utcSeconds;
            _last[kind] = NewestUpTo(kind, utcSeconds, isBehindOutage ? Due(kind, _meter.SavedUtcSeconds) : due);
        }

        // Not kept as made: a change under a clock that was ahead holds from an earlier instant once it is set right.
        bool isChanged = _last[kind] < _since[kind] && _since[kind] <= utcSeconds;
        MakeUp(kind, due, isChanged ? _since[kind] : _last[kind], utcSeconds, cause, countMax);
    }

    /// <summary>The newest freeze that no clock ahead of this instant made; without one what is said counts as
    /// made.</summary>
    private long NewestUpTo(int kind, long utcSeconds, long otherwise)
    {
        long kept = _ring.DepthOf(RecordSlot.OfFreeze(kind));
        for (int last = 1; last <= kept; last++)
        {
            if (_freezes.TryRead(kind, last) && _freezes.NominalUtcSeconds <= utcSeconds)
            {
                return _freezes.NominalUtcSeconds;
            }
        }

        return otherwise;
    }

    /// <summary>Freezes now. False: the store refused.</summary>
    /// <param name="kind">Instant or TableSwitch.</param>
    /// <param name="parts">Bits 1 &lt;&lt; TariffPart of a table switch; 0 for others.</param>
    public bool TryFreezeNow(int kind, int parts) => TryFreezeNow(kind, parts, 0);

    /// <summary>Freezes now. False: the store refused.</summary>
    /// <param name="kind">Instant or TableSwitch.</param>
    /// <param name="parts">Bits 1 &lt;&lt; TariffPart of a table switch; 0 for others.</param>
    /// <param name="flags">Bits of RecordFlags: how it came to be late; 0: it did not.</param>
    public bool TryFreezeNow(int kind, int parts, int flags) =>
        TryFreezeNow(kind, parts, flags, CivilTime.FloorDivide(_meter.UtcMs, 1000));

    /// <summary>Freezes now. False: the store refused.</summary>
    /// <param name="kind">Instant or TableSwitch.</param>
    /// <param name="parts">Bits 1 &lt;&lt; TariffPart of a table switch; 0 for others.</param>
    /// <param name="flags">Bits of RecordFlags: how it came to be late; 0: it did not.</param>
    /// <param name="utcSeconds">Now, of a clock that was set since the meter's last tick.</param>
    public bool TryFreezeNow(int kind, int parts, int flags, long utcSeconds) =>
        TryMake(kind, utcSeconds, utcSeconds, flags | (parts << FreezeLayout.PartsShift));

    public void SettlementSaved() => HasSettled = false;

    /// <summary>The boundaries after an instant, oldest first, at most so many.</summary>
    private void MakeUp(int kind, long due, long last, long utcSeconds, int cause, int countMax)
    {
        if (due <= last || countMax == 0)
        {
            return;
        }

        if (countMax > 1)
        {
            MakeUp(kind, Due(kind, due - 1), last, utcSeconds, cause, countMax - 1);
        }

        bool isMade = TryMake(kind, due, utcSeconds, due == utcSeconds ? 0 : cause);
        _last[kind] = due;

        // A bill that could not be frozen runs on into the next one.
        if (kind == FreezeKind.Settlement && isMade)
        {
            ClearPeriod();
            HasSettled = true;
        }
    }

    private void ClearPeriod()
    {
        _meter.ClearDemand();
        _meter.ImportCost.Clear();
        _meter.ExportCost.Clear();
        if (_carbon != null)
        {
            _carbon.Clear();
        }
    }

    /// <summary>The latest boundary at or before an instant, UTC. A date's instant is that of its own offset: else the
    /// end of summer time would make the midnights before it an hour later, and due again.</summary>
    private long Due(int kind, long utcSeconds)
    {
        TariffTable zone = _meter.Tariffs.InForce(TariffPart.Seasons);
        int offset = zone.OffsetSecondsAt(utcSeconds);
        long local = utcSeconds + offset;
        bool isEachHour = kind == FreezeKind.Hourly
            || (kind == FreezeKind.Timed && _planDay == Each && _planHour == Each);
        long due = kind == FreezeKind.Timed ? PlannedLocal(local)
            : kind == FreezeKind.Settlement ? _settings.Settlements.LatestLocal(local)
            : FloorLocal(local, kind == FreezeKind.Hourly ? CivilTime.SecondsPerHour : CivilTime.SecondsPerDay);

        // The repeated hour is another hour.
        return isEachHour ? due - offset : zone.UtcOf(due);
    }

    private static long FloorLocal(long local, int seconds) => CivilTime.FloorDivide(local, seconds) * seconds;

    /// <summary>The latest planned instant at or before a local one.</summary>
    private long PlannedLocal(long local)
    {
        int minutes = _planMinute + (_planHour == Each ? 0 : _planHour * 60);
        if (_planDay == Each)
        {
            int period = _planHour == Each ? CivilTime.SecondsPerHour : CivilTime.SecondsPerDay;
            long at = FloorLocal(local, period) + minutes * CivilTime.SecondsPerMinute;
            return at <= local ? at : at - period;
        }

        // Back from this month to one that has the day: 29 February is at most eight years (96 months) away.
        _date.Set(local);
        int year = _date.Year;
        int month = _date.Month;
        for (int back = 0; back <= 96; back++)
        {
            bool isMonth = _planMonth == Each || _planMonth == month;
            if (isMonth && _planDay <= CivilTime.DaysInMonth(year, month))
            {
                long at = CivilTime.DaysFromDate(year, month, _planDay) * CivilTime.SecondsPerDay
                    + minutes * CivilTime.SecondsPerMinute;
                if (at <= local)
                {
                    return at;
                }
            }

            month = month == 1 ? 12 : month - 1;
            year = month == 12 ? year - 1 : year;
        }

        return 0;
    }

    private bool TryMake(int kind, long nominalUtcSeconds, long madeUtcSeconds, int flags)
    {
        bool isSettlement = kind == FreezeKind.Settlement;
        int rates = kind == FreezeKind.Hourly ? 0 : _meter.Registers.RateCount;
        byte[] bytes = _ring.Buffer;
        int at = _ring.Begin(RecordSlot.OfFreeze(kind), _ring.NewestOrdinal(RecordSlot.OfFreeze(kind)) + 1);
        at = VarInt.Write(bytes, at, flags);
        at = VarInt.Write(bytes, at, madeUtcSeconds - nominalUtcSeconds);
        at = VarInt.Write(bytes, at, _meter.OffsetSeconds);
        at = VarInt.Write(bytes, at, rates);
        at = VarInt.Write(bytes, at, isSettlement ? _tiers : 0);
        at = VarInt.Write(bytes, at, isSettlement && _carbon != null ? 1 : 0);
        if (kind == FreezeKind.Hourly)
        {
            at = VarInt.Write(bytes, at, _meter.Registers.TotalWattHours(EnergyKind.Import));
            at = VarInt.Write(bytes, at, _meter.Registers.TotalWattHours(EnergyKind.Export));
            return _ring.TryCommit(at, madeUtcSeconds);
        }

        at = FreezeLayout.WriteEnergies(bytes, at, _meter.Registers);
        at = FreezeLayout.WriteDemand(bytes, at, _meter.ImportDemand, rates, madeUtcSeconds);
        at = FreezeLayout.WriteDemand(bytes, at, _meter.ExportDemand, rates, madeUtcSeconds);
        if (isSettlement)
        {
            at = FreezeLayout.WriteCosts(bytes, at, _meter.ImportCost, rates, _tiers);
            at = FreezeLayout.WriteCosts(bytes, at, _meter.ExportCost, rates, 1);
            for (int rate = 0; rate <= rates && _carbon != null; rate++)
            {
                at = VarInt.Write(bytes, at, rate == rates ? _carbon.CoveredMilligrams : _carbon.Milligrams(rate));
            }
        }

        return _ring.TryCommit(at, madeUtcSeconds);
    }
}
