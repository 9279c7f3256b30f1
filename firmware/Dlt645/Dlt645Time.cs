using MeterFirmware.Basics;

namespace MeterFirmware.Dlt645;

/// <summary>Local seconds since 1970-01-01 and calendar fields read as one number (2601310815 = 2026-01-31 08:15).
/// The century is 20.</summary>
public static class Dlt645Time
{
    /// <summary>YYMMDDhhmmss of a local time of 2000 to 2099; the scratch is set to it.</summary>
    public static long ToSecondDigits(long localSeconds, CivilTime scratch)
    {
        scratch.Set(localSeconds);
        long date = (scratch.Year % 100 * 100 + scratch.Month) * 100 + scratch.Day;
        return ((date * 100 + scratch.Hour) * 100 + scratch.Minute) * 100 + scratch.Second;
    }

    /// <summary>YYMMDDhhmm; seconds are cut.</summary>
    public static long ToMinuteDigits(long localSeconds, CivilTime scratch) =>
        ToSecondDigits(localSeconds, scratch) / 100;

    /// <summary>YYMMDDWW, 0 = Sunday.</summary>
    public static long ToDateDigits(long localSeconds, CivilTime scratch) =>
        ToSecondDigits(localSeconds, scratch) / 1_000_000 * 100 + scratch.DayOfWeek;

    /// <summary>False: no such date or time of day.</summary>
    public static bool TryFromSecondDigits(long digits, out long localSeconds)
    {
        localSeconds = 0;
        int second = (int)(digits % 100);
        int minute = (int)(digits / 100 % 100);
        int hour = (int)(digits / 10_000 % 100);
        int day = (int)(digits / 1_000_000 % 100);
        int month = (int)(digits / 100_000_000 % 100);
        int year = 2000 + (int)(digits / 10_000_000_000L);
        if (digits < 0 || year > 2099 || month < 1 || month > 12 || day < 1 || day > CivilTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        localSeconds = CivilTime.DaysFromDate(year, month, day) * CivilTime.SecondsPerDay
            + (hour * 60 + minute) * 60 + second;
        return true;
    }
}
