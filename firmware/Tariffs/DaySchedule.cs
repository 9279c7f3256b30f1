using MeterFirmware.Basics;

namespace MeterFirmware.Tariffs;

/// <summary>
/// Which rate runs on which day and at which minute: day tables, seasons with a table for each day of the week, and
/// spans of holidays. Read in place from a compiled table; README.md has both layouts.
/// </summary>
public sealed class DaySchedule
{
    /// <summary>In a span's day table: its days are worked like any other.</summary>
    internal const int WorkedBit = 0x80;

    private const int QuarterMinutes = 15;
    private const int WeekDays = 7;
    private const int Saturday = 6;

    private readonly byte[] _bytes;
    private readonly bool _isWide;
    private readonly int _periodBytes;
    private readonly int _seasonBytes;
    private readonly int _spanBytes;
    internal int[] DayTables;
    internal int SeasonsAt;
    internal int SpansAt;

    /// <param name="bytes">The whole compiled table.</param>
    /// <param name="isWide">Version 2: minutes, seven days of the week, spans.</param>
    internal DaySchedule(byte[] bytes, bool isWide)
    {
        _bytes = bytes;
        _isWide = isWide;
        _periodBytes = isWide ? 3 : 2;
        _seasonBytes = isWide ? 2 + WeekDays : 4;
        _spanBytes = isWide ? 4 : 3;
    }

    /// <summary>Day tables, 1 to 32.</summary>
    public int DayTableCount => DayTables.Length;

    /// <summary>Seasons, 1 to 14.</summary>
    public int SeasonCount { get; internal set; }

    /// <summary>Spans of holidays, 0 to 254; one of version 1 has one day.</summary>
    public int HolidayCount { get; internal set; }

    internal int SeasonBytes => _seasonBytes;

    /// <summary>Periods of a day table, 1 to 48.</summary>
    public int PeriodCount(int dayTable) => _bytes[DayTables[dayTable]];

    /// <summary>Start of a period in minutes from local midnight, 0 to 1439.</summary>
    public int PeriodStartMinute(int dayTable, int period)
    {
        int at = DayTables[dayTable] + 1 + _periodBytes * period;
        return _isWide ? LittleEndian.ReadUInt16(_bytes, at) : _bytes[at] * QuarterMinutes;
    }

    /// <summary>Rate of a period, 0 to RateCount − 1.</summary>
    public int PeriodRate(int dayTable, int period) =>
        _bytes[DayTables[dayTable] + _periodBytes * (period + 1)];

    /// <summary>First day of a season as MMDD.</summary>
    public int SeasonStart(int season) =>
        _bytes[SeasonsAt + _seasonBytes * season] * 100 + _bytes[SeasonsAt + _seasonBytes * season + 1];

    /// <summary>Day table of a season's day of the week, 0 = Sunday to 6 = Saturday.</summary>
    public int SeasonTable(int season, int dayOfWeek)
    {
        int at = SeasonsAt + _seasonBytes * season + 2;
        return _bytes[at + (_isWide ? dayOfWeek : IsWeekend(dayOfWeek) ? 1 : 0)];
    }

    /// <summary>First day of a span of holidays as days since 1970-01-01; ascending.</summary>
    public int HolidayDay(int holiday) => LittleEndian.ReadUInt16(_bytes, SpansAt + _spanBytes * holiday);

    /// <summary>Days of a span, 1 to 255.</summary>
    public int HolidayDays(int holiday) => _isWide ? _bytes[SpansAt + _spanBytes * holiday + 2] : 1;

    /// <summary>Day table of a span, 0 to DayTableCount − 1.</summary>
    public int HolidayDayTable(int holiday) =>
        _bytes[SpansAt + _spanBytes * (holiday + 1) - 1] & (_isWide ? ~WorkedBit : 0xFF);

    /// <summary>Weekend or holiday. A day that was moved to a weekend and is worked is none: version 2 marks it, in
    /// version 1 it is one of the weekend that the holidays list with the season's weekday table.</summary>
    public bool IsRestDay(CivilTime localDate)
    {
        int span = SpanOf(localDate.DayNumber);
        if (span < 0)
        {
            return IsWeekend(localDate.DayOfWeek);
        }

        if (_isWide)
        {
            return (_bytes[SpansAt + _spanBytes * (span + 1) - 1] & WorkedBit) == 0;
        }

        int season = SeasonOf(localDate);
        int weekday = SeasonTable(season, 1);
        return !IsWeekend(localDate.DayOfWeek) || HolidayDayTable(span) != weekday
            || weekday == SeasonTable(season, Saturday);
    }

    /// <summary>The season of a local date: before the first one's start the last of the year before still runs.
    /// </summary>
    internal int SeasonOf(CivilTime localDate) => YearPart.Find(_bytes, SeasonsAt, _seasonBytes, SeasonCount,
        localDate.Month, localDate.Day);

    /// <summary>The highest day table that a season or a holiday names.</summary>
    internal int DayTableUsedMax()
    {
        int highest = 0;
        for (int i = 0; i < SeasonCount * WeekDays; i++)
        {
            int season = SeasonTable(i / WeekDays, i % WeekDays);
            highest = season > highest ? season : highest;
        }

        for (int i = 0; i < HolidayCount; i++)
        {
            int holiday = HolidayDayTable(i);
            highest = holiday > highest ? holiday : highest;
        }

        return highest;
    }

    /// <summary>The day table of a local date: a holiday's, else the season's for the day of the week.</summary>
    internal int DayTableOf(CivilTime localDate)
    {
        int span = SpanOf(localDate.DayNumber);
        return span >= 0 ? HolidayDayTable(span) : SeasonTable(SeasonOf(localDate), localDate.DayOfWeek);
    }

    private static bool IsWeekend(int dayOfWeek) => dayOfWeek == 0 || dayOfWeek == Saturday;

    /// <summary>Binary search in the ascending spans; −1 when the day is no holiday.</summary>
    private int SpanOf(long dayNumber)
    {
        int low = 0;
        int high = HolidayCount - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int first = HolidayDay(middle);
            if (dayNumber < first)
            {
                high = middle - 1;
            }
            else if (dayNumber >= first + HolidayDays(middle))
            {
                low = middle + 1;
            }
            else
            {
                return middle;
            }
        }

        return -1;
    }
}
