using MeterFirmware.Basics;

namespace MeterFirmware.Drivers.AnalogInputs;

/// <summary>A voltage behind an ADC, through two points that were measured at commissioning: counts, and the true
/// mV.</summary>
public sealed class LinearInput
{
    private readonly int _countsA;
    private readonly int _millivoltsA;
    private readonly int _countsSpan;
    private readonly int _millivoltsSpan;

    /// <param name="countsA">ADC counts at the first point.</param>
    /// <param name="millivoltsA">What a voltmeter showed there.</param>
    /// <param name="countsB">Counts at the second point, at least 100 away.</param>
    /// <param name="millivoltsB">What a voltmeter showed there.</param>
    public LinearInput(int countsA, int millivoltsA, int countsB, int millivoltsB)
    {
        int distance = countsB > countsA ? countsB - countsA : countsA - countsB;
        Invariant.Require(distance >= 100, "analog input: two calibration points at least 100 counts apart");
        _countsA = countsA;
        _millivoltsA = millivoltsA;
        _countsSpan = countsB - countsA;
        _millivoltsSpan = millivoltsB - millivoltsA;
    }

    /// <summary>mV at the input, rounded.</summary>
    public int Millivolts(int counts)
    {
        long scaled = (long)(counts - _countsA) * _millivoltsSpan * 2 / _countsSpan;
        return _millivoltsA + (int)((scaled + (scaled < 0 ? -1 : 1)) / 2);
    }
}
