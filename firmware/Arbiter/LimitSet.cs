using MeterFirmware.Basics;

namespace MeterFirmware.Arbiter;

/// <summary>
/// Limits of one quantity by several sources: the least of all that hold counts. Each source has one limit, with an end
/// of its own; whoever does not renew it in time no longer limits. A product numbers its sources; a new one is a new
/// number, no new rule.
/// </summary>
public sealed class LimitSet
{
    /// <summary>No source limits anything.</summary>
    public const int None = int.MaxValue;

    /// <summary>The end of a limit that holds until it is set anew.</summary>
    public const long Always = long.MaxValue;

    private readonly int[] _values;
    private readonly long[] _endsMs;

    /// <param name="sourceCount">Sources, numbered from 0.</param>
    public LimitSet(int sourceCount)
    {
        Invariant.Require(sourceCount >= 1, "a limit has a source");
        _values = new int[sourceCount];
        _endsMs = new long[sourceCount];
    }

    /// <summary>Sets a source's limit, in place of the one that it had.</summary>
    /// <param name="endMs">Monotonic ms from which on it no longer holds; <see cref="Always"/>: until it is set
    /// anew.</param>
    public void Set(int source, int value, long endMs)
    {
        _values[source] = value;
        _endsMs[source] = endMs;
    }

    /// <summary>The source limits nothing any more.</summary>
    public void Clear(int source) => _endsMs[source] = 0;

    /// <summary>The source's limit holds now.</summary>
    public bool Holds(int source, long nowMs) => nowMs < _endsMs[source];

    /// <summary>The least limit that holds now; <see cref="None"/>: nobody limits.</summary>
    /// <param name="source">Whose it is, the first of several; −1: nobody's.</param>
    public int Least(long nowMs, out int source) => Least(nowMs, 0, _values.Length, out source);

    /// <summary>The same of some sources only.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="end">The first that is none of them.</param>
    /// <param name="source">Whose it is, the first of several; −1: nobody's.</param>
    public int Least(long nowMs, int first, int end, out int source)
    {
        source = -1;
        int least = None;
        for (int i = first; i < end; i++)
        {
            if (nowMs < _endsMs[i] && (source < 0 || _values[i] < least))
            {
                source = i;
                least = _values[i];
            }
        }

        return least;
    }
}
