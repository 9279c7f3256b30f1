using MeterFirmware.Basics;

namespace MeterFirmware.Tariffs;

/// <summary>
/// Where a user of a tariff stands in time: which rate runs, and from when until when. One per user; seeking inside
/// [ValidFromUtc, ValidUntilUtc) costs two comparisons, and no seek allocates. The rate follows local wall time, so
/// in the repeated hour of autumn both passes have the same rate, and a period that begins inside the hour that
/// spring leaves out begins with the first second after it.
/// </summary>
public sealed class TariffCursor
{
    private readonly LocalDay _day = new LocalDay();
    private TariffTable _seasons;
    private DaySchedule _days;

    public TariffCursor(TariffTable table)
    {
        Use(table, table);
    }

    /// <summary>Days announced by command; null: none.</summary>
    internal AnnouncedDays Announced { get; set; }

    /// <summary>The running rate, 0 to RateCount − 1.</summary>
    public int Rate { get; private set; }

    /// <summary>Zone offset, seconds east of UTC.</summary>
    public int OffsetSeconds => _day.OffsetSeconds;

    /// <summary>First UTC second of this rate at this offset in this local day.</summary>
    public long ValidFromUtc { get; private set; }

    /// <summary>UTC second of the next change of rate or offset, at the latest the end of the local day.</summary>
    public long ValidUntilUtc { get; private set; }

    /// <summary>Number of the day table in force, 0 to DayTableCount − 1.</summary>
    public int DayTable { get; private set; }

    /// <summary>The local date as days since 1970-01-01.</summary>
    public long LocalDayNumber => _day.Date.DayNumber;

    /// <summary>Local year, for records and settlements.</summary>
    public int LocalYear => _day.Date.Year;

    /// <summary>Local month, 1 to 12.</summary>
    public int LocalMonth => _day.Date.Month;

    /// <summary>Local day of the month, 1 to 31.</summary>
    public int LocalDayOfMonth => _day.Date.Day;

    /// <summary>Whether the day was announced, and takes that kind's day table.</summary>
    public bool IsAnnounced { get; private set; }

    /// <summary>Goes on with another table; the next seek starts afresh.</summary>
    public void Use(TariffTable table) => Use(table, table);

    /// <summary>Zone offset, seasons and holidays of one table, day tables of another: the two switch on their own
    /// (DL/T 645-2007 has one switch time for each).</summary>
    internal void Use(TariffTable seasons, TariffTable days)
    {
        _seasons = seasons;
        _days = days.Schedule;
        _day.Use(seasons.Zone);
        ValidFromUtc = 0;
        ValidUntilUtc = 0;
    }

    /// <summary>Moves to a moment; earlier ones are allowed (a clock may be set back).</summary>
    public void Seek(long utcSeconds)
    {
        if (utcSeconds >= ValidFromUtc && utcSeconds < ValidUntilUtc)
        {
            return;
        }

        if (_day.Seek(utcSeconds))
        {
            FindDayTable();
        }

        long midnightUtc = _day.Date.DayNumber * CivilTime.SecondsPerDay - _day.OffsetSeconds;
        int minute = (int)(utcSeconds - midnightUtc) / CivilTime.SecondsPerMinute;
        int count = _days.PeriodCount(DayTable);
        int first = count - 1;
        while (_days.PeriodStartMinute(DayTable, first) > minute)
        {
            first--;
        }

        // Neighbours of the same rate are one stretch: a file may cut a day finer than its rates change.
        Rate = _days.PeriodRate(DayTable, first);
        int next = first + 1;
        while (first > 0 && _days.PeriodRate(DayTable, first - 1) == Rate)
        {
            first--;
        }

        while (next < count && _days.PeriodRate(DayTable, next) == Rate)
        {
            next++;
        }

        long from = midnightUtc + _days.PeriodStartMinute(DayTable, first) * CivilTime.SecondsPerMinute;
        ValidFromUtc = from > _day.FromUtc ? from : _day.FromUtc;
        ValidUntilUtc = _day.UntilUtc;
        if (next < count)
        {
            long until = midnightUtc + _days.PeriodStartMinute(DayTable, next) * CivilTime.SecondsPerMinute;
            ValidUntilUtc = until < _day.UntilUtc ? until : _day.UntilUtc;
        }
    }

    private void FindDayTable()
    {
        string kind = Announced == null ? null : Announced.Find(_day.Date.DayNumber);
        int announced = kind == null ? -1 : _seasons.FindAnnounced(kind);
        IsAnnounced = announced >= 0;
        DayTable = IsAnnounced ? announced : _seasons.Schedule.DayTableOf(_day.Date);
    }
}
