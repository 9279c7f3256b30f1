namespace MeterFirmware.Commands;

/// <summary>
/// Which message numbers of one sender were taken: the highest, and a bit for each of the 63 below it. What lies
/// further below counts as taken. (The sliding window of RFC 4303, section 3.4.3.)
/// </summary>
public sealed class ReplayWindow
{
    public const int WindowNumbers = 64;

    /// <summary>Highest number taken; 0: none.</summary>
    public long Highest { get; private set; }

    /// <summary>Bit i: the number Highest − i was taken.</summary>
    public long Taken { get; private set; }

    /// <summary>True when the number, 1 or above, may still be taken.</summary>
    public bool IsFresh(long number)
    {
        if (number < 1)
        {
            return false;
        }

        long behind = Highest - number;
        return behind < 0 || (behind < WindowNumbers && ((Taken >> (int)behind) & 1) == 0);
    }

    /// <summary>True when the number is known to have been taken; what lies below the window may never have
    /// been.</summary>
    public bool IsTaken(long number)
    {
        long behind = Highest - number;
        return behind >= 0 && behind < WindowNumbers && ((Taken >> (int)behind) & 1) != 0;
    }

    /// <summary>Takes a fresh number.</summary>
    public void Take(long number)
    {
        long ahead = number - Highest;
        if (ahead > 0)
        {
            Taken = ahead >= WindowNumbers ? 1 : (Taken << (int)ahead) | 1;
            Highest = number;
            return;
        }

        Taken |= 1L << (int)-ahead;
    }

    public void Restore(long highest, long taken)
    {
        Highest = highest;
        Taken = taken;
    }
}
