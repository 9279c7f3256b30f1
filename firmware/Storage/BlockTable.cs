namespace MeterFirmware.Storage;

/// <summary>What the journal knows of each block: 23 bytes of packed arrays a block, nothing per record.</summary>
public sealed class BlockTable
{
    public const byte Free = 0;
    public const byte Open = 1;
    public const byte Closed = 2;

    /// <summary>Writing or erasing failed several times: not used again until the next start.</summary>
    public const byte Bad = 3;

    private readonly byte[] _state;
    private readonly byte[] _lane;
    private readonly byte[] _failures;
    private readonly int[] _usedBytes;
    private readonly int[] _erases;
    private readonly uint[] _opened;
    private readonly uint[] _first;
    private readonly uint[] _last;

    public BlockTable(int blockCount)
    {
        Count = blockCount;
        _state = new byte[blockCount];
        _lane = new byte[blockCount];
        _failures = new byte[blockCount];
        _usedBytes = new int[blockCount];
        _erases = new int[blockCount];
        _opened = new uint[blockCount];
        _first = new uint[blockCount];
        _last = new uint[blockCount];
    }

    public int Count { get; }

    public byte StateOf(int block) => _state[block];

    public int LaneOf(int block) => _lane[block];

    public int UsedBytesOf(int block) => _usedBytes[block];

    public int ErasesOf(int block) => _erases[block];

    /// <summary>Lowest record number in the block; 0 when it holds none.</summary>
    public long FirstOf(int block) => _first[block];

    /// <summary>Highest record number in the block; 0 when it holds none.</summary>
    public long LastOf(int block) => _last[block];

    public void SetState(int block, byte state) => _state[block] = state;

    /// <summary>Counts a failure of the block; returns how many there were since it last worked.</summary>
    public int NoteFailure(int block) => ++_failures[block];

    public void ClearFailures(int block) => _failures[block] = 0;

    public void SetUsedBytes(int block, int usedBytes) => _usedBytes[block] = usedBytes;

    public void SetErases(int block, int erases) => _erases[block] = erases;

    /// <summary>Makes a block the lane's; it holds no records yet.</summary>
    public void Begin(int block, int lane, long nextNumber, byte state)
    {
        _state[block] = state;
        _lane[block] = (byte)lane;
        _opened[block] = (uint)nextNumber;
        _first[block] = 0;
        _last[block] = 0;
    }

    public void NoteRecord(int block, long number)
    {
        if (_first[block] == 0 || number < _first[block])
        {
            _first[block] = (uint)number;
        }

        if (number > _last[block])
        {
            _last[block] = (uint)number;
        }
    }

    public void SetFree(int block)
    {
        _state[block] = Free;
        _first[block] = 0;
        _last[block] = 0;
        _usedBytes[block] = 0;
    }

    /// <summary>True when the block's records count.</summary>
    public bool HoldsRecords(int block) => (_state[block] == Open || _state[block] == Closed) && _last[block] != 0;

    /// <summary>Lowest number that a block holds, or <paramref name="limit"/> when none is below it.</summary>
    public long OldestBelow(long limit)
    {
        for (int i = 0; i < Count; i++)
        {
            limit = HoldsRecords(i) && _first[i] < limit ? _first[i] : limit;
        }

        return limit;
    }

    public int FreeCount
    {
        get
        {
            int count = 0;
            for (int i = 0; i < Count; i++)
            {
                count += _state[i] == Free ? 1 : 0;
            }

            return count;
        }
    }

    public int BlocksOf(int lane)
    {
        int count = 0;
        for (int i = 0; i < Count; i++)
        {
            count += (_state[i] == Open || _state[i] == Closed) && _lane[i] == lane ? 1 : 0;
        }

        return count;
    }

    /// <summary>The free block that was erased least often, which levels wear; −1 when none is free.</summary>
    public int LeastWornFree()
    {
        int best = -1;
        for (int i = 0; i < Count; i++)
        {
            if (_state[i] == Free && (best < 0 || _erases[i] < _erases[best]))
            {
                best = i;
            }
        }

        return best;
    }

    /// <summary>The lane's open block; −1 when none is.</summary>
    public int OpenOf(int lane)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_state[i] == Open && _lane[i] == lane)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The lane's closed block that was opened first; −1 when none is closed.</summary>
    public int OldestClosedOf(int lane)
    {
        int best = -1;
        for (int i = 0; i < Count; i++)
        {
            if (_state[i] == Closed && _lane[i] == lane && (best < 0 || _opened[i] < _opened[best]))
            {
                best = i;
            }
        }

        return best;
    }

    /// <summary>The lane's block that was opened last, whatever its state; −1 when it has none.</summary>
    public int NewestOf(int lane)
    {
        int best = -1;
        for (int i = 0; i < Count; i++)
        {
            bool isLanes = (_state[i] == Open || _state[i] == Closed) && _lane[i] == lane;
            if (isLanes && (best < 0 || _opened[i] > _opened[best]
                || (_opened[i] == _opened[best] && _last[i] > _last[best])))
            {
                best = i;
            }
        }

        return best;
    }

    /// <summary>The lane's block with the lowest last number that is at least <paramref name="number"/>; −1 when
    /// none.</summary>
    public int BlockReaching(int lane, long number)
    {
        int best = -1;
        for (int i = 0; i < Count; i++)
        {
            if (HoldsRecords(i) && _lane[i] == lane && _last[i] >= number && (best < 0 || _last[i] < _last[best]))
            {
                best = i;
            }
        }

        return best;
    }
}
