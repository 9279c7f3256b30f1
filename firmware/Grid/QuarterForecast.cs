using MeterFirmware.Basics;

namespace MeterFirmware.Grid;

/// <summary>
/// Load of each quarter hour of the next day, by day type, out of the last days of that type: the mean, the greatest,
/// and by how much the mean was wrong of late. 4.5 KB of heap.
/// </summary>
public sealed class QuarterForecast
{
    public const int Quarters = 96;

    /// <summary>Working days.</summary>
    public const int WorkDay = 0;

    /// <summary>Weekends and holidays.</summary>
    public const int RestDay = 1;

    public const int DayTypes = 2;

    /// <summary>Days of a type that are remembered.</summary>
    public const int DaysMax = 4;

    /// <summary>Of <see cref="Save"/>.</summary>
    public const int StateBytes = DayTypes * Quarters * (DaysMax + 2) * 4;

    private const int Slots = DayTypes * Quarters;

    private readonly int[] _watts = new int[Slots * DaysMax];
    private readonly int[] _errors = new int[Slots];
    private readonly int[] _counts = new int[Slots];

    /// <summary>A quarter hour is over.</summary>
    /// <param name="quarter">Of the local day, from 0.</param>
    /// <param name="watts">Its mean power.</param>
    public void Add(int dayType, int quarter, int watts)
    {
        Invariant.Require(dayType >= 0 && dayType < DayTypes && quarter >= 0 && quarter < Quarters, "a quarter hour");
        int slot = dayType * Quarters + quarter;
        if (TryGet(dayType, quarter, out int forecast, out _, out int error))
        {
            int off = watts > forecast ? watts - forecast : forecast - watts;
            _errors[slot] = _counts[slot] == 1 ? off : error + (off - error) / DaysMax;
        }

        _watts[slot * DaysMax + _counts[slot] % DaysMax] = watts;
        _counts[slot]++;

        // The count goes round in whole turns, and never back to what is too few.
        _counts[slot] = _counts[slot] == 3 * DaysMax ? 2 * DaysMax : _counts[slot];
    }

    /// <summary>What is expected. False: no day of the type has had this quarter hour.</summary>
    /// <param name="greatestWatts">The greatest of the last days.</param>
    /// <param name="errorWatts">How far the forecast was off of late, on average; 0 while one day is known.</param>
    public bool TryGet(int dayType, int quarter, out int watts, out int greatestWatts, out int errorWatts)
    {
        int slot = dayType * Quarters + quarter;
        int days = Numbers.Least(_counts[slot], DaysMax);
        long sum = 0;
        greatestWatts = days > 0 ? _watts[slot * DaysMax] : 0;
        for (int day = 0; day < days; day++)
        {
            int one = _watts[slot * DaysMax + day];
            sum += one;
            greatestWatts = Numbers.Greatest(greatestWatts, one);
        }

        watts = days > 0 ? (int)Scaling.DivideRounded(sum, days) : 0;
        errorWatts = _errors[slot];
        return days > 0;
    }

    /// <summary>Writes all that is known; returns the offset behind it.</summary>
    public int Save(byte[] bytes, int offset)
    {
        offset = LittleEndian.WriteInts(bytes, offset, _watts);
        offset = LittleEndian.WriteInts(bytes, offset, _errors);
        return LittleEndian.WriteInts(bytes, offset, _counts);
    }

    /// <summary>False: too short, or no such state; nothing is taken.</summary>
    public bool TryLoad(byte[] bytes, int offset, int length)
    {
        int counts = offset + (_watts.Length + _errors.Length) * 4;
        if (length != StateBytes || offset + length > bytes.Length
            || LittleEndian.HasNegativeInt(bytes, offset + _watts.Length * 4, offset + length))
        {
            return false;
        }

        for (int at = counts; at < offset + length; at += 4)
        {
            if (LittleEndian.ReadInt32(bytes, at) >= 3 * DaysMax)
            {
                return false;
            }
        }

        offset = LittleEndian.ReadInts(bytes, offset, _watts);
        offset = LittleEndian.ReadInts(bytes, offset, _errors);
        LittleEndian.ReadInts(bytes, offset, _counts);
        return true;
    }
}
