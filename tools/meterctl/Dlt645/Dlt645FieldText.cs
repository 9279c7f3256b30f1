using System.Globalization;
using MeterFirmware.Basics;
using MeterFirmware.Dlt645;

namespace MeterFirmware.Tools.MeterCtl.Dlt645;

/// <summary>Reads one field of a frame for people: its text, or what is wrong with its bytes.</summary>
public static class Dlt645FieldText
{
    /// <summary>A month, day or hour of 99 stands for each one, or for one that is not used.</summary>
    private const int Each = 99;

    /// <param name="name">Of the field.</param>
    /// <param name="format">A <see cref="Dlt645Format"/>.</param>
    /// <param name="data">The field's bytes from <paramref name="at"/> on, low byte first.</param>
    /// <param name="at">Index of its first byte.</param>
    public static Dlt645Value Read(string name, int format, byte[] data, int at)
    {
        int count = Dlt645Format.BytesOf(format);
        string unit = Dlt645Names.UnitOf(format);
        if (!Dlt645Format.TryRead(format, data, at, out long value))
        {
            // Filled with FF: the meter has no such value.
            bool isFilled = data.AsSpan(at, count).IndexOfAnyExcept((byte)0xFF) < 0;
            return new(name, null, unit, isFilled ? null : $"no BCD digits: {HighFirst(data, at, count)}");
        }

        // All zeros: a maximum, freeze or event that has not been yet.
        bool isNoTime = value == 0
            && Dlt645Format.KindOf(format) is (Dlt645Format.YearToMinute or Dlt645Format.YearToSecond);
        return isNoTime ? new(name, null, unit)
            : new(name, Dlt645Texts.FieldText(format, value), unit, FindProblem(format, value));
    }

    /// <summary>What is impossible in a field of a calendar or clock; null: nothing is.</summary>
    public static string? FindProblem(int format, long value)
    {
        string d = value.ToString("D" + (2 * Dlt645Format.BytesOf(format)), CultureInfo.InvariantCulture);
        return Dlt645Format.KindOf(format) switch
        {
            Dlt645Format.YearToMinute => Date(d, 0) ?? Clock(d, 6, 2),
            Dlt645Format.YearToSecond => Date(d, 0) ?? Clock(d, 6, 3),
            Dlt645Format.DateWeekday => Date(d, 0) ?? Weekday(d),
            Dlt645Format.DateWeekdayTime => Date(d, 0) ?? Weekday(d) ?? Clock(d, 8, 3),
            Dlt645Format.TimeOfDay => Clock(d, 0, 3),
            Dlt645Format.HourMinute => d == "9999" ? null : Clock(d, 0, 2),
            Dlt645Format.MonthToMinute => MonthDay(d, 0, true) ?? EachOrClock(d, 4),
            Dlt645Format.DayHour => d == "9999" ? null
                : Within("day", Pair(d, 0), 1, 31) ?? Within("hour", Pair(d, 2), 0, 23),
            Dlt645Format.Zone => value == 0 ? null : MonthDay(d, 0, false),
            Dlt645Format.Period => Within("hour", Pair(d, 0), 0, 24)
                ?? Within("minute", Pair(d, 2), 0, Pair(d, 0) == 24 ? 0 : 59),
            Dlt645Format.Holiday => value == 0 ? null : Date(d, 0),
            _ => null,
        };
    }

    private static string? Date(string d, int at)
    {
        int month = Pair(d, at + 2);
        return Within("month", month, 1, 12)
            ?? Within("day", Pair(d, at + 4), 1, CivilTime.DaysInMonth(2000 + Pair(d, at), month));
    }

    private static string? MonthDay(string d, int at, bool mayBeEach)
    {
        int month = Pair(d, at);
        int day = Pair(d, at + 2);
        string? problem = mayBeEach && month == Each ? null : Within("month", month, 1, 12);
        return problem ?? (mayBeEach && day == Each ? null
            : Within("day", day, 1, month == Each ? 31 : CivilTime.DaysInMonth(2000, month)));
    }

    private static string? EachOrClock(string d, int at)
    {
        int hour = Pair(d, at);
        int minute = Pair(d, at + 2);
        return (hour == Each ? null : Within("hour", hour, 0, 23))
            ?? (minute == Each ? null : Within("minute", minute, 0, 59));
    }

    private static string? Clock(string d, int at, int parts) => Within("hour", Pair(d, at), 0, 23)
        ?? Within("minute", Pair(d, at + 2), 0, 59) ?? (parts < 3 ? null : Within("second", Pair(d, at + 4), 0, 59));

    private static string? Weekday(string d) => Within("weekday", Pair(d, 6), 0, 6);

    private static string? Within(string what, int value, int min, int max) =>
        value >= min && value <= max ? null : $"impossible {what} {value:00}: {min} to {max}";

    private static int Pair(string digits, int at) =>
        int.Parse(digits.AsSpan(at, 2), NumberStyles.None, CultureInfo.InvariantCulture);

    private static string HighFirst(byte[] data, int at, int count)
    {
        byte[] bytes = data[at..(at + count)];
        Array.Reverse(bytes);
        return Convert.ToHexString(bytes);
    }
}
