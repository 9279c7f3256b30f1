using MeterFirmware.Hardware;

namespace MeterFirmware.Storage;

/// <summary>
/// Finds records by number. Each lane has one cursor, so that reading in order touches every record once and needs no
/// index per record.
/// </summary>
public sealed class JournalReader
{
    private readonly BlockTable _blocks;
    private readonly RecordWalker _walker;

    // For each lane: no record has a number in [_from, _number), and the record _number lies at _position of _block.
    private readonly long[] _from;
    private readonly long[] _number;
    private readonly int[] _block;
    private readonly int[] _position;

    /// <param name="blocks">Which numbers each block holds.</param>
    /// <param name="walker">Others walk with it between two calls.</param>
    /// <param name="laneCount">Lanes of the layout.</param>
    public JournalReader(BlockTable blocks, RecordWalker walker, int laneCount)
    {
        _blocks = blocks;
        _walker = walker;
        _from = new long[laneCount];
        _number = new long[laneCount];
        _block = new int[laneCount];
        _position = new int[laneCount];
        Forget();
    }

    /// <summary>Header and payload of the record that <see cref="TryLoad"/> read.</summary>
    public byte[] Buffer => _walker.Buffer;

    public int PayloadBytes => _walker.PayloadBytes;

    public int Kind => _walker.Kind;

    /// <summary>Number of the newest record of a kind, by a walk through its lane; 0: none.</summary>
    public long FindNewest(int kind, int lane)
    {
        long newest = 0;
        for (int block = 0; block < _blocks.Count; block++)
        {
            if (!_blocks.HoldsRecords(block) || _blocks.LaneOf(block) != lane || _blocks.LastOf(block) <= newest)
            {
                continue;
            }

            _walker.Start(block, BlockHeader.Bytes, _blocks.UsedBytesOf(block));
            while (_walker.TryNext())
            {
                newest = _walker.Kind == kind && _walker.Number > newest ? _walker.Number : newest;
            }
        }

        return newest;
    }

    /// <summary>Drops all cursors: blocks have changed.</summary>
    public void Forget()
    {
        for (int lane = 0; lane < _from.Length; lane++)
        {
            Forget(lane);
        }
    }

    public void Forget(int lane)
    {
        _from[lane] = long.MaxValue;
        _number[lane] = long.MaxValue;
        _block[lane] = -1;
        _position[lane] = 0;
    }

    /// <summary>Tells of a record that was appended, so that a cursor at the lane's end finds it without a
    /// search.</summary>
    public void NoteAppended(int lane, int block, int position, long number)
    {
        if (_from[lane] <= number && _number[lane] == long.MaxValue)
        {
            _number[lane] = number;
            _block[lane] = block;
            _position[lane] = position;
        }
    }

    /// <summary>The lowest readable number from <paramref name="from"/> on. False: there is none.</summary>
    public bool TryFind(long from, out long number)
    {
        number = long.MaxValue;
        for (int lane = 0; lane < _from.Length; lane++)
        {
            Seek(lane, from);
            if (_number[lane] < number)
            {
                number = _number[lane];
            }
        }

        return number != long.MaxValue;
    }

    /// <summary>Reads one record into <see cref="Buffer"/>. False: it is not there, or no longer whole.</summary>
    public bool TryLoad(long number)
    {
        for (int lane = 0; lane < _from.Length; lane++)
        {
            Seek(lane, number);
            if (_number[lane] == number)
            {
                _walker.Start(_block[lane], _position[lane], _blocks.UsedBytesOf(_block[lane]));
                if (_walker.TryNext() && _walker.Number == number && _walker.Kind != RecordFormat.MarkKind)
                {
                    return true;
                }

                // Damaged since it was found.
                Forget(lane);
            }
        }

        return false;
    }

    private void Seek(int lane, long from)
    {
        if (_from[lane] <= from && from <= _number[lane])
        {
            return;
        }

        int cursorBlock = _block[lane];
        int cursorPosition = _position[lane];
        bool isBehind = cursorBlock >= 0 && _number[lane] < from;
        long reach = from;
        _from[lane] = from;
        while (true)
        {
            int block = _blocks.BlockReaching(lane, reach);
            if (block < 0)
            {
                _number[lane] = long.MaxValue;
                _block[lane] = -1;
                return;
            }

            int start = isBehind && block == cursorBlock ? cursorPosition : BlockHeader.Bytes;
            if (FindIn(lane, block, start, from))
            {
                return;
            }

            // The block's last record was damaged after the start; the next block may hold more.
            reach = _blocks.LastOf(block) + 1;
        }
    }

    private bool FindIn(int lane, int block, int start, long from)
    {
        _walker.Start(block, start, _blocks.UsedBytesOf(block));
        while (_walker.TryNext())
        {
            if (_walker.Number >= from && _walker.Kind != RecordFormat.MarkKind)
            {
                _number[lane] = _walker.Number;
                _block[lane] = block;
                _position[lane] = _walker.Position;
                return true;
            }
        }

        return false;
    }
}
