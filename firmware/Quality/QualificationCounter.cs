namespace MeterFirmware.Quality;

/// <summary>Share of values inside their limits (GB/T 12325, 15945: qualification rate), with the extremes.</summary>
public sealed class QualificationCounter
{
    private int _lower;
    private int _upper;

    /// <param name="lower">Lowest value that is inside.</param>
    /// <param name="upper">Highest value that is inside.</param>
    public QualificationCounter(int lower, int upper)
    {
        SetLimits(lower, upper);
    }

    /// <summary>Values judged; flagged ones are not among them.</summary>
    public long Total { get; private set; }

    public long Above { get; private set; }

    public long Below { get; private set; }

    /// <summary>Lowest value judged; means nothing before the first.</summary>
    public int Minimum { get; private set; }

    /// <summary>Highest value judged; means nothing before the first.</summary>
    public int Maximum { get; private set; }

    /// <summary>Other limits for the values to come.</summary>
    public void SetLimits(int lower, int upper)
    {
        _lower = lower;
        _upper = upper;
    }

    public void Add(int value)
    {
        Minimum = Total == 0 || value < Minimum ? value : Minimum;
        Maximum = Total == 0 || value > Maximum ? value : Maximum;
        Total++;
        if (value > _upper)
        {
            Above++;
        }
        else if (value < _lower)
        {
            Below++;
        }
    }

    /// <summary>Qualification rate in hundredths of a percent, cut and not rounded up. False before the first
    /// value.</summary>
    public bool TryReadRate(out int hundredths)
    {
        hundredths = 0;
        if (Total == 0)
        {
            return false;
        }

        hundredths = (int)((Total - Above - Below) * 10_000 / Total);
        return true;
    }

    /// <summary>Begins a new period (day, month).</summary>
    public void Clear()
    {
        Total = 0;
        Above = 0;
        Below = 0;
        Minimum = 0;
        Maximum = 0;
    }
}
