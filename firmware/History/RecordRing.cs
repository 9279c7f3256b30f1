using System;
using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;

namespace MeterFirmware.History;

/// <summary>
/// Records in blocks, the oldest block giving way. A kind with a depth keeps its newest records for ever: they are
/// carried forward before their block is erased, and are found by their ordinal; a kind of depth 0 (a load profile)
/// just runs out at the old end. One block is always empty, so that a power cut at any byte loses nothing durable.
/// <code>
///   block:  magic "RR", version (4) | sequence (4) | oldest, newest time of the block before (4, 4) | CRC-32 (4)
///   record: payload length (2) | kind (1) | check of the head (1) | UTC seconds (4) | CRC-32 of all (4) | payload
/// </code>
/// The payload of a kind with depth begins with its ordinal (VarInt). The same ordinal again replaces the record; an
/// empty one is a tombstone: it and all before it are cleared.
/// </summary>
public sealed class RecordRing
{
    internal const int BlockHeaderBytes = 20;
    internal const int HeadBytes = 12;

    private const int Magic = 0x0001_5252;
    private const int WindowBytes = 256;

    private readonly IBlockStore _store;
    private readonly byte[] _buffer;
    private readonly byte[] _window = new byte[WindowBytes];
    private readonly RingIndex _index;
    private readonly uint[] _sequence;
    private readonly uint[] _oldestTime;
    private readonly uint[] _newestTime;
    private readonly bool[] _isBad;
    private int _newest = -1;
    private bool _isClosed;
    private int _kind;
    private int _bodyAt;

    /// <param name="store">Three blocks or more. What is to be kept for ever has to fit into all but two of
    /// them.</param>
    /// <param name="payloadBytesMax">Longest payload.</param>
    /// <param name="depths">How many records are kept of each kind; 0: until its block gives way.</param>
    /// <param name="buffer">Room for a record that others use too: what was read holds until something else is stored.
    /// Null or too short: room of its own.</param>
    public RecordRing(IBlockStore store, int payloadBytesMax, int[] depths, byte[] buffer = null)
    {
        Invariant.Require(store.BlockCount >= 3, "a ring has three blocks or more");
        Invariant.Require(store.BlockCount <= 255
            && store.BlockBytes <= 0x1_0000, "a ring has up to 255 blocks of 64 KB");
        Invariant.Require(BlockHeaderBytes + HeadBytes + VarInt.BytesMax + payloadBytesMax <= store.BlockBytes,
            "the longest record must fit into a block");
        _store = store;
        int recordBytesMax = HeadBytes + VarInt.BytesMax + payloadBytesMax;
        _buffer = buffer != null && buffer.Length >= recordBytesMax ? buffer : new byte[recordBytesMax];
        _index = new RingIndex(depths, store.BlockCount, store.BlockBytes);
        _sequence = new uint[store.BlockCount];
        _oldestTime = new uint[store.BlockCount];
        _newestTime = new uint[store.BlockCount];
        _isBad = new bool[store.BlockCount];
    }

    /// <summary>Holds the record that was read last, and the one that is being composed.</summary>
    public byte[] Buffer => _buffer;

    /// <summary>Where the payload of the record read last begins in <see cref="Buffer"/>.</summary>
    public int PayloadAt => _bodyAt;

    /// <summary>Bytes of that payload.</summary>
    public int PayloadBytes { get; private set; }

    public int Kind => _kind;

    /// <summary>UTC seconds of the record read last.</summary>
    public long UtcSeconds => (uint)LittleEndian.ReadInt32(_buffer, 4);

    /// <summary>Erases since construction, for the wear report.</summary>
    public int Erases { get; private set; }

    /// <summary>Records that did not fit or that the store refused.</summary>
    public int Refused { get; private set; }

    internal IBlockStore Store => _store;

    /// <summary>UTC seconds of the record that was written last; 0: none. A kind with depth, whose records are carried
    /// forward, does not tell it after a start.</summary>
    internal long LastUtcSeconds { get; private set; }

    /// <summary>Ordinal of the newest record of a kind with depth; 0 when there never was one.</summary>
    public long NewestOrdinal(int kind) => _index.NewestOrdinal(kind);

