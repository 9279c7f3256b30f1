namespace MeterFirmware.Quality;

/// <summary>
/// 95 % probability value without keeping the values: counts in bins of equal width. GB/T 14549 and GB/T 15543 judge
/// the value that 95 % of the readings do not exceed.
/// </summary>
public sealed class Percentile
{
    private readonly int[] _bins;
    private readonly int _binWidth;

    /// <param name="binWidth">Width of a bin in the value's unit; the result is right to this width, upwards.</param>
    /// <param name="binCount">Bins from 0 up; larger values count in the last.</param>
    public Percentile(int binWidth, int binCount)
    {
        _binWidth = binWidth;
        _bins = new int[binCount];
    }

    public long Total { get; private set; }

    /// <summary>Highest value since the last clear, for limits that no value may pass.</summary>
    public int Maximum { get; private set; }

    /// <summary>A value of 0 or above.</summary>
    public void Add(int value)
    {
        // A bin holds its upper edge: a value that is exactly a limit keeps it.
        int bin = (value - 1) / _binWidth;
        _bins[value <= 0 ? 0 : bin >= _bins.Length ? _bins.Length - 1 : bin]++;
        Maximum = value > Maximum ? value : Maximum;
        Total++;
    }

    /// <summary>The upper edge of the bin below or in which at least <paramref name="permille"/> of the values
    /// lie.</summary>
    public bool TryRead(int permille, out int value)
    {
        value = 0;
        if (Total == 0)
        {
            return false;
        }

        long needed = (Total * permille + 999) / 1000;
        long seen = 0;
        for (int i = 0; i < _bins.Length; i++)
        {
            seen += _bins[i];
            if (seen >= needed)
            {
                value = (i + 1) * _binWidth;
                return true;
            }
        }

        return false;
    }

    public void Clear()
    {
        Total = 0;
        Maximum = 0;
        for (int i = 0; i < _bins.Length; i++)
        {
            _bins[i] = 0;
        }
    }
}
