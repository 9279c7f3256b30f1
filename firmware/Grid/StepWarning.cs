using MeterFirmware.Basics;

namespace MeterFirmware.Grid;

/// <summary>
/// A warning in steps: a level is reached when the value was at its limit for the delay, and left when it was below by
/// the hysteresis for as long. A value that swings about a limit gives one warning.
/// </summary>
public sealed class StepWarning
{
    private readonly int[] _limits;
    private readonly int _hysteresis;
    private readonly int _delayMs;
    private long _sinceMs = -1;
    private bool _isRising;

    /// <param name="limits">Rising, in the value's unit.</param>
    public StepWarning(int[] limits, int hysteresis, int delayMs)
    {
        for (int i = 1; i < limits.Length; i++)
        {
            Invariant.Require(limits[i] > limits[i - 1], "the limits of a warning rise");
        }

        _limits = limits;
        _hysteresis = hysteresis;
        _delayMs = delayMs;
    }

    /// <summary>Limits that are reached; 0 = no warning.</summary>
    public int Level { get; private set; }

    /// <summary>Takes a value. True: the level changed.</summary>
    public bool Tick(long nowMs, int value)
    {
        bool isRising = Level < _limits.Length && value >= _limits[Level];
        bool isFalling = Level > 0 && value < _limits[Level - 1] - _hysteresis;
        if (!isRising && !isFalling)
        {
            _sinceMs = -1;
            return false;
        }

        if (_sinceMs < 0 || _isRising != isRising)
        {
            _sinceMs = nowMs;
            _isRising = isRising;
        }

        if (nowMs - _sinceMs < _delayMs)
        {
            return false;
        }

        // The clock goes on: a value that is above two limits reaches the second one with the next tick.
        Level += isRising ? 1 : -1;
        return true;
    }
}
