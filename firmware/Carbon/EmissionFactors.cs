using MeterFirmware.Basics;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Carbon;

/// <summary>
/// The emission factor of imported energy, micrograms of CO2 per kWh: a day's quarter hours when the head-end has sent
/// them, else the newest year's that is not later than now, else the default. Each with its
/// expanded uncertainty (k = 2).
/// </summary>
public sealed class EmissionFactors
{
    public const int QuartersPerDay = 96;
    private const int QuarterSeconds = 900;
    private const int DefaultMicrogramsPerKwh = 530_600_000;
    private const int DayCount = 2;
    private readonly int[] _quarters = new int[DayCount * QuartersPerDay];
    private readonly long[] _days = { DayLists.NoDay, DayLists.NoDay };
    private readonly CivilTime _date = new CivilTime();

    /// <summary>Years, ascending, and their factors. The first factor also serves before its year and without a
    /// calendar. Default: China 2023, 0.5306 kg/kWh (facts/metering-rules.md, "grid emission factor": check).</summary>
    public int[] Years { get; set; } = { 2023 };

    public int[] YearMicrogramsPerKwh { get; set; } = { DefaultMicrogramsPerKwh };

    /// <summary>The meter's own region, <see cref="RegionTable"/>; empty: none was set, the country's factors
    /// hold.</summary>
    public string Region { get; set; } = "";

    /// <summary>True: the years are the region's own. False: the country's, or those that were set without a
    /// table.</summary>
    public bool IsRegional { get; set; }

    /// <summary>Expanded uncertainty of a year's factor, permille of it.</summary>
    public int YearUncertaintyPermille { get; set; } = 50;

    /// <summary>Expanded uncertainty of a quarter hour's factor, permille of it.</summary>
    public int QuarterUncertaintyPermille { get; set; } = 20;

    /// <summary>The country's factor of 2023, until a table comes.</summary>
    public void UseDefault()
    {
        Years = new int[] { 2023 };
        YearMicrogramsPerKwh = new int[] { DefaultMicrogramsPerKwh };
        IsRegional = false;
    }

    /// <summary>Takes the factors of a local day, 96, each 0 or above; two days are held. They come as a command
    /// carries them: 4 bytes a factor, low byte first. False, and nothing changes: one is below 0, or both days held
    /// are wanted more.</summary>
    /// <param name="localDayNumber">Days since 1970-01-01.</param>
    /// <param name="today">The local day now: its factors and tomorrow's give way to none; <see cref="DayLists.NoDay"/>
    /// without a calendar.</param>
    /// <param name="bytes">Holds them.</param>
    /// <param name="offset">The first.</param>
    public bool TrySetDay(long localDayNumber, long today, byte[] bytes, int offset)
    {
        for (int i = 0; i < QuartersPerDay; i++)
        {
            if (LittleEndian.ReadInt32(bytes, offset + 4 * i) < 0)
            {
                return false;
            }
        }

        int place = PlaceFor(localDayNumber, today);
        for (int i = 0; i < QuartersPerDay && place >= 0; i++)
        {
            _quarters[place * QuartersPerDay + i] = LittleEndian.ReadInt32(bytes, offset + 4 * i);
        }

        return place >= 0;
    }

    /// <summary>The factor at a local second, and its uncertainty.</summary>
    public int At(long localSeconds, out int uncertaintyPermille)
    {
        long day = CivilTime.FloorDivide(localSeconds, CivilTime.SecondsPerDay);
        uncertaintyPermille = QuarterUncertaintyPermille;
        int quarter = (int)(localSeconds - day * CivilTime.SecondsPerDay) / QuarterSeconds;
        for (int place = 0; place < DayCount; place++)
        {
            if (_days[place] == day)
            {
                return _quarters[place * QuartersPerDay + quarter];
            }
        }

        uncertaintyPermille = YearUncertaintyPermille;
        return YearMicrogramsPerKwh[IndexAt(localSeconds, out int _)];
    }

    /// <summary>Whether a local day's own quarter hours hold at this second.</summary>
    public bool HasQuarters(long localSeconds)
    {
        long day = CivilTime.FloorDivide(localSeconds, CivilTime.SecondsPerDay);
        return _days[0] == day || _days[1] == day;
    }

    /// <summary>Which of <see cref="Years"/> holds at a local second: the newest that is not later, else the
    /// first.</summary>
    /// <param name="localSeconds">Local time as seconds since 1970.</param>
    /// <param name="year">The calendar's year: another one than the factor's is a fallback.</param>
    public int IndexAt(long localSeconds, out int year)
    {
        _date.Set(localSeconds);
        year = _date.Year;
        int index = 0;
        while (index + 1 < Years.Length && Years[index + 1] <= year)
        {
            index++;
        }

        return index;
    }

    private int PlaceFor(long localDayNumber, long today)
    {
        int place = DayLists.PlaceFor(_days, localDayNumber, today);
        if (place >= 0)
        {
            _days[place] = localDayNumber;
        }

        return place;
    }
}
