using MeterFirmware.Basics;

namespace MeterFirmware.Recording;

/// <summary>
/// Up to three settlement dates a month, local time: an hour on day 1 to 28, or the month's end at 24:00 (facts/
/// metering-rules.md, "settlement"). Day 31 is by rule the month's end, whatever its length; 29 and 30, which a month may
/// lack, are refused.
/// </summary>
public sealed class SettlementDates
{
    public const int CountMax = 3;

    /// <summary>The day that stands for the month's end at 24:00.</summary>
    public const int MonthEnd = 31;

    /// <summary>The last day that every month has.</summary>
    public const int DayMax = 28;

    /// <summary>24:00: the hour of the month's end.</summary>
    public const int MonthEndHour = 24;

    private readonly int[] _days = new int[CountMax];
    private readonly int[] _hours = new int[CountMax];
    private readonly CivilTime _date = new CivilTime();

    public int Count { get; private set; }

    public int Day(int index) => _days[index];

    public int Hour(int index) => _hours[index];

    public void Clear() => Count = 0;

    /// <summary>Adds a date. False, and nothing added: day not 1 to 28 or 31, hour not 0 to 23 (24 for the month's end),
    /// or three are there already.</summary>
    public bool TryAdd(int day, int hour)
    {
        bool isMonthEnd = day == MonthEnd && hour >= 0 && hour <= MonthEndHour;
        if (Count == CountMax || !(isMonthEnd || (day >= 1 && day <= DayMax && hour >= 0 && hour < MonthEndHour)))
        {
            return false;
        }

        _days[Count] = day;
        _hours[Count] = isMonthEnd ? MonthEndHour : hour;
        Count++;
        return true;
    }

    /// <summary>The latest settlement at or before a local second (seconds since 1970 of the local clock); long.MinValue
    /// without dates.</summary>
    public long LatestLocal(long localSeconds)
    {
        _date.Set(localSeconds);
        int year = _date.Year;
        int month = _date.Month;
        long latest = long.MinValue;
        for (int back = 0; back < 2; back++)
        {
            for (int i = 0; i < Count; i++)
            {
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
