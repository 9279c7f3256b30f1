using MeterFirmware.Basics;

namespace MeterFirmware.Arbiter;

/// <summary>
/// Limits that hold in windows of time, each from a second on until another one, of several owners. Windows may
/// overlap: the least holds. Without the time nobody knows which hold, so all do that cannot be over yet.
/// </summary>
public sealed class LimitSchedule
{
    private const int WindowBytes = 21;

    private readonly byte[] _owners;
    private readonly long[] _fromUtc;
    private readonly long[] _untilUtc;
    private readonly int[] _values;

    /// <param name="windowsMax">1 to 255.</param>
    public LimitSchedule(int windowsMax)
    {
        Invariant.Require(windowsMax >= 1 && windowsMax <= byte.MaxValue, "a schedule has 1 to 255 windows");
        _owners = new byte[windowsMax];
        _fromUtc = new long[windowsMax];
        _untilUtc = new long[windowsMax];
        _values = new int[windowsMax];
    }

    /// <summary>Windows that are set, those that are over among them until <see cref="Forget"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Most bytes that <see cref="Save"/> writes.</summary>
    public int SavedBytesMax => 1 + _owners.Length * WindowBytes;

    public int OwnerOf(int window) => _owners[window];

    public long FromUtcOf(int window) => _fromUtc[window];

    public long UntilUtcOf(int window) => _untilUtc[window];

    public int ValueOf(int window) => _values[window];

    /// <summary>Adds a window. False: it ends before it begins, or there is no room.</summary>
    public bool TryAdd(int owner, long fromUtcSeconds, long untilUtcSeconds, int value)
    {
        if (untilUtcSeconds <= fromUtcSeconds || Count == _owners.Length)
        {
            return false;
        }

        _owners[Count] = (byte)owner;
        _fromUtc[Count] = fromUtcSeconds;
        _untilUtc[Count] = untilUtcSeconds;
        _values[Count] = value;
        Count++;
        return true;
    }

    /// <summary>Takes the newest window back.</summary>
    public void RemoveLast() => Count--;

    /// <summary>Removes an owner's windows. Returns how many there were; until the next change
    /// <see cref="PutBack"/> takes them back.</summary>
    public int Clear(int owner)
    {
        int before = Count;
        int kept = 0;
        for (int i = 0; i < before; i++)
        {
            if (_owners[i] != owner)
            {
                Exchange(i, kept++);
            }
        }

        Count = kept;
        return before - kept;
    }

    /// <summary>Takes back so many windows that <see cref="Clear"/> has just removed.</summary>
    public void PutBack(int windows) => Count += windows;

    /// <summary>Removes the windows that are over.</summary>
    public void Forget(long utcSeconds)
    {
        for (int i = Count - 1; i >= 0; i--)
        {
            if (_untilUtc[i] <= utcSeconds)
            {
                Count--;
                Exchange(i, Count);
            }
        }
    }

    /// <summary>The least of an owner's windows that hold; <see cref="LimitSet.None"/>: none does.</summary>
    /// <param name="isTimed">False: the time is not known, and all that are not over count.</param>
    /// <param name="utcSeconds">Now; without the time the earliest that it can be.</param>
    public int LeastOf(int owner, bool isTimed, long utcSeconds)
    {
        int least = LimitSet.None;
        for (int i = 0; i < Count; i++)
        {
            bool holds = utcSeconds < _untilUtc[i] && (!isTimed || utcSeconds >= _fromUtc[i]);
            if (_owners[i] == owner && holds && _values[i] < least)
            {
                least = _values[i];
            }
        }

        return least;
    }

    /// <summary>Writes the windows; returns the offset behind them.</summary>
    public int Save(byte[] bytes, int offset)
    {
        bytes[offset] = (byte)Count;
        int at = offset + 1;
        for (int i = 0; i < Count; i++, at += WindowBytes)
        {
            bytes[at] = _owners[i];
            LittleEndian.WriteInt64(bytes, at + 1, _fromUtc[i]);
            LittleEndian.WriteInt64(bytes, at + 9, _untilUtc[i]);
            LittleEndian.WriteInt32(bytes, at + 17, _values[i]);
        }

        return at;
    }

    /// <summary>Reads what <see cref="Save"/> wrote. False, and nothing changes: it is cut, or has more
    /// windows.</summary>
    public bool TryLoad(byte[] bytes, int offset, int count)
    {
        if (count < 1 || bytes[offset] > _owners.Length || count < 1 + bytes[offset] * WindowBytes)
        {
            return false;
        }

        Count = 0;
        int windows = bytes[offset];
        for (int at = offset + 1; windows > 0; windows--, at += WindowBytes)
        {
            TryAdd(bytes[at], LittleEndian.ReadInt64(bytes, at + 1), LittleEndian.ReadInt64(bytes, at + 9),
                LittleEndian.ReadInt32(bytes, at + 17));
        }

        return true;
    }

    private void Exchange(int one, int other)
    {
        byte owner = _owners[one];
        long fromUtc = _fromUtc[one];
        long untilUtc = _untilUtc[one];
        int value = _values[one];
        _owners[one] = _owners[other];
        _fromUtc[one] = _fromUtc[other];
        _untilUtc[one] = _untilUtc[other];
        _values[one] = _values[other];
        _owners[other] = owner;
        _fromUtc[other] = fromUtc;
        _untilUtc[other] = untilUtc;
        _values[other] = value;
    }
}
