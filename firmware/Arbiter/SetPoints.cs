namespace MeterFirmware.Arbiter;

/// <summary>
/// Set-points (or modes) of one quantity by several sources: of those that hold, the first in the order of
/// <see cref="SetPointSource"/> is obeyed, whatever its value. A limit is no set-point: see <see cref="LimitSet"/>.
/// </summary>
public sealed class SetPoints
{
    private readonly int[] _values = new int[SetPointSource.Count];
    private readonly long[] _endsMs = new long[SetPointSource.Count];

    /// <summary>Sets what a source wants, in place of what it wanted before.</summary>
    /// <param name="endMs">Monotonic ms from which on it no longer holds.</param>
    public void Set(int source, int value, long endMs)
    {
        _values[source] = value;
        _endsMs[source] = endMs;
    }

    /// <summary>The source wants nothing any more.</summary>
    public void Clear(int source) => _endsMs[source] = 0;

    /// <summary>What is obeyed now. False: nobody wants anything.</summary>
    public bool TryGet(long nowMs, out int value, out int source)
    {
        for (source = 0; source < SetPointSource.Count; source++)
        {
            if (nowMs < _endsMs[source])
            {
                value = _values[source];
                return true;
            }
        }

        value = 0;
        return false;
    }
}
