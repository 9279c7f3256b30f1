namespace MeterFirmware.Storage;

/// <summary>
/// A bounded set of number ranges. Ranges that touch become one; when there are too many, the two that lie closest
/// become one, over what lies between them.
/// </summary>
public sealed class NumberRanges
{
    private readonly long[] _first;
    private readonly long[] _last;

    public NumberRanges(int countMax)
    {
        _first = new long[countMax + 1];
        _last = new long[countMax + 1];
    }

    public int Count { get; private set; }

    public void Clear() => Count = 0;

    public void Add(long first, long last)
    {
        int at = 0;
        while (at < Count && _first[at] <= first)
        {
            at++;
        }

        for (int i = Count; i > at; i--)
        {
            _first[i] = _first[i - 1];
            _last[i] = _last[i - 1];
        }

        _first[at] = first;
        _last[at] = last;
        Count++;
        for (int i = Count - 2; i >= 0; i--)
        {
            if (_last[i] + 1 >= _first[i + 1])
            {
                Join(i);
            }
        }

        if (Count == _first.Length)
        {
            JoinClosest();
        }
    }

    /// <summary>The last number of the range that holds this one; below it when none does.</summary>
    public long CoveredUpTo(long number)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_first[i] <= number && number <= _last[i])
            {
                return _last[i];
            }
        }

        return number - 1;
    }

    /// <summary>The first number of the next range behind this one; the largest number when there is none.</summary>
    public long NextStartAfter(long number)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_first[i] > number)
            {
                return _first[i];
            }
        }

        return long.MaxValue;
    }

    private void JoinClosest()
    {
        int best = 0;
        for (int i = 1; i + 1 < Count; i++)
        {
            if (_first[i + 1] - _last[i] < _first[best + 1] - _last[best])
            {
                best = i;
            }
        }

        Join(best);
    }

    private void Join(int index)
    {
        if (_last[index + 1] > _last[index])
        {
            _last[index] = _last[index + 1];
        }

        for (int i = index + 1; i + 1 < Count; i++)
        {
            _first[i] = _first[i + 1];
            _last[i] = _last[i + 1];
        }

        Count--;
    }
}
