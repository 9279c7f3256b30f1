using System;
using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Storage;

/// <summary>
/// Checkpoints in a few blocks of their own. States are appended to a block until it is full; then the next block, the
/// one that was erased longest ago, is erased. So the newest whole state is never the one at risk, and a block's erase
/// serves as many states as fit into it. Each state carries a sequence number and a CRC-32.
/// </summary>
public sealed class CheckpointStore : ICheckpointStore
{
    /// <summary>Length (2), sequence (4), check of these six (2), CRC-32 over all, the state and its position
    /// (4).</summary>
    public const int OverheadBytes = 12;

    /// <summary>Room for a state's head, and a piece of a state behind it.</summary>
    public const int WindowBytes = OverheadBytes + PieceBytes;

    private const int PieceBytes = 64;
    private const int SequenceAt = 2;
    private const int CheckAt = 6;
    private const int CrcAt = 8;

    private readonly IBlockStore _store;
    private readonly byte[] _window;
    private readonly int _stateBytesMax;
    private int _newestBlock = -1;
    private int _newestPosition;
    private int _newestBytes;
    private uint _sequence;
    private uint _lastSequence;
    private bool _isScanned;
    private bool _isOlder;
    private bool _mustChangeBlock;

    /// <param name="store">Two blocks or more, none shared with anything else.</param>
    /// <param name="stateBytesMax">Longest state in bytes.</param>
    /// <param name="window">Room of <see cref="WindowBytes"/> that other stores use too: nothing in it outlives a call.
    /// Null:
    /// room of its own.</param>
    public CheckpointStore(IBlockStore store, int stateBytesMax, byte[] window = null)
    {
        Invariant.Require(store.BlockCount >= 2, "checkpoints need two blocks or more");
        Invariant.Require(stateBytesMax <= 0xFFFF && OverheadBytes + stateBytesMax <= store.BlockBytes,
            "the longest state must fit into a block");
        _store = store;
        _stateBytesMax = stateBytesMax;
        _window = window == null ? new byte[WindowBytes] : window;
    }

    /// <summary>Erases since construction, for the wear report.</summary>
    public int Erases { get; private set; }

    /// <summary>Writes and erases that the store refused since construction.</summary>
    public int StoreFailures { get; private set; }

    /// <inheritdoc/>
    public bool TryWrite(byte[] state, int count)
    {
        if (!TryTake(state, count))
        {
            return false;
        }

        bool isWritten = TryAppend(state, count, false);
        Array.Copy(state, OverheadBytes, state, 0, count);
        return isWritten;
    }

