namespace MeterFirmware.Quality;

/// <summary>Frequency over an interval: whole cycles over their duration (IEC 61000-4-30, 5.1.1), crossings
/// interpolated between samples.</summary>
public sealed class FrequencyMeter
{
    private readonly int _sampleRateMillihertz;
    private readonly int _hysteresis;
    private readonly int _gapSamples;
    private bool _isArmed;
    private int _last;
    private long _index;
    private long _cycles;
    private double _first;
    private double _latest;

    /// <param name="hysteresis">Sample units the wave must fall below zero before an upward crossing counts: more
    /// than harmonics and noise swing around the crossing.</param>
    public FrequencyMeter(int sampleRateMillihertz, int hysteresis)
    {
        _sampleRateMillihertz = sampleRateMillihertz;
        _hysteresis = hysteresis;

        // 50 ms: a cycle of 20 Hz.
        _gapSamples = sampleRateMillihertz / 20_000;
    }

    public void Add(int sample)
    {
        if (sample < -_hysteresis)
        {
            _isArmed = true;
        }
        else if (_isArmed && sample >= 0)
        {
            _isArmed = false;

            // Where the straight line between the two samples crosses zero.
            double at = _index - (double)sample / (sample - _last);
            if (_cycles == 0 || at - _latest > _gapSamples)
            {
                // The first one, or the first after an interruption: what lay in between is no cycle.
                _first = at;
                _cycles = 0;
            }

            _latest = at;
            _cycles++;
        }

        _last = sample;
        _index++;
    }

    /// <summary>Ends the interval (10 s) and begins the next. False: fewer than two crossings, no supply.</summary>
    public bool TryTake(out int millihertz)
    {
        millihertz = 0;
        bool good = _cycles >= 2 && _latest > _first;
        if (good)
        {
            millihertz = (int)((_cycles - 1) * (double)_sampleRateMillihertz / (_latest - _first) + 0.5);
        }

        // The last crossing begins the next interval, so no cycle is lost between two.
        _first = _latest - _index;
        _latest = _first;
        _cycles = _cycles > 0 ? 1 : 0;
        _index = 0;
        return good;
    }
}
