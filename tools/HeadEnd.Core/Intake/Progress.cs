namespace MeterFirmware.Tools.HeadEnds.Intake;

/// <summary>Which numbers of one device are settled: a prefix without holes, and what came ahead of it; and which
/// numbers it can have given out at all.</summary>
internal sealed class Progress
{
    private readonly SortedDictionary<long, long> _ahead = [];

    /// <summary>Every number up to this is settled.</summary>
    public long Settled { get; private set; }

    /// <summary>The next record's number as the newest birth told it; 0: no birth told it yet.</summary>
    public long Next { get; private set; }

    /// <summary>Highest number that a record or a gap brought.</summary>
    public long Highest { get; private set; }

    /// <summary>False: a will is all that came yet.</summary>
    public bool IsBegun => Settled > 0 || Next > 0 || Highest > 0;

    /// <summary>Takes what a birth says.</summary>
    public void NoteNext(long next) => Next = next > 0 ? next : Next;

    /// <summary>Takes the number of a record or the end of a gap.</summary>
    public void NoteHighest(long number) => Highest = Math.Max(Highest, number);

    /// <summary>False: nothing under this number can have come yet.</summary>
    public bool IsKnown(long number) => number <= Math.Max(Settled, Highest);

    /// <summary>Why a message with these numbers cannot be; null: it can.</summary>
    /// <param name="number">The record's number, or the end of the gap.</param>
    /// <param name="acknowledged">What the device calls settled.</param>
    /// <param name="isGap">Of a stranger a record shows where it counts, for it is there; a gap is only a word.</param>
    public string? Problem(long number, long acknowledged, bool isGap)
    {
        long known = Math.Max(Math.Max(Next - 1, Highest), 0);
        if ((known > 0 || isGap) && number > known + Bounds.NumbersAheadMax)
        {
            return $"number {number}, at most {known + Bounds.NumbersAheadMax} was expected: "
                + $"the newest known is {known}";
        }

        // A device cannot have settled what it has not given out; of a stranger this record is all that is known.
        if (acknowledged > Math.Max(known, number - 1))
        {
            return $"'acknowledged' is {acknowledged}, at most {Math.Max(known, number - 1)} was expected";
        }

        return _ahead.Count >= Bounds.RangesAheadMax && number > Settled + 1
            ? $"number {number}: {_ahead.Count} holes are open already, the first at {Settled + 1}" : null;
    }

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
