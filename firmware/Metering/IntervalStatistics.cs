namespace MeterFirmware.Metering;

/// <summary>Mean, lowest and highest of one quantity over an interval, in the quantity's own integer unit.</summary>
internal sealed class IntervalStatistics
{
    private long _sum;
    private int _count;

    public int Minimum { get; private set; }

    public int Maximum { get; private set; }

    /// <summary>Mean, rounded to the nearest; 0 when nothing was added.</summary>
    public int Mean => _count == 0 ? 0 : (int)Basics.Scaling.DivideRounded(_sum, _count);

    public void Clear()
    {
        _sum = 0;
        _count = 0;
        Minimum = 0;
        Maximum = 0;
    }

    public void Add(int value)
    {
        if (_count == 0 || value < Minimum)
        {
            Minimum = value;
        }

        if (_count == 0 || value > Maximum)
        {
            Maximum = value;
        }

        _sum += value;
        _count++;
    }
}