    /// <summary>Records of a kind that are kept for ever; 0: until their block gives way.</summary>
    public int DepthOf(int kind) => _index.DepthOf(kind);

    /// <summary>Finds what the store holds. Once, before anything else.</summary>
    public void Open()
    {
        int before = -1;
        for (int block = 0; block < _store.BlockCount; block++)
        {
            _sequence[block] = ReadBlockHeader(block) ? (uint)LittleEndian.ReadInt32(_window, 4) : 0u;
        }

        if (!HasEmptyBlock())
        {
            // Power failed while the oldest block was being emptied: what the newest holds so far are copies only.
            DropNewest();
        }

        for (int block = NextUsed(0); block >= 0; block = NextUsed(_sequence[block]))
        {
            if (before >= 0 && ReadBlockHeader(block))
            {
                _oldestTime[before] = (uint)LittleEndian.ReadInt32(_window, 8);
                _newestTime[before] = (uint)LittleEndian.ReadInt32(_window, 12);
            }

            before = block;
        }

        _newest = before;
        for (int block = NextUsed(0); block >= 0; block = NextUsed(_sequence[block]))
        {
            if (_index.HasSlots || block == _newest)
            {
                Index(block);
            }
        }

        if (LastUtcSeconds == 0 && _newest >= 0 && !_index.HasSlots && PreviousUsed(_sequence[_newest]) >= 0)
        {
            // The newest block was begun and nothing stands in it.
            Index(PreviousUsed(_sequence[_newest]));
        }
    }

    /// <summary>Begins a record of a kind with depth; returns where its payload is to be written in the
    /// buffer.</summary>
    /// <param name="kind">Index into the depths.</param>
    /// <param name="ordinal">Newest + 1, or an older one to replace it.</param>
    public int Begin(int kind, long ordinal)
    {
        _kind = kind;
        return VarInt.Write(_buffer, HeadBytes, ordinal);
    }

    /// <summary>Begins a record of a kind without depth.</summary>
    public int Begin(int kind)
    {
        _kind = kind;
        return HeadBytes;
    }

    /// <summary>Makes the record durable. False: the store refused.</summary>
    /// <param name="end">Offset behind the payload.</param>
    /// <param name="utcSeconds">1970 to 2106.</param>
    public bool TryCommit(int end, long utcSeconds)
    {
        LittleEndian.WriteUInt16(_buffer, 0, end - HeadBytes);
        _buffer[2] = (byte)_kind;
        LittleEndian.WriteInt32(_buffer, 4, (int)utcSeconds);
        _buffer[3] = (byte)HeadCheck(_buffer, 0);
        LittleEndian.WriteInt32(_buffer, 8, (int)RecordCrc(_buffer, end));
        for (int tries = 0; tries <= _store.BlockCount; tries++)
        {
            if (_newest >= 0 && !_isClosed && _store.LengthOf(_newest) + end <= _store.BlockBytes)
            {
                int at = _store.LengthOf(_newest);
                if (_store.TryAppend(_newest, _buffer, 0, end))
                {
                    long ordinal = 0;
                    int offset = HeadBytes;
                    bool hasOrdinal = _index.DepthOf(_kind) > 0
                        && VarInt.TryRead(_buffer, ref offset, end, out ordinal);
                    _index.Note(_kind, hasOrdinal ? ordinal : 0, _newest, at, offset == end);
                    NoteTime(_newest, utcSeconds);
                    LastUtcSeconds = utcSeconds;
                    return true;
                }

                _isClosed = true;
            }

            if (!TryRollOver())
            {
                break;
            }
        }

        Refused++;
        return false;
    }

    /// <summary>Clears all records of a kind with depth. The ordinals go on.</summary>
    public bool TryClear(int kind, long utcSeconds)
    {
        long ordinal = _index.NewestOrdinal(kind);
        return ordinal == 0 || TryCommit(Begin(kind, ordinal), utcSeconds);
    }

    /// <summary>Reads a record of a kind with depth into the buffer. False: never made, given way, cleared or damaged.
    /// </summary>
    public bool TryRead(int kind, long ordinal) => _index.TryFind(kind, ordinal, out int block, out int offset)
        && TryReadAt(block, offset, out int _) && PayloadBytes > 0;

