using MeterFirmware.Basics;

namespace MeterFirmware.History;

/// <summary>
/// Up to three settlement dates a month, local time: an hour on day 1 to 28, or the month's end at 24:00 (facts/
/// metering-rules.md, "settlement"). Day 31 is by rule the month's end, whatever its length; 29 and 30, which a month
/// may lack, are refused. Each date keeps its place, unused ones among them: a protocol names them by place.
/// </summary>
public sealed class SettlementDates
{
    public const int CountMax = 3;

    /// <summary>The day of a place without a date.</summary>
    public const int Unused = 0;

    /// <summary>The day that stands for the month's end at 24:00.</summary>
    public const int MonthEnd = 31;

    /// <summary>The last day that every month has.</summary>
    public const int DayMax = 28;

    /// <summary>24:00: the hour of the month's end.</summary>
    public const int MonthEndHour = 24;

    private readonly int[] _days = new int[CountMax];
    private readonly int[] _hours = new int[CountMax];
    private readonly CivilTime _date = new CivilTime();

    /// <summary>Dates in use.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            for (int i = 0; i < CountMax; i++)
            {
                count += _days[i] == Unused ? 0 : 1;
            }

            return count;
        }
    }

    /// <summary>Day of a place; <see cref="Unused"/>: none.</summary>
    public int Day(int place) => _days[place];

    public int Hour(int place) => _hours[place];

    public void Clear()
    {
        for (int i = 0; i < CountMax; i++)
        {
            _days[i] = Unused;
            _hours[i] = 0;
        }
    }

    /// <summary>Takes all places of another's.</summary>
    public void Take(SettlementDates other)
    {
        for (int i = 0; i < CountMax; i++)
        {
            _days[i] = other._days[i];
            _hours[i] = other._hours[i];
        }
    }

    /// <summary>Adds a date in the first free place. False, and nothing added: no date (see <see cref="TrySet"/>), or
    /// three are there already.</summary>
    public bool TryAdd(int day, int hour)
    {
        int place = 0;
        while (place < CountMax && _days[place] != Unused)
        {
            place++;
        }

        return day != Unused && TrySet(place, day, hour);
    }

    /// <summary>Sets a place; day <see cref="Unused"/> empties it. False, and nothing changes: no such place, day not 1
    /// to 28 or 31, hour not 0 to 23 (24 for the month's end).</summary>
    public bool TrySet(int place, int day, int hour)
    {
        bool isMonthEnd = day == MonthEnd && hour >= 0 && hour <= MonthEndHour;
        bool isDate = isMonthEnd || (day >= 1 && day <= DayMax && hour >= 0 && hour < MonthEndHour);
        if (place < 0 || place >= CountMax || !(isDate || day == Unused))
        {
            return false;
        }

        _days[place] = day;
        _hours[place] = day == Unused ? 0 : isMonthEnd ? MonthEndHour : hour;
        return true;
    }

    /// <summary>The latest settlement at or before a local second (seconds since 1970 of the local clock);
    /// long.MinValue without dates.</summary>
    public long LatestLocal(long localSeconds)
    {
        _date.Set(localSeconds);
        int year = _date.Year;
        int month = _date.Month;
        long latest = long.MinValue;
        for (int back = 0; back < 2; back++)
        {
            for (int i = 0; i < CountMax; i++)
            {
                if (_days[i] == Unused)
                {
                    continue;
                }

                // The month's end is the first second of the next month: this month's end is never past in this month.
                long day = _days[i] == MonthEnd
                    ? CivilTime.DaysFromDate(year, month, 1) : CivilTime.DaysFromDate(year, month, _days[i]);
                long at = day * CivilTime.SecondsPerDay
                    + (_days[i] == MonthEnd ? 0 : _hours[i] * CivilTime.SecondsPerHour);
                if (at <= localSeconds && at > latest)
                {
                    latest = at;
                }
            }

            month--;
            if (month == 0)
            {
                month = 12;
                year--;
            }
        }

        return latest;
    }
}
