using MeterFirmware.Basics;

namespace MeterFirmware.Tariffs;

/// <summary>
/// Consumption since the tier period began, local time. The period before it is kept too: a clock that runs ahead
/// over New Year and is set back finds the old year's consumption again, and a clock that lost its date (1970)
/// goes on counting in the running period instead of starting the tiers afresh. A period that a jump of the clock began
/// gives way to the one that was left before, however many such jumps follow.
/// </summary>
internal sealed class TierConsumption
{
    /// <summary>Two periods of key, watt-hours, microjoules.</summary>
    public const int StateBytes = 2 * (4 + 8 + 4);

    // The kinds of 0.1.0 have a code of their own; all others share the fourth, with their number beside the day.
    private const int KindCount = 4;
    private const int ByDayKind = 3;
    private const int PeriodCount = 8;

    // In a saved key, which is far smaller: a jump began this period.
    private const int JumpBit = 1 << 30;
    private readonly LocalDay _day = new LocalDay();
    private TierPeriod _period;
    private int _startMonth;
    private DaySchedule _seasons;
    private int _key;
    private int _otherKey;
    private bool _isJump;
    private bool _isOtherJump;
    private long _otherWattHours;
    private long _otherMicrojoules;

    public long WattHours { get; private set; }

    public long Microjoules { get; private set; }

    /// <summary>The local date of the last <see cref="Seek"/>.</summary>
    public CivilTime Date => _day.Date;

    /// <param name="startMonth">Month in which a tier year begins, from 1.</param>
    /// <param name="calendar">Its zone and seasons.</param>
    public void Use(TierPeriod period, int startMonth, TariffTable calendar)
    {
        _period = period;
        _startMonth = startMonth;
        _seasons = calendar.Schedule;
        _day.Use(calendar.Zone);
    }

    /// <summary>Whether the moment lies in the stretch that the last <see cref="Seek"/> looked at.</summary>
    public bool Holds(long utcSeconds) => utcSeconds >= _day.FromUtc && utcSeconds < _day.UntilUtc;

    public void Seek(long utcSeconds)
    {
        // Not from one day into the next; a start after an outage may be such a jump too.
        bool isJump = utcSeconds < _day.FromUtc || utcSeconds >= _day.UntilUtc + CivilTime.SecondsPerDay;
        if (!_day.Seek(utcSeconds))
        {
            return;
        }

        // The kind of period is part of the key: a tariff that goes from years to months begins a new count.
        int key = KeyOf(_day.Date);
        bool isOlder = key < _key && IsSameKind(key, _key);
        if (key == _key || (isOlder && key != _otherKey))
        {
            return;
        }

        bool isOther = key == _otherKey;
        long wattHours = isOther ? _otherWattHours : 0;
        long microjoules = isOther ? _otherMicrojoules : 0;
        isJump = isOther ? _isOtherJump : isJump;

        // Of two that were left, one of them begun by a jump, the one with more consumption was real.
        bool keepsOther = !isOther && _isJump && IsSameKind(_otherKey, _key) && _otherWattHours > WattHours;
        if (!keepsOther)
        {
            _otherKey = _key;
            _otherWattHours = WattHours;
            _otherMicrojoules = Microjoules;
            _isOtherJump = _isJump;
        }

        _key = key;
        WattHours = wattHours;
        Microjoules = microjoules;
        _isJump = isJump;
    }

    /// <summary>Whether a local date lies in the tier period of the last <see cref="Seek"/>.</summary>
    public bool IsInPeriod(CivilTime date) => KeyOf(date) == KeyOf(_day.Date);

    public void Set(long wattHours)
    {
        WattHours = wattHours;
        Microjoules = 0;
    }

    public void Add(long wattHours, long microjoules)
    {
        WattHours += wattHours;
        Microjoules += microjoules;
        if (Microjoules >= Scaling.MicrojoulesPerWattHour)
        {
            Microjoules -= Scaling.MicrojoulesPerWattHour;
            WattHours++;
        }
    }

    public void Save(byte[] target, int offset)
    {
        LittleEndian.WriteInt32(target, offset, _key | (_isJump ? JumpBit : 0));
        LittleEndian.WriteInt64(target, offset + 4, WattHours);
        LittleEndian.WriteInt32(target, offset + 12, (int)(uint)Microjoules);
        LittleEndian.WriteInt32(target, offset + 16, _otherKey | (_isOtherJump ? JumpBit : 0));
        LittleEndian.WriteInt64(target, offset + 20, _otherWattHours);
        LittleEndian.WriteInt32(target, offset + 28, (int)(uint)_otherMicrojoules);
    }

    public bool TryLoad(byte[] source, int offset)
    {
        long microjoules = (uint)LittleEndian.ReadInt32(source, offset + 12);
        long otherMicrojoules = (uint)LittleEndian.ReadInt32(source, offset + 28);
        long wattHours = LittleEndian.ReadInt64(source, offset + 4);
        long otherWattHours = LittleEndian.ReadInt64(source, offset + 20);
        if (wattHours < 0 || otherWattHours < 0 || microjoules >= Scaling.MicrojoulesPerWattHour
            || otherMicrojoules >= Scaling.MicrojoulesPerWattHour)
        {
            return false;
        }

        int key = LittleEndian.ReadInt32(source, offset);
        int otherKey = LittleEndian.ReadInt32(source, offset + 16);
        _key = key & ~JumpBit;
        _otherKey = otherKey & ~JumpBit;
        _isJump = (key & JumpBit) != 0;
        _isOtherJump = (otherKey & JumpBit) != 0;
        WattHours = wattHours;
        Microjoules = microjoules;
        _otherWattHours = otherWattHours;
        _otherMicrojoules = otherMicrojoules;
        return true;
    }

    private int KeyOf(CivilTime date)
    {
        if (_period == TierPeriod.None)
        {
            return 0;
        }

        if (_period == TierPeriod.Month || (_period == TierPeriod.Year && _startMonth == 1))
        {
            int month = _period == TierPeriod.Month ? date.Month - 1 : 0;
            return (date.Year * 12 + month) * KindCount + (int)_period;
        }

        long begin = date.DayNumber;
        if (_period != TierPeriod.Day)
        {
            // MMDD of the period's first day; one that comes later in the year began in the year before.
            int start = _period == TierPeriod.Year ? _startMonth * 100 + 1
                : _seasons.SeasonStart(_seasons.SeasonOf(date));
            int year = date.Month * 100 + date.Day >= start ? date.Year : date.Year - 1;
            begin = CivilTime.DaysFromDate(year, start / 100, start % 100);
        }

        return ((int)(begin < 0 ? 0 : begin) * PeriodCount + (int)_period) * KindCount + ByDayKind;
    }

    private static bool IsSameKind(int key, int other) =>
        key % KindCount == other % KindCount
        && (key % KindCount != ByDayKind || key / KindCount % PeriodCount == other / KindCount % PeriodCount);
}
