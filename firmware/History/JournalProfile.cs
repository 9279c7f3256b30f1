using MeterFirmware.Basics;
using MeterFirmware.Catalogue;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.History;

/// <summary>
/// The load profile of a meter whose flash is too small for a ring of its own, read from the interval records in the
/// journal:
/// they stay there after delivery until their block is needed. Of the classes of <see cref="LoadProfile"/> it has
/// VoltageCurrent and the active power of Power (means of the interval), Energy and Quadrants at the interval's end,
/// and Demand (mean power of a whole interval). An interval that ends elsewhere than on its grid (power loss, clock
/// step) is no row.
/// </summary>
public sealed class JournalProfile : ILoadProfile
{
    private const int Classes = (1 << LoadProfile.VoltageCurrent) | (1 << LoadProfile.Power) | (1 << LoadProfile.Energy)
        | (1 << LoadProfile.Quadrants) | (1 << LoadProfile.Demand);

    // Looked through before the halving's answer where the clock was set back over the time asked for: ten days of
    // quarter hours, some 2 s on an ESP32.
    private const int LookBackRecords = 1024;

    private readonly IRecordLog _log;
    private readonly EventMemory _events;
    private readonly int _intervalMinutes;
    private readonly byte[] _bytes = new byte[IntervalRecord.BytesMax];
    private readonly IntervalRecord _record = new IntervalRecord();
    private readonly EventRecord _event = new EventRecord();
    private long _number;
    private long _fromUtcSeconds;
    private long _toUtcSeconds;

    /// <param name="log">Holds the interval records.</param>
    /// <param name="intervalMinutes">Length of the meter's intervals.</param>
    /// <param name="events">Remembers when the clock was set back; null: it never was.</param>
    public JournalProfile(IRecordLog log, int intervalMinutes, EventMemory events = null)
    {
        _events = events;
        _log = log;
        _intervalMinutes = intervalMinutes;
    }

    public bool CanSetIntervals => false;

    public long NewestUtcSeconds => TryLoadNewest(out long _) ? _record.EndUtcSeconds : 0;

    public int IntervalMinutes(int profileClass) => (Classes & (1 << profileClass)) != 0 ? _intervalMinutes : 0;

    public bool TrySetInterval(int profileClass, int minutes) => minutes == IntervalMinutes(profileClass);

    /// <summary>Halves the log: some twelve records are read, however many there are, and those of a clock that was
    /// ahead of the newest row are passed over. Only where the clock was set back over the time asked for is more
    /// looked through.</summary>
    public void Seek(long fromUtcSeconds, long toUtcSeconds)
    {
        long newest = NewestUtcSeconds;
        long limit = fromUtcSeconds <= newest ? newest : long.MaxValue;
        _fromUtcSeconds = fromUtcSeconds;
        _toUtcSeconds = toUtcSeconds < limit ? toUtcSeconds : limit;
        long low = _log.OldestNumber;
        long high = _log.NextNumber;
        while (low < high)
        {
            long middle = low + (high - low) / 2;
            if (!TryFindTimed(middle, high, limit, out long found))
            {
                high = middle;
            }
            else if (_record.EndUtcSeconds < fromUtcSeconds)
            {
                low = found + 1;
            }
            else
            {
                high = middle;
            }
        }

        _number = WasSetBackOver(fromUtcSeconds, limit) ? low - LookBackRecords : low;
        _number = _number < _log.OldestNumber ? _log.OldestNumber : _number;
    }

    public bool TrySeekNewest(int classes, out long utcSeconds)
    {
        _number = _log.NextNumber;
        bool isThere = (classes & Classes) != 0 && TryLoadNewest(out long _);
        utcSeconds = isThere ? _record.EndUtcSeconds : 0;
        return isThere;
    }

    public bool TryNext(int classes, out long utcSeconds, out int flags)
    {
        while ((classes & Classes) != 0 && TryFindTimed(_number, _log.NextNumber, _toUtcSeconds, out long found))
        {
            _number = found + 1;
            if (IsRow && _record.EndUtcSeconds >= _fromUtcSeconds)
            {
                utcSeconds = _record.EndUtcSeconds;
                flags = _record.Flags;
                return true;
            }
        }

        utcSeconds = 0;
        flags = 0;
        return false;
    }

    public bool TryValue(int profileClass, int index, out long value)
    {
        int phases = _record.PhaseCount;
        long length = _record.EndUtcSeconds - _record.StartUtcSeconds;
        value = 0;
        switch (profileClass)
        {
            case LoadProfile.VoltageCurrent:
                value = index < phases ? _record.VoltageMillivolts[index]
                    : index < 2 * phases ? _record.CurrentMilliamps[index - phases] : _record.FrequencyMillihertz;
                return index <= 2 * phases;
            case LoadProfile.Power:
                for (int phase = 0; phase < phases && index == 0; phase++)
                {
                    value += _record.ActivePowerMilliwatts[phase];
                }

                value = index > 0 && index <= phases ? _record.ActivePowerMilliwatts[index - 1] : value;
                return index <= phases;
            case LoadProfile.Energy:
                value = index == 0 ? _record.ImportWattHours
                    : index == 1 ? _record.ExportWattHours
                    : index == 2 ? _record.ReactiveVarHours[0] + _record.ReactiveVarHours[3]
                    : _record.ReactiveVarHours[1] + _record.ReactiveVarHours[2];
                return index < 4;
            case LoadProfile.Quadrants:
                value = index < 4 ? _record.ReactiveVarHours[index] : 0;
                return index < 4;
            case LoadProfile.Demand:
                // A part of an interval is no demand (DL/T 614: an incomplete period is never recorded).
                bool isWhole = length == (long)_intervalMinutes * CivilTime.SecondsPerMinute;
                value = !isWhole ? 0
                    : (index == 0 ? _record.ImportMilliwattHours
                    : _record.ExportMilliwattHours) * CivilTime.SecondsPerHour / length;
                return isWhole && index < 2;
            default:
                return false;
        }
    }

    private bool IsRow =>
        (_record.EndUtcSeconds + _record.OffsetSeconds) % (_intervalMinutes * CivilTime.SecondsPerMinute) == 0;

    private bool TryLoadNewest(out long number)
    {
        for (number = _log.NextNumber - 1; number >= _log.OldestNumber; number--)
        {
            if (TryLoad(number) && IsRow)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether rows on both sides of a time may stand in either order: a remembered step led from behind it to
    /// before it. One from beyond the limit passes over rows that are not read.</summary>
    private bool WasSetBackOver(long utcSeconds, long limitUtcSeconds)
    {
        for (int last = 1; _events != null && _events.TryRead(EventCode.ClockStep, 0, last, _event); last++)
        {
            if (_event.StartUtcSeconds >= utcSeconds && _event.EndUtcSeconds < utcSeconds
                && _event.StartUtcSeconds <= limitUtcSeconds)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The next record of a timed interval that ends up to a time.</summary>
    private bool TryFindTimed(long from, long end, long limitUtcSeconds, out long number)
    {
        while (_log.TryFind(from, out number) && number < end)
        {
            if (TryLoad(number) && _record.EndUtcSeconds <= limitUtcSeconds)
            {
                return true;
            }

            from = number + 1;
        }

        return false;
    }

    private bool TryLoad(long number) =>
        _log.TryRead(number, _bytes, out int count, out int kind) && kind == RecordKind.Interval
        && _record.TryRead(_bytes, 0, count) && (_record.Flags & RecordFlags.Untimed) == 0;
}
