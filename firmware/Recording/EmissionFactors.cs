using MeterFirmware.Basics;

namespace MeterFirmware.Recording;

/// <summary>
/// The emission factor of imported energy, micrograms of CO2 per kWh: a day's quarter hours when the head-end has sent them,
/// else the newest year's that is not later than now, else the default. Each with its expanded uncertainty (k = 2).
/// </summary>
public sealed class EmissionFactors
{
    public const int QuartersPerDay = 96;
    private const int QuarterSeconds = 900;
    private const int DefaultMicrogramsPerKwh = 530_600_000;
    private readonly int[] _today = new int[QuartersPerDay];
    private readonly int[] _next = new int[QuartersPerDay];
    private readonly CivilTime _date = new CivilTime();
    private long _todayNumber = long.MinValue;
    private long _nextNumber = long.MinValue;

    /// <summary>Years, ascending, and their factors. The first factor also serves before its year and without a calendar.
    /// Default: China 2023, 0.5306 kg/kWh (facts/metering-rules.md, "grid emission factor": check).</summary>
    public int[] Years { get; set; } = { 2023 };

    public int[] YearMicrogramsPerKwh { get; set; } = { DefaultMicrogramsPerKwh };

    /// <summary>The meter's own region, <see cref="RegionTable"/>; empty: none was set, the country's factors hold.</summary>
    public string Region { get; set; } = "";

    /// <summary>True: the years are the region's own. False: the country's, or those that were set without a table.</summary>
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

    /// <summary>Takes the factors of a local day (days since 1970-01-01), 96, each 0 or above. Two days are held, today's
    /// and the next; an older one gives way. False: not 96, or one below 0; nothing changes.</summary>
    public bool TrySetDay(long localDayNumber, int[] microgramsPerKwh)
    {
        if (microgramsPerKwh.Length != QuartersPerDay)
        {
            return false;
        }

        for (int i = 0; i < QuartersPerDay; i++)
        {
            if (microgramsPerKwh[i] < 0)
            {
                return false;
            }
        }

        int[] target = TargetOf(localDayNumber);
        for (int i = 0; i < QuartersPerDay; i++)
        {
            target[i] = microgramsPerKwh[i];
        }

        return true;
    }

    /// <summary>The same from bytes, as a command carries them: 4 bytes a factor, low byte first.</summary>
    public bool TrySetDay(long localDayNumber, byte[] bytes, int offset)
    {
        for (int i = 0; i < QuartersPerDay; i++)
        {
            if (LittleEndian.ReadInt32(bytes, offset + 4 * i) < 0)
            {
                return false;
            }
        }

        int[] target = TargetOf(localDayNumber);
        for (int i = 0; i < QuartersPerDay; i++)
        {
            target[i] = LittleEndian.ReadInt32(bytes, offset + 4 * i);
        }

        return true;
    }

    private int[] TargetOf(long localDayNumber)
    {
        bool replacesToday = localDayNumber == _todayNumber || (localDayNumber != _nextNumber && _todayNumber < _nextNumber);
        _todayNumber = replacesToday ? localDayNumber : _todayNumber;
        _nextNumber = replacesToday ? _nextNumber : localDayNumber;
        return replacesToday ? _today : _next;
    }

    /// <summary>The factor at a local second, and its uncertainty.</summary>
    public int At(long localSeconds, out int uncertaintyPermille)
    {
        long day = CivilTime.FloorDivide(localSeconds, CivilTime.SecondsPerDay);
        uncertaintyPermille = QuarterUncertaintyPermille;
        int quarter = (int)(localSeconds - day * CivilTime.SecondsPerDay) / QuarterSeconds;
        if (day == _todayNumber)
        {
            return _today[quarter];
        }

        if (day == _nextNumber)
        {
            return _next[quarter];
        }

        uncertaintyPermille = YearUncertaintyPermille;
        return YearMicrogramsPerKwh[IndexAt(localSeconds, out int _)];
    }

    /// <summary>Whether a local day's own quarter hours hold at this second.</summary>
    public bool HasQuarters(long localSeconds)
    {
        long day = CivilTime.FloorDivide(localSeconds, CivilTime.SecondsPerDay);
        return day == _todayNumber || day == _nextNumber;
    }

    /// <summary>Which of <see cref="Years"/> holds at a local second: the newest that is not later, else the first.</summary>
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
}
