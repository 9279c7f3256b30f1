using NodaTime;

namespace MeterFirmware.Tools.Billing.Loads;

/// <summary>
/// A time as files have it: 2026-01-31T08:15:00+08:00, 2026/1/31 8:15, 31.01.2026 08:15, 01/31/2026 8:15 AM,
/// 31-Jan-2026, 20260131 0815, 2026年1月31日 8时15分, 24:00 as the day's end, seconds or milliseconds since 1970. A date
/// alone and a clock alone are read too.
/// </summary>
internal ref struct TimeText
{
    private const long EpochSecondsMin = 60_000_000;
    private const long EpochSecondsMax = 4_100_000_000;

    private static readonly string[] _months =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    private readonly ReadOnlySpan<char> _text;
    private readonly bool _isDayFirst;
    private int _at;
    private int _year;
    private int _month;
    private int _day;
    private int _seconds;
    private long _nanoseconds;

    private TimeText(ReadOnlySpan<char> text, bool isDayFirst)
    {
        _text = text.Trim();
        _isDayFirst = isDayFirst;
    }

    /// <param name="text">One cell.</param>
    /// <param name="isDayFirst">31/01/2026 instead of 01/31/2026; a point between them is day first always.</param>
    /// <param name="time">What it says.</param>
    public static bool TryRead(ReadOnlySpan<char> text, bool isDayFirst, out ParsedTime time)
    {
        TimeText reader = new(text, isDayFirst);
        return reader.TryRead(out time);
    }

    private bool TryRead(out ParsedTime time)
    {
        time = default;
        if (TryEpoch(out time))
        {
            return true;
        }

        bool hasDate = TryDate();
        if (hasDate)
        {
            SkipBetween();
        }
        else
        {
            _at = 0;
        }

        bool hasClock = _at < _text.Length && TryClock();
        if (!hasDate && !hasClock)
        {
            return false;
        }

        int? offset = null;
        if (hasClock && !TryOffset(out offset))
        {
            return false;
        }

        if (_at != _text.Length)
        {
            return false;
        }

        LocalDateTime local = hasDate
            ? new LocalDateTime(_year, _month, _day, 0, 0).PlusSeconds(_seconds).PlusNanoseconds(_nanoseconds)
            : new LocalDateTime(1970, 1, 1, 0, 0).PlusSeconds(_seconds).PlusNanoseconds(_nanoseconds);
        time = new ParsedTime(local, offset, hasDate, hasClock, false);
        return true;
    }

    private readonly bool TryEpoch(out ParsedTime time)
    {
        time = default;
        if (_text.Length is not (10 or 13)
            || !long.TryParse(_text, System.Globalization.NumberStyles.None, null, out long number))
        {
            return false;
        }

        long seconds = _text.Length == 13 ? number / 1000 : number;
        if (seconds is < EpochSecondsMin or > EpochSecondsMax)
        {
            return false;
        }

        LocalDateTime local = Instant.FromUnixTimeSeconds(seconds).InUtc().LocalDateTime;
        time = new ParsedTime(local, 0, true, true, true);
        return true;
    }

    private bool TryDate()
    {
        SkipWeekday();
        int before = _at;
        if (TryMonthName(out _month))
        {
            SkipBetween();
            return TryNumber(1, 2, out _day) && Skip(", ") && TryNumber(4, 4, out _year) && IsDate();
        }

        _at = before;
        if (TryNumber(8, 8, out int packed) || (IsPacked(12) && TryPart(8, out packed))
            || (IsPacked(14) && TryPart(8, out packed)))
        {
            (_year, _month, _day) = (packed / 10_000, packed / 100 % 100, packed % 100);
            return IsDate();
        }

        if (TryNumber(4, 4, out _year))
        {
            bool isRead = Skip("-/.年") && TryNumber(1, 2, out _month) && Skip("-/.月") && TryNumber(1, 2, out _day);
            Skip("日");
            return isRead && IsDate();
        }

        if (!TryNumber(1, 2, out int first) || _at == _text.Length)
        {
            return false;
        }

        char separator = _text[_at++];
        if (TryMonthName(out _month))
        {
            _day = first;
            return Skip("-/. ,") && TryYear() && IsDate();
        }

        if (separator is not ('/' or '-' or '.') || !TryNumber(1, 2, out int second) || !SkipOne(separator)
            || !TryYear())
        {
            return false;
        }

        bool isDayFirst = _isDayFirst || separator == '.';
        (_day, _month) = isDayFirst ? (first, second) : (second, first);
        return IsDate();
    }

    private bool TryYear()
    {
        if (TryNumber(4, 4, out _year))
        {
            return true;
        }

        bool isShort = TryNumber(2, 2, out _year);
        _year += 2000;
        return isShort;
    }

    private readonly bool IsDate() =>
        _year is >= 1 and <= 9998 && _month is >= 1 and <= 12 && _day >= 1
        && _day <= CalendarSystem.Iso.GetDaysInMonth(_year, _month);

    private bool TryClock()
    {
        int hour;
        int minute;
        int second = 0;
        if (TryNumber(4, 4, out int packed) || (TryNumber(6, 6, out packed) && packed >= 0))
        {
            bool isLong = _at >= 6 && char.IsAsciiDigit(_text[_at - 5]) && char.IsAsciiDigit(_text[_at - 6]);
            (hour, minute, second) = isLong ? (packed / 10_000, packed / 100 % 100, packed % 100)
                : (packed / 100, packed % 100, 0);
        }
        else
        {
            if (!TryNumber(1, 2, out hour) || !Skip(":.时") || !TryNumber(1, 2, out minute))
            {
                return false;
            }

            Skip("分");
            if (_at < _text.Length && (_text[_at] == ':' || char.IsAsciiDigit(_text[_at])))
            {
                Skip(":");
                if (!TryNumber(1, 2, out second))
                {
                    return false;
                }

                Skip("秒");
                TryFraction();
            }
        }

        if (minute > 59 || second > 59 || !TryHalfDay(ref hour))
        {
            return false;
        }

        _seconds = hour * 3600 + minute * 60 + second;
        return _seconds <= 86_400;
    }

    private void TryFraction()
    {
        if (_at + 1 >= _text.Length || _text[_at] is not ('.' or ',') || !char.IsAsciiDigit(_text[_at + 1]))
        {
            return;
        }

        _at++;
        for (long unit = 100_000_000; _at < _text.Length && char.IsAsciiDigit(_text[_at]); unit /= 10, _at++)
        {
            _nanoseconds += (_text[_at] - '0') * unit;
        }
    }

    /// <summary>AM, PM, a.m., p.m.: 12 AM is midnight, 12 PM is noon.</summary>
    private bool TryHalfDay(ref int hour)
    {
        int at = _at;
        while (at < _text.Length && _text[at] is ' ' or '\u202F' or '\u00A0')
        {
            at++;
        }

        ReadOnlySpan<char> rest = _text[at..];
        int length = rest.StartsWith("am", StringComparison.OrdinalIgnoreCase)
            || rest.StartsWith("pm", StringComparison.OrdinalIgnoreCase) ? 2
            : rest.StartsWith("a.m.", StringComparison.OrdinalIgnoreCase)
                || rest.StartsWith("p.m.", StringComparison.OrdinalIgnoreCase) ? 4 : 0;
        if (length == 0)
        {
            return hour <= 24;
        }

        bool isLate = char.ToLowerInvariant(rest[0]) == 'p';
        _at = at + length;
        bool isGood = hour is >= 1 and <= 12;
        hour = hour % 12 + (isLate ? 12 : 0);
        return isGood;
    }

    private bool TryOffset(out int? seconds)
    {
        seconds = null;
        SkipSpaces();
        if (_at == _text.Length)
        {
            return true;
        }

        ReadOnlySpan<char> rest = _text[_at..];
        if (rest is "Z" or "z" or "UTC" or "GMT" or "(UTC)")
        {
            _at = _text.Length;
            seconds = 0;
            return true;
        }

        int sign = rest[0] is '+' ? 1 : rest[0] is '-' or '\u2212' ? -1 : 0;
        _at++;
        int minutes = 0;
        if (sign == 0 || !(TryNumber(4, 4, out int packed) || TryNumber(2, 2, out packed)))
        {
            return false;
        }

        bool isWhole = packed > 99 || rest.Length >= 5 && char.IsAsciiDigit(rest[3]);
        if (!isWhole && Skip(":") && !TryNumber(2, 2, out minutes))
        {
            return false;
        }

        minutes += isWhole ? packed / 100 * 60 + packed % 100 : packed * 60;
        seconds = sign * minutes * 60;
        return minutes <= 18 * 60;
    }

    private readonly bool IsPacked(int digits) => DigitsAt() == digits && _text.Length == digits;

    private readonly int DigitsAt()
    {
        int count = 0;
        while (_at + count < _text.Length && char.IsAsciiDigit(_text[_at + count]))
        {
            count++;
        }

        return count;
    }

    private bool TryNumber(int least, int most, out int number)
    {
        number = 0;
        int digits = DigitsAt();
        return digits >= least && digits <= most && TryPart(digits, out number);
    }

    private bool TryPart(int digits, out int number)
    {
        number = 0;
        for (int i = 0; i < digits; i++)
        {
            number = number * 10 + _text[_at++] - '0';
        }

        return true;
    }

    private bool TryMonthName(out int month)
    {
        month = 0;
        int length = 0;
        while (_at + length < _text.Length && char.IsLetter(_text[_at + length]))
        {
            length++;
        }

        if (length < 3)
        {
            return false;
        }

        ReadOnlySpan<char> word = _text.Slice(_at, 3);
        for (int i = 0; i < _months.Length; i++)
        {
            if (word.Equals(_months[i], StringComparison.OrdinalIgnoreCase))
            {
                month = i + 1;
                _at += length;
                return true;
            }
        }

        return false;
    }

    private void SkipWeekday()
    {
        int comma = _text.IndexOf(',');
        if (comma is >= 3 and <= 9 && !_text[..comma].ContainsAnyInRange('0', '9') && !_text[..comma].Contains(' '))
        {
            _at = comma + 1;
            SkipSpaces();
        }
    }

    private void SkipBetween()
    {
        if (_at < _text.Length && _text[_at] == 'T')
        {
            _at++;
            return;
        }

        while (_at < _text.Length && _text[_at] is ' ' or ',' or '\u00A0')
        {
            _at++;
        }
    }

    private void SkipSpaces()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\u00A0')
        {
            _at++;
        }
    }

    /// <summary>One or more of these characters.</summary>
    private bool Skip(string any)
    {
        int before = _at;
        while (_at < _text.Length && any.Contains(_text[_at]))
        {
            _at++;
        }

        return _at > before;
    }

    private bool SkipOne(char one)
    {
        bool isThere = _at < _text.Length && _text[_at] == one;
        _at += isThere ? 1 : 0;
        return isThere;
    }
}
