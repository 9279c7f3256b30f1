namespace MeterFirmware.Tools.HeadEnds;

/// <summary>Which numbers of one device are settled: a prefix without holes, and what came ahead of it.</summary>
internal sealed class Progress
{
    private readonly SortedDictionary<long, long> _ahead = [];

    /// <summary>Every number up to this is settled.</summary>
    public long Settled { get; private set; }

    /// <summary>Settles the numbers from first to last.</summary>
    public void Add(long first, long last)
    {
        if (last <= Settled)
        {
            return;
        }

        if (first > Settled + 1)
        {
            // Keep the longer of two ranges with one start; overlaps do no harm.
            if (!_ahead.TryGetValue(first, out long known) || known < last)
            {
                _ahead[first] = last;
            }

            return;
        }

        Settled = last;
        while (_ahead.Count > 0)
        {
            KeyValuePair<long, long> next = _ahead.First();
            if (next.Key > Settled + 1)
            {
                return;
            }

            _ahead.Remove(next.Key);
            Settled = Math.Max(Settled, next.Value);
        }
    }
}