    /// <summary>Block that follows in age; −1 at the end. Begin with 0 for the oldest.</summary>
    internal int NextUsed(long afterSequence)
    {
        int found = -1;
        for (int block = 0; block < _sequence.Length; block++)
        {
            if (_sequence[block] > afterSequence && (found < 0 || _sequence[block] < _sequence[found]))
            {
                found = block;
            }
        }

        return found;
    }

    /// <summary>Block that precedes in age; −1 before the oldest. Begin with long.MaxValue for the newest.</summary>
    internal int PreviousUsed(long beforeSequence)
    {
        int found = -1;
        for (int block = 0; block < _sequence.Length; block++)
        {
            bool isBefore = _sequence[block] > 0 && _sequence[block] < beforeSequence;
            found = isBefore && (found < 0 || _sequence[block] > _sequence[found]) ? block : found;
        }

        return found;
    }

    internal long SequenceOf(int block) => _sequence[block];

    /// <summary>Whether a block may hold records of this time; both ends inclusive.</summary>
    internal bool MayHold(int block, long fromUtcSeconds, long toUtcSeconds) =>
        _oldestTime[block] <= toUtcSeconds && _newestTime[block] >= fromUtcSeconds;

    /// <summary>Reads the record at a position into the buffer. False: damaged, or the end; next tells which.</summary>
    internal bool TryReadAt(int block, int position, out int next)
    {
        next = -1;
        if (!_store.TryRead(block, position, _buffer, 0, HeadBytes))
        {
            return false;
        }

        int length = HeadBytes + LittleEndian.ReadUInt16(_buffer, 0);
        if (_buffer[3] != HeadCheck(_buffer, 0) || _buffer[2] >= _index.KindCount || length > _buffer.Length
            || !_store.TryRead(block, position + HeadBytes, _buffer, HeadBytes, length - HeadBytes))
        {
            return false;
        }

        next = position + length;
        _kind = _buffer[2];
        _bodyAt = HeadBytes;
        if (RecordCrc(_buffer, length) != (uint)LittleEndian.ReadInt32(_buffer, 8)
            || (_index.DepthOf(_kind) > 0 && !VarInt.TryRead(_buffer, ref _bodyAt, length, out long _)))
        {
            return false;
        }

        PayloadBytes = length - _bodyAt;
        return true;
    }

    private void DropNewest()
    {
        int newest = 0;
        for (int block = 1; block < _sequence.Length; block++)
        {
            newest = _sequence[block] > _sequence[newest] ? block : newest;
        }

        _sequence[newest] = 0;
        TryErase(newest);
    }

    /// <summary>Goes through a block's records from its front and notes the good ones.</summary>
    private void Index(int block)
    {
        int at = BlockHeaderBytes;
        while (at < _store.LengthOf(block))
        {
            bool isGood = TryReadAt(block, at, out int next);
            if (next < 0)
            {
                // A torn or unreadable head: nothing behind it can be found.
                _isClosed = _isClosed || block == _newest;
                return;
            }

            if (isGood)
            {
                int offset = HeadBytes;
                long ordinal = 0;
                bool hasOrdinal = _index.DepthOf(_kind) > 0
                    && VarInt.TryRead(_buffer, ref offset, next - at, out ordinal);
                _index.Note(_kind, hasOrdinal ? ordinal : 0, block, at, PayloadBytes == 0);
                LastUtcSeconds = UtcSeconds;
                if (block == _newest)
                {
                    NoteTime(block, UtcSeconds);
                }
            }

            at = next;
        }
    }

    private void NoteTime(int block, long utcSeconds)
    {
        if (_newestTime[block] == 0 || utcSeconds < _oldestTime[block])
        {
            _oldestTime[block] = (uint)utcSeconds;
        }

        if (utcSeconds > _newestTime[block])
        {
            _newestTime[block] = (uint)utcSeconds;
        }
    }

