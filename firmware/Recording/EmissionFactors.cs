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
    private readonly int[] _today = new int[QuartersPerDay];
    private readonly int[] _next = new int[QuartersPerDay];
    private readonly CivilTime _date = new CivilTime();
    private long _todayNumber = long.MinValue;
    private long _nextNumber = long.MinValue;

    /// <summary>Years, ascending, and their factors. The first factor also serves before its year and without a calendar.
    /// Default: China 2023, 0.5306 kg/kWh (facts/metering-rules.md, "grid emission factor": check).</summary>
    public int[] Years { get; set; } = { 2023 };

    public int[] YearMicrogramsPerKwh { get; set; } = { 530_600_000 };

    /// <summary>Expanded uncertainty of a year's factor, permille of it.</summary>
    public int YearUncertaintyPermille { get; set; } = 50;

    /// <summary>Expanded uncertainty of a quarter hour's factor, permille of it.</summary>
    public int QuarterUncertaintyPermille { get; set; } = 20;

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
        _date.Set(localSeconds);
        int index = 0;
        while (index + 1 < Years.Length && Years[index + 1] <= _date.Year)
        {
            index++;
        }

        return YearMicrogramsPerKwh[index];
    }
}
