namespace MeterFirmware.Basics;

/// <summary>
/// One reused calendar reading (proleptic Gregorian) of a count of seconds since 1970-01-01T00:00:00.
/// The same arithmetic serves UTC and local time: add the zone offset to the seconds first.
/// An object and not a struct, because on the device a struct local is a heap object.
/// </summary>
public sealed class CivilTime
{
    public const int SecondsPerMinute = 60;
    public const int SecondsPerHour = 3600;
    public const int SecondsPerDay = 86_400;

    private long _day = long.MinValue;

    // Year, month (4 bits), day of the month (5) and of the week (3): a field of its own is a heap block each.
    private int _date;

    /// <summary>Year, 1601 to 3000 (what the device's own DateTime spans).</summary>
    public int Year => _date >> 12;

    /// <summary>Month, 1 to 12.</summary>
    public int Month => (_date >> 8) & 0xF;

    /// <summary>Day of the month, 1 to 31.</summary>
    public int Day => (_date >> 3) & 0x1F;

    /// <summary>Second of the day, 0 to 86 399.</summary>
    public int SecondOfDay { get; private set; }

    /// <summary>Day of the week, 0 = Sunday to 6 = Saturday.</summary>
    public int DayOfWeek => _date & 7;

    /// <summary>Whole days since 1970-01-01.</summary>
    public long DayNumber => _day;

    public int Hour => SecondOfDay / SecondsPerHour;

    public int Minute => SecondOfDay / SecondsPerMinute % 60;

    public int Second => SecondOfDay % SecondsPerMinute;

    /// <summary>Sets every field from seconds since 1970-01-01T00:00:00 of the wanted clock.</summary>
    public void Set(long seconds)
    {
        long day = FloorDivide(seconds, SecondsPerDay);
        SecondOfDay = (int)(seconds - day * SecondsPerDay);
        if (day != _day)
        {
            SetDay(day);
        }
    }

    /// <summary>Days since 1970-01-01 of a date; month 1 to 12, day 1 to 31.</summary>
    public static long DaysFromDate(int year, int month, int day)
    {
        // Count from 1 March, so that the leap day is the last day of the (shifted) year.
        long y = month <= 2 ? year - 1 : year;
        long era = FloorDivide(y, 400);
        long yearOfEra = y - era * 400;
        long dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468;
    }

    /// <summary>Days in a month, 28 to 31.</summary>
    public static int DaysInMonth(int year, int month)
    {
        if (month == 2)
        {
            return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
        }

        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    }

    /// <summary>Division that rounds towards minus infinity, for counts before 1970. Divisor above 0.</summary>
    public static long FloorDivide(long dividend, long divisor)
    {
        long quotient = dividend / divisor;
        return dividend % divisor < 0 ? quotient - 1 : quotient;
    }

    private void SetDay(long day)
    {
        _day = day;
        int dayOfWeek = (int)(day + 4 - FloorDivide(day + 4, 7) * 7);
        long shifted = day + 719_468;
        long era = FloorDivide(shifted, 146_097);
        int dayOfEra = (int)(shifted - era * 146_097);
        int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int shiftedMonth = (5 * dayOfYear + 2) / 153;
        int dayOfMonth = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1;
        int month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
        int year = (int)(yearOfEra + era * 400) + (month <= 2 ? 1 : 0);
        _date = (year << 12) | (month << 8) | (dayOfMonth << 3) | dayOfWeek;
    }
}
