namespace MeterFirmware.Grid;

/// <summary>
/// Sliding mean of each phase's voltage, over a window of steps: each step's mean is weighted by time. It is known once
/// the window is full; a gap in the readings begins it anew.
/// </summary>
public sealed class MeanVoltage
{
    public const int StepCountMax = 240;

    private readonly int[] _steps;
    private readonly long[] _sums;
    private readonly long[] _areas;
    private readonly int _phaseCount;
    private readonly int _stepCount;
    private readonly int _stepMs;
    private int _next;
    private int _filled;
    private int _ageMs;

    public MeanVoltage(int windowMs, int stepMs, int phaseCount)
    {
        _stepMs = stepMs;
        _stepCount = windowMs / stepMs;
        _phaseCount = phaseCount;
        _steps = new int[_stepCount * phaseCount];
        _sums = new long[phaseCount];
        _areas = new long[phaseCount];
    }

    /// <summary>Nothing is known any more.</summary>
    public void Forget()
    {
        _filled = 0;
        _next = 0;
        _ageMs = 0;
        for (int phase = 0; phase < _phaseCount; phase++)
        {
            _sums[phase] = 0;
            _areas[phase] = 0;
        }
    }

    /// <summary>Takes the voltages that held for some time. True: a step ended and the mean is known.</summary>
    /// <param name="highestMillivolts">The highest mean of all phases.</param>
    public bool Add(int elapsedMs, int[] millivolts, out int highestMillivolts)
    {
        highestMillivolts = 0;
        _ageMs += elapsedMs;
        for (int phase = 0; phase < _phaseCount; phase++)
        {
            _areas[phase] += (long)millivolts[phase] * elapsedMs;
        }

        if (_ageMs < _stepMs)
        {
            return false;
        }

        for (int phase = 0; phase < _phaseCount; phase++)
        {
            int at = _next * _phaseCount + phase;
            int mean = (int)(_areas[phase] / _ageMs);
            _sums[phase] += mean - (_filled == _stepCount ? _steps[at] : 0);
            _steps[at] = mean;
            _areas[phase] = 0;
            int sliding = (int)(_sums[phase] / _stepCount);
            highestMillivolts = sliding > highestMillivolts ? sliding : highestMillivolts;
        }

        _ageMs = 0;
        _next = _next + 1 < _stepCount ? _next + 1 : 0;
        _filled = _filled < _stepCount ? _filled + 1 : _stepCount;
        return _filled == _stepCount;
    }
}