    /// <summary>Goes on in the empty block, and empties the oldest one.</summary>
    private bool TryRollOver()
    {
        int target = -1;
        for (int block = 0; block < _sequence.Length; block++)
        {
            int candidate = (_newest + 1 + block) % _sequence.Length;
            if (_sequence[candidate] == 0 && !_isBad[candidate])
            {
                target = candidate;
                break;
            }
        }

        if (target < 0)
        {
            return TryFreeOldest();
        }

        LittleEndian.WriteInt32(_window, 0, Magic);
        uint sequence = _newest < 0 ? 1u : _sequence[_newest] + 1;
        LittleEndian.WriteInt32(_window, 4, (int)sequence);
        LittleEndian.WriteInt32(_window, 8, _newest < 0 ? 0 : (int)_oldestTime[_newest]);
        LittleEndian.WriteInt32(_window, 12, _newest < 0 ? 0 : (int)_newestTime[_newest]);
        LittleEndian.WriteInt32(_window, 16, (int)Crc32.Of(_window, 0, 16));
        if (_store.LengthOf(target) > 0 && !TryErase(target))
        {
            return true;
        }

        if (!_store.TryAppend(target, _window, 0, BlockHeaderBytes))
        {
            _isBad[target] = true;
            return true;
        }

        _newest = target;
        _isClosed = false;
        _sequence[target] = sequence;
        _oldestTime[target] = 0;
        _newestTime[target] = 0;
        while (!HasEmptyBlock())
        {
            if (!TryFreeOldest())
            {
                return false;
            }
        }

        return true;
    }

    private bool HasEmptyBlock()
    {
        for (int block = 0; block < _sequence.Length; block++)
        {
            if (_sequence[block] == 0 && !_isBad[block])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Carries what must stay out of the oldest block and erases it.</summary>
    private bool TryFreeOldest()
    {
        int oldest = NextUsed(0);
        if (oldest < 0 || oldest == _newest)
        {
            return false;
        }

        int at = BlockHeaderBytes;
        while (_index.HasSlots && _store.TryRead(oldest, at, _window, 0, HeadBytes)
            && _window[3] == HeadCheck(_window, 0) && _window[2] < _index.KindCount)
        {
            int length = HeadBytes + LittleEndian.ReadUInt16(_window, 0);
            int slot = _index.SlotAt(oldest, at, _window[2]);
            if (slot >= 0)
            {
                Carry(oldest, at, length, slot);
            }

            at += length;
        }

        _sequence[oldest] = 0;
        TryErase(oldest);
        return true;
    }

    private void Carry(int from, int at, int length, int slot)
    {
        int newAt = _store.LengthOf(_newest);
        _index.Forget(slot);
        NoteTime(_newest, (uint)LittleEndian.ReadInt32(_window, 4));
        if (_isClosed || newAt + length > _store.BlockBytes)
        {
            Refused++;
            return;
        }

        // Piece by piece: the buffer holds the record that waits. A power cut in between leaves the original.
        for (int done = 0; done < length; done += WindowBytes)
        {
            int part = length - done < WindowBytes ? length - done : WindowBytes;
            if (!_store.TryRead(from, at + done, _window, 0, part) || !_store.TryAppend(_newest, _window, 0, part))
            {
                _isClosed = true;
                Refused++;
                return;
            }
        }

        _index.Place(slot, _newest, newAt);
    }

    private bool TryErase(int block)
    {
        Erases++;
        _isBad[block] = !_store.TryErase(block);
        return !_isBad[block];
    }

    private bool ReadBlockHeader(int block) =>
        _store.TryRead(block, 0, _window, 0, BlockHeaderBytes) && LittleEndian.ReadInt32(_window, 0) == Magic
        && Crc32.Of(_window, 0, 16) == (uint)LittleEndian.ReadInt32(_window, 16);

    private static int HeadCheck(byte[] bytes, int at) =>
        (bytes[at] * 3 + bytes[at + 1] * 5 + bytes[at + 2] * 7 + bytes[at + 4] * 11 + bytes[at + 5] * 13
        + bytes[at + 6] * 17 + bytes[at + 7] * 19 + 0x5A) & 0xFF;

    private static uint RecordCrc(byte[] bytes, int length) =>
        ~Crc32.Continue(Crc32.Continue(Crc32.Start, bytes, 0, 8), bytes, HeadBytes, length - HeadBytes);
}
