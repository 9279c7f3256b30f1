using MeterFirmware.Basics;

namespace MeterFirmware.Charging;

/// <summary>
/// What usually still arrives today, learnt from past days: per half hour of the day, for working and for rest days,
/// the mean energy plugged in, the number of vehicles and the time they leave. A moving mean with a memory of about
/// five days of the same kind; the first days weigh fully, so that a new site learns from its first day.
/// </summary>
public sealed class ArrivalProfile
{
    /// <summary>Half hours of a day.</summary>
    public const int BinCount = 48;

    /// <summary>Days of one kind that the moving mean remembers.</summary>
    public const int MemoryDays = 5;

    /// <summary>Working day 0, rest day 1.</summary>
    public const int KindCount = 2;

    /// <summary>Bytes that <see cref="Save"/> writes.</summary>
    public const int StateBytes = 4 * (3 * KindCount * BinCount + 3 * BinCount + KindCount + 2);

    private const int CountScale = 1000;

    private readonly int[] _energy = new int[KindCount * BinCount];
    private readonly int[] _countMilli = new int[KindCount * BinCount];
    private readonly int[] _endMilli = new int[KindCount * BinCount];
    private readonly int[] _todayEnergy = new int[BinCount];
    private readonly int[] _todayCount = new int[BinCount];
    private readonly int[] _todayEnd = new int[BinCount];
    private readonly int[] _days = new int[KindCount];
    private readonly int _slotsPerBin;
    private int _dayNumber = -1;
    private int _kind;

    /// <param name="slotsPerDay">Planning slots in a day: a multiple of 48.</param>
    public ArrivalProfile(int slotsPerDay)
    {
        _slotsPerBin = slotsPerDay / BinCount;
    }

    /// <summary>Planning slots in a half hour.</summary>
    public int SlotsPerBin => _slotsPerBin;

    /// <summary>Whole days of one kind that were learnt; more than <see cref="MemoryDays"/> weigh no more.</summary>
    public int DaysOf(bool isRestDay) => _days[isRestDay ? 1 : 0];

    /// <summary>Tells which local day it is; a new day closes the one before. Days without a call teach
    /// nothing.</summary>
    /// <param name="dayNumber">Local days since 1970-01-01, 0 or above.</param>
    /// <param name="isRestDay">Weekend or holiday.</param>
    public void SetDay(int dayNumber, bool isRestDay)
    {
        if (dayNumber == _dayNumber)
        {
            return;
        }

        if (_dayNumber >= 0)
        {
            CloseDay();
        }

        _dayNumber = dayNumber;
        _kind = isRestDay ? 1 : 0;
    }

    /// <summary>Records a plug-in of today.</summary>
    /// <param name="slotOfDay">Local slot of the day.</param>
    /// <param name="milliampSlots">Energy wanted, summed over the phases in use.</param>
    /// <param name="staySlots">Slots until departure; one in the past is now.</param>
    public void Add(int slotOfDay, int milliampSlots, int staySlots)
    {
        int bin = slotOfDay / _slotsPerBin % BinCount;
        _todayEnergy[bin] += milliampSlots;
        _todayCount[bin]++;
        _todayEnd[bin] += slotOfDay + (staySlots > 0 ? staySlots : 0);
    }

    /// <summary>Mean energy that arrives in a half hour, in milliamp-slots summed over phases.</summary>
    public int EnergyOf(bool isRestDay, int bin) => _energy[(isRestDay ? BinCount : 0) + bin];

    /// <summary>Mean number of vehicles that arrive in a half hour, in thousandths.</summary>
    public int CountMilliOf(bool isRestDay, int bin) => _countMilli[(isRestDay ? BinCount : 0) + bin];

    /// <summary>Mean end of their stay in slots from the midnight before their arrival.</summary>
    public int EndSlotOf(bool isRestDay, int bin)
    {
        int at = (isRestDay ? BinCount : 0) + bin;
        return _countMilli[at] == 0 ? 0 : (int)((long)_endMilli[at] / _countMilli[at]);
    }

    /// <summary>Writes what was learnt, today so far included, <see cref="StateBytes"/> bytes. The caller adds a check
    /// sum.</summary>
    public void Save(byte[] target, int offset)
    {
        int at = LittleEndian.WriteInts(target, offset, _energy);
        at = LittleEndian.WriteInts(target, at, _countMilli);
        at = LittleEndian.WriteInts(target, at, _endMilli);
        at = LittleEndian.WriteInts(target, at, _todayEnergy);
        at = LittleEndian.WriteInts(target, at, _todayCount);
        at = LittleEndian.WriteInts(target, at, _todayEnd);
        at = LittleEndian.WriteInts(target, at, _days);
        LittleEndian.WriteInt32(target, at, _dayNumber);
        LittleEndian.WriteInt32(target, at + 4, _kind);
    }

    /// <summary>Reads what <see cref="Save"/> wrote. False, and nothing changes: a value that none of ours can
    /// be.</summary>
    public bool TryLoad(byte[] source, int offset)
    {
        int last = offset + StateBytes - 8;
        int kind = LittleEndian.ReadInt32(source, last + 4);
        if (LittleEndian.HasNegativeInt(source, offset, last) || kind < 0 || kind >= KindCount)
        {
            return false;
        }

        int next = LittleEndian.ReadInts(source, offset, _energy);
        next = LittleEndian.ReadInts(source, next, _countMilli);
        next = LittleEndian.ReadInts(source, next, _endMilli);
        next = LittleEndian.ReadInts(source, next, _todayEnergy);
        next = LittleEndian.ReadInts(source, next, _todayCount);
        next = LittleEndian.ReadInts(source, next, _todayEnd);
        LittleEndian.ReadInts(source, next, _days);
        _dayNumber = LittleEndian.ReadInt32(source, last);
        _kind = kind;
        return true;
    }

    private void CloseDay()
    {
        int divisor = _days[_kind] < MemoryDays ? _days[_kind] + 1 : MemoryDays;
        _days[_kind]++;
        for (int bin = 0; bin < BinCount; bin++)
        {
            int at = _kind * BinCount + bin;
            _energy[at] += (_todayEnergy[bin] - _energy[at]) / divisor;
            _countMilli[at] += (_todayCount[bin] * CountScale - _countMilli[at]) / divisor;
            _endMilli[at] += (_todayEnd[bin] * CountScale - _endMilli[at]) / divisor;
            _todayEnergy[bin] = 0;
            _todayCount[bin] = 0;
            _todayEnd[bin] = 0;
        }
    }
}