    /// <inheritdoc/>
    public bool TryBegin(byte[] state, int count)
    {
        if (!TryTake(state, count))
        {
            return false;
        }

        int block = _newestBlock;
        for (int tries = 0; tries < _store.BlockCount; tries++)
        {
            if (TryPlace(ref block, count, tries))
            {
                BeginHead(state, _store.LengthOf(block));
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public int Carry(byte[] state, int done, int bytes)
    {
        int left = LittleEndian.ReadUInt16(state, 0) - done;
        bytes = bytes < left ? bytes : left;
        uint crc = (uint)LittleEndian.ReadInt32(state, CrcAt);
        LittleEndian.WriteInt32(state, CrcAt, (int)Crc32.Continue(crc, state, OverheadBytes + done, bytes));
        return done + bytes;
    }

    /// <inheritdoc/>
    public bool TryFinish(byte[] state) =>
        LittleEndian.ReadInt32(state, SequenceAt) == (int)_lastSequence
        && TryAppend(state, LittleEndian.ReadUInt16(state, 0), true);

    // Moves the state in the caller's array: one append makes it durable, and needs no second array.
    private bool TryTake(byte[] state, int count)
    {
        if (count < 0 || count > _stateBytesMax)
        {
            return false;
        }

        Invariant.Require(state.Length >= count + OverheadBytes, "no room for a checkpoint's head behind the state");
        Scan();
        Array.Copy(state, 0, state, OverheadBytes, count);
        LittleEndian.WriteUInt16(state, 0, count);
        return true;
    }

    // The newest block as long as there is room, else the next. No other write came between a begin and its finish, so
    // both find the same place.
    private bool TryPlace(ref int block, int count, int tries)
    {
        bool isRoom = block >= 0 && tries == 0 && !_mustChangeBlock
            && _store.LengthOf(block) + OverheadBytes + count <= _store.BlockBytes;
        if (isRoom)
        {
            return true;
        }

        block = (block + 1) % _store.BlockCount;

        // The block that holds the newest state is never erased, whatever fails.
        return block != _newestBlock && TryErase(block);
    }

    // The CRC is of the position and the head's first bytes, then of the state.
    private void BeginHead(byte[] record, int position)
    {
        // Never the same sequence twice: a refused write may stand in the store all the same.
        _lastSequence++;
        LittleEndian.WriteInt32(record, SequenceAt, (int)_lastSequence);
        LittleEndian.WriteUInt16(record, CheckAt, (int)(Crc32.Of(record, 0, CheckAt) & 0xFFFF));
        LittleEndian.WriteInt32(record, CrcAt, (int)Crc32.Continue(Crc32.Start ^ (uint)position, record, 0, CrcAt));
    }

    private bool TryAppend(byte[] record, int count, bool isBegun)
    {
        int block = _newestBlock;
        for (int tries = 0; tries < _store.BlockCount; tries++)
        {
            if (!TryPlace(ref block, count, tries))
            {
                continue;
            }

            int position = _store.LengthOf(block);
            if (!isBegun)
            {
                BeginHead(record, position);
                Carry(record, 0, count);
            }

            isBegun = false;
            LittleEndian.WriteInt32(record, CrcAt, ~LittleEndian.ReadInt32(record, CrcAt));
            if (_store.TryAppend(block, record, 0, OverheadBytes + count))
            {
                _newestBlock = block;
                _newestPosition = position;
                _newestBytes = count;
                _sequence = _lastSequence;
                _isOlder = false;
                _mustChangeBlock = false;
                return true;
            }

            StoreFailures++;
            _mustChangeBlock = true;
        }

        return false;
    }

    /// <inheritdoc/>
    public bool TryReadNewest(byte[] into, out int count, out bool older)
    {
        Scan();
        count = 0;
        older = _isOlder;
        while (_newestBlock >= 0)
        {
            int fitting = _newestBytes < into.Length ? _newestBytes : into.Length;
            if (IsWhole(_newestBlock, _newestPosition, _store.BlockBytes) && SequenceOfHead() == _sequence
                && _store.TryRead(_newestBlock, _newestPosition + OverheadBytes, into, 0, fitting))
            {
                count = _newestBytes;
                return fitting == _newestBytes;
            }

            // Damaged since the scan: look again, an older one may be left.
            _isScanned = false;
            Scan();
            _isOlder = true;
            older = true;
        }

        return false;
    }

    private void Scan()
    {
        if (_isScanned)
        {
            return;
        }

        _isScanned = true;
        _newestBlock = -1;
        _sequence = 0;
        _isOlder = false;
        for (int block = 0; block < _store.BlockCount; block++)
        {
            ScanBlock(block);
        }

        if (_newestBlock >= 0)
        {
            // Whatever cannot be read behind the newest state, or in the block that comes next, may have been newer.
            int behind = _newestPosition + OverheadBytes + _newestBytes;
            _isOlder |= _store.LengthOf(_newestBlock) > behind;
        }

        // One write a second lasts 136 years, so sequences never wrap (and the device compares (int) of a uint
        // unsigned).
        _lastSequence = _lastSequence > _sequence ? _lastSequence : _sequence;
    }

    private void ScanBlock(int block)
    {
        int length = _store.LengthOf(block);
        int position = 0;
        int found = 0;
        while (position + OverheadBytes <= length)
        {
            if (!IsWhole(block, position, length))
            {
                // A torn or damaged state; whole ones may follow, since writing goes on behind it.
                position = NextHead(block, position + 1, length);
                continue;
            }

            found++;
            uint sequence = SequenceOfHead();
            int bytes = LittleEndian.ReadUInt16(_window, 0);
            if (_newestBlock < 0 || sequence > _sequence)
            {
                _newestBlock = block;
                _newestPosition = position;
                _newestBytes = bytes;
                _sequence = sequence;
            }

            position += OverheadBytes + bytes;
        }

        // A block is erased only to take a newer state: when it holds nothing whole, that state was lost.
        _isOlder |= found == 0 && length > 0;
    }

    /// <summary>The next place whose bytes could be a state's head, read a window at a time: a read is a file opened on
    /// a board.
    /// </summary>
    private int NextHead(int block, int position, int length)
    {
        while (position + OverheadBytes <= length)
        {
            int count = length - position < WindowBytes ? length - position : WindowBytes;
            if (!_store.TryRead(block, position, _window, 0, count))
            {
                return position;
            }

            int places = count - OverheadBytes + 1;
            for (int i = 0; i < places; i++)
            {
                if (LittleEndian.ReadUInt16(_window, i + 6) == (int)(Crc32.Of(_window, i, 6) & 0xFFFF)
                    && LittleEndian.ReadUInt16(_window, i) <= _stateBytesMax)
                {
                    return position + i;
                }
            }

            position += places;
        }

        return length;
    }

    /// <summary>Whether a whole state begins at a position; its head is then in the window.</summary>
    private bool IsWhole(int block, int position, int limit)
    {
        if (!_store.TryRead(block, position, _window, 0, OverheadBytes))
        {
            return false;
        }

        int bytes = LittleEndian.ReadUInt16(_window, 0);
        bool isHeader = LittleEndian.ReadUInt16(_window, 6) == (int)(Crc32.Of(_window, 0, 6) & 0xFFFF);
        if (!isHeader || bytes > _stateBytesMax || position + OverheadBytes + bytes > limit)
        {
            return false;
        }

        uint crc = Crc32.Continue(Crc32.Start ^ (uint)position, _window, 0, 8);
        for (int done = 0; done < bytes; done += PieceBytes)
        {
            int part = bytes - done < PieceBytes ? bytes - done : PieceBytes;
            if (!_store.TryRead(block, position + OverheadBytes + done, _window, OverheadBytes, part))
            {
                return false;
            }

            crc = Crc32.Continue(crc, _window, OverheadBytes, part);
        }

        return LittleEndian.ReadInt32(_window, 8) == (int)~crc;
    }

    private bool TryErase(int block)
    {
        if (_store.LengthOf(block) == 0)
        {
            return true;
        }

        Erases++;
        bool isDone = _store.TryErase(block);
        StoreFailures += isDone ? 0 : 1;
        return isDone;
    }

    private uint SequenceOfHead() => (uint)LittleEndian.ReadInt32(_window, 2);
}
