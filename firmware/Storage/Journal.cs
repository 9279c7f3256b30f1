using System;
using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Storage;

/// <summary>
/// An append-only log of numbered records over a block store: bounded, wear levelled, safe at every byte of a power
/// cut. A record is durable when <see cref="TryAppend"/> returns true. When the store is full the oldest block of the
/// least valuable lane goes first, acknowledged ones before others; an unacknowledged record never goes without a
/// <see cref="GapRecord"/> written before. README.md has the layout, the order and the reasons.
/// </summary>
public sealed class Journal : IRecordLog
{
    /// <summary>Blocks kept free: one to change over, one so that a gap can always be recorded.</summary>
    private const int SpareBlocks = 2;

    private const int WriteTriesMax = 3;
    private const int IdentityCopiesMin = 2;

    /// <summary>Failures in a row after which a block is not tried any more.</summary>
    private const int BlockFailuresMax = 3;

    private readonly IBlockStore _store;
    private readonly JournalLayout _layout;
    private readonly BlockTable _blocks;
    private readonly JournalReader _reader;
    private readonly RecordWalker _walker;
    private readonly byte[] _gap = new byte[GapRecord.Bytes];
    private readonly byte[] _head = new byte[BlockHeader.Bytes + RecordFormat.HeaderBytes
        + JournalIdentity.PayloadBytes];
    private readonly JournalIdentity _identity = new JournalIdentity();
    private readonly int _payloadBytesMax;
    private long _markedNumber;

    /// <summary>Touches nothing; <see cref="Open"/> reads the store.</summary>
    /// <param name="store">At least <see cref="JournalLayout.BlocksMin"/> blocks.</param>
    /// <param name="layout">Which kinds share a lane and what each lane keeps.</param>
    /// <param name="payloadBytesMax">Longest payload in bytes; one buffer of this size is made.</param>
    public Journal(IBlockStore store, JournalLayout layout, int payloadBytesMax)
    {
        Invariant.Require(store.BlockCount >= layout.BlocksMin, "a journal needs more blocks for this layout");
        Invariant.Require(payloadBytesMax >= GapRecord.Bytes && payloadBytesMax <= 0xFFFF,
            "a payload has 16 to 65535 bytes");
        Invariant.Require(_head.Length + RecordFormat.HeaderBytes + payloadBytesMax <= store.BlockBytes,
            "the longest record must fit into a block");
        _store = store;
        _layout = layout;
        _payloadBytesMax = payloadBytesMax;
        _blocks = new BlockTable(store.BlockCount);
        _walker = new RecordWalker(store, payloadBytesMax);
        _reader = new JournalReader(_blocks, _walker, layout.LaneCount);
        NextNumber = 1;
    }

    /// <summary>What the last <see cref="Open"/> found.</summary>
    public JournalReport Report { get; } = new JournalReport();

    /// <summary>Writes a mark of the acknowledged cursor after so many acknowledged records, 1 or more. Between marks
    /// the cursor rides in block headers; after a power cut so many records may be sent again, none is lost.</summary>
    public int AcknowledgedRecordsPerMark { get; set; } = 8;

    /// <summary>True on media that may lose the end of a file although it was closed (FAT): every start then skips as
    /// many numbers as the missing bytes could have held, so that none is given out twice.</summary>
    public bool StoreMayLoseTail { get; set; }

    /// <inheritdoc/>
    public string Identity => _identity.Text;

    /// <inheritdoc/>
    public long IdentityFrom => _identity.From;

    /// <summary>True when the last <see cref="Open"/> gave the journal its identity: it is new, or an earlier
    /// firmware's.</summary>
    public bool IsIdentityNew { get; private set; }

    /// <inheritdoc/>
    public long NextNumber { get; private set; }

    /// <inheritdoc/>
    public long AcknowledgedNumber { get; private set; }

    /// <inheritdoc/>
    public long OldestNumber => _blocks.OldestBelow(NextNumber);

    /// <summary>Unacknowledged records that gave way since <see cref="Open"/>; each is named by a gap record.</summary>
    public int DroppedRecords { get; private set; }

    /// <summary>Writes and erases that the store refused since <see cref="Open"/>.</summary>
    public int StoreFailures { get; private set; }

    /// <summary>Blocks out of use since a write or erase of theirs failed.</summary>
    public int BadBlocks { get; private set; }

    /// <summary>Erases of the most worn block, as far as known: a block that was free at the start counts as
    /// average.</summary>
    public int ErasesMax => JournalRecovery.MostErases(_blocks);

    /// <summary>
    /// Reads the whole store (at start-up, before anything else is called), takes what is whole, completes what power
    /// cut, and records as a gap what is missing. Never throws on what it finds.
    /// </summary>
    /// <param name="numberFloor">No number below this is given out: what another memory knows of earlier ones, else
    /// 1.</param>
    /// <param name="newIdentity">8 bytes that no journal had before (<see cref="JournalIdentity.Make"/>), for a store
    /// that holds no identity; null: it then stays without one.</param>
    public JournalReport Open(long numberFloor, byte[] newIdentity = null)
    {
        _reader.Forget();
        DroppedRecords = 0;
        StoreFailures = 0;
        BadBlocks = 0;

        // Of use at the start only, so it does not stay.
        JournalRecovery recovery = new JournalRecovery(_store, _layout, _blocks, _walker, Report, _identity);
        recovery.Scan(StoreMayLoseTail);
        IsIdentityNew = !_identity.IsKnown && newIdentity != null;
        NextNumber = recovery.NextNumber > numberFloor ? recovery.NextNumber : numberFloor;
        if (IsIdentityNew)
        {
            // An empty store begins a new sequence: no number of another one binds it. Numbers that were given out
            // without identity stay without: the head-end has them under none.
            NextNumber = recovery.IsEmpty ? 1 : NextNumber;
            _identity.Begin(newIdentity, NextNumber);
        }

        AcknowledgedNumber = recovery.AcknowledgedNumber < NextNumber ? recovery.AcknowledgedNumber : NextNumber - 1;
        _markedNumber = AcknowledgedNumber;
        recovery.FindHoles(_reader, AcknowledgedNumber, NextNumber);
        NameOpenBlocks(recovery);
        for (int block = 0; block < _blocks.Count; block++)
        {
            if (recovery.IsDroppedBlock(block))
            {
                Erase(block);
            }
        }

        while (_blocks.FreeCount < SpareBlocks && TryEvict())
        {
        }

        for (int i = 0; i < recovery.HoleCount; i++)
        {
            TryAppendGap(GapRecord.ReasonDamaged, 255, recovery.HoleFirst(i), recovery.HoleLast(i),
                recovery.HoleCountOf(i));
        }

        // Two copies at least, so that no single damage takes the name from records that are still readable.
        for (int i = _identity.Copies; i < IdentityCopiesMin && _identity.IsKnown; i++)
        {
            if (!TryMark())
            {
                BlockWithRoom(0, _head.Length, false);
            }
        }

        return Report;
    }

    /// <summary>Names every block that may take a record from now on: an earlier firmware's have no name.</summary>
    private void NameOpenBlocks(JournalRecovery recovery)
    {
        for (int lane = 0; lane < _layout.LaneCount && _identity.IsKnown; lane++)
        {
            int block = _blocks.OpenOf(lane);
            if (block >= 0 && !recovery.IsNamedBlock(block) && !TryMark(block))
            {
                // Too full, or it refuses: what comes goes into the next block, which begins with the name.
                _blocks.SetState(block, BlockTable.Closed);
            }
        }
    }

    /// <inheritdoc/>
    public bool TryAppend(int kind, byte[] payload, int offset, int count, out long number)
    {
        Invariant.Require(kind >= 1 && kind <= RecordFormat.UserKindMax, "kind 1 to 239");
        number = 0;
        return count >= 0 && count <= _payloadBytesMax && NextNumber <= RecordFormat.NumberMax
            && TryAppendTo(_layout.LaneOf(kind), payload, offset, count, kind, true, out number);
    }

    /// <inheritdoc/>
    public bool TryRead(long number, byte[] into, out int count, out int kind)
    {
        count = 0;
        kind = 0;
        if (number < 1 || number >= NextNumber || !_reader.TryLoad(number) || _reader.PayloadBytes > into.Length)
        {
            return false;
        }

        count = _reader.PayloadBytes;
        kind = _reader.Kind;
        Array.Copy(_reader.Buffer, RecordFormat.HeaderBytes, into, 0, count);
        return true;
    }

    /// <summary>Reads the newest record of a kind, looking at every block of its lane if need be: for start-up, to see
    /// what was written after the last checkpoint. False: none is left, or it is longer than the buffer.</summary>
    public bool TryReadNewest(int kind, byte[] into, out int count, out long number)
    {
        number = _reader.FindNewest(kind, _layout.LaneOf(kind));
        return TryRead(number, into, out count, out int _);
    }

    /// <inheritdoc/>
    public bool TryFind(long from, out long number) => _reader.TryFind(from < 1 ? 1 : from, out number);

    /// <inheritdoc/>
    public void Acknowledge(long upToNumber)
    {
        if (upToNumber <= AcknowledgedNumber || upToNumber >= NextNumber)
        {
            return;
        }

        AcknowledgedNumber = upToNumber;
        if (AcknowledgedNumber - _markedNumber >= AcknowledgedRecordsPerMark)
        {
            Flush();
        }
    }

    /// <summary>Makes the acknowledged cursor durable now, before a planned restart. False: no open block has room; the
    /// next block's header takes it.</summary>
    public bool Flush() => _markedNumber == AcknowledgedNumber || TryMark();

    /// <summary>Writes the acknowledged cursor, and with it the identity, into an open block. False: none has
    /// room.</summary>
    private bool TryMark()
    {
        for (int lane = 0; lane < _layout.LaneCount; lane++)
        {
            int block = _blocks.OpenOf(lane);
            if (block >= 0 && TryMark(block))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryMark(int block)
    {
        int payloadBytes = _identity.IsKnown ? JournalIdentity.PayloadBytes : 0;
        if (!HasRoom(block, RecordFormat.HeaderBytes + payloadBytes)
            || !TryWriteRecord(block, _identity.Payload, 0, payloadBytes, RecordFormat.MarkKind, AcknowledgedNumber))
        {
            return false;
        }

        _markedNumber = AcknowledgedNumber;
        _identity.NoteCopy();
        return true;
    }

    private bool TryAppendTo(int lane, byte[] payload, int offset, int count, int kind, bool mayEvict, out long number)
    {
        number = 0;
        for (int i = 0; i < WriteTriesMax; i++)
        {
            // This may record a gap, so the number is taken afterwards.
            int block = BlockWithRoom(lane, RecordFormat.HeaderBytes + count, mayEvict);
            if (block < 0)
            {
                return false;
            }

            long taken = NextNumber;
            int position = _blocks.UsedBytesOf(block);
            if (TryWriteRecord(block, payload, offset, count, kind, taken))
            {
                NextNumber = taken + 1;
                _blocks.NoteRecord(block, taken);
                _reader.NoteAppended(lane, block, position, taken);
                number = taken;
                return true;
            }
        }

        return false;
    }

    private bool HasRoom(int block, int bytes) => _blocks.UsedBytesOf(block) + bytes <= _store.BlockBytes;

    /// <summary>The lane's open block, or a new one. −1: the store is used up or refuses.</summary>
    private int BlockWithRoom(int lane, int bytes, bool mayEvict)
    {
        int open = _blocks.OpenOf(lane);
        if (open >= 0 && HasRoom(open, bytes))
        {
            return open;
        }

        if (open >= 0)
        {
            _blocks.SetState(open, BlockTable.Closed);
        }

        while (mayEvict && _blocks.FreeCount < SpareBlocks && TryEvict())
        {
        }

        // Recording a gap may have opened the very block that is wanted.
        open = _blocks.OpenOf(lane);
        if (open >= 0 && HasRoom(open, bytes))
        {
            return open;
        }

        int opened = OpenBlock(lane);
        while (mayEvict && _blocks.FreeCount < SpareBlocks && TryEvict())
        {
        }

        return opened;
    }

    private int OpenBlock(int lane)
    {
        while (true)
        {
            int block = _blocks.LeastWornFree();
            if (block < 0)
            {
                return -1;
            }

            if (_store.LengthOf(block) > 0 && !Erase(block))
            {
                continue;
            }

            _blocks.Begin(block, lane, NextNumber, BlockTable.Open);
            _blocks.SetUsedBytes(block, 0);
            BlockHeader.Write(_head, lane, NextNumber, AcknowledgedNumber, _blocks.ErasesOf(block));
            int bytes = BlockHeader.Bytes
                + _identity.WriteMark(_head, BlockHeader.Bytes, _walker.Buffer, AcknowledgedNumber);
            if (_store.TryAppend(block, _head, 0, bytes))
            {
                _identity.NoteCopy();
                _blocks.SetUsedBytes(block, bytes);
                _blocks.ClearFailures(block);
                _markedNumber = AcknowledgedNumber;
                return block;
            }

            Retire(block);
        }
    }

    /// <summary>Composes the record where records are read: what a walk found there has been used by now.</summary>
    private bool TryWriteRecord(int block, byte[] payload, int offset, int payloadBytes, int kind, long number)
    {
        int position = _blocks.UsedBytesOf(block);
        byte[] buffer = _walker.Buffer;
        Array.Copy(payload, offset, buffer, RecordFormat.HeaderBytes, payloadBytes);
        RecordFormat.Seal(buffer, payloadBytes, kind, number, position);
        int bytes = RecordFormat.HeaderBytes + payloadBytes;
        if (_store.TryAppend(block, buffer, 0, bytes))
        {
            _blocks.SetUsedBytes(block, position + bytes);
            return true;
        }

        // No more into this block: what was written is any first part. A number may only be used again when the record
        // is not whole, else it would be two records; so a refused write is read back.
        StoreFailures++;
        int usedBytes = _store.LengthOf(block);
        _blocks.SetUsedBytes(block, usedBytes);
        _blocks.SetState(block, BlockTable.Closed);
        if (usedBytes < position + bytes)
        {
            return false;
        }

        _walker.Start(block, position, usedBytes);
        if (_walker.TryNext() && _walker.Position == position && _walker.Number == number)
        {
            return true;
        }

        NextNumber = kind == RecordFormat.MarkKind ? NextNumber : number + 1;
        return false;
    }

    /// <summary>
    /// Frees one block. Order: acknowledged blocks of lanes above their share, least valuable lane first; then
    /// unacknowledged ones above their share; then the same without regard to shares (blocks went bad). True: the
    /// block is free, or out of use because it could not be erased; false: nothing can give way.
    /// </summary>
    private bool TryEvict()
    {
        for (int pass = 0; pass < 4; pass++)
        {
            bool onlyAboveShare = pass < 2;
            bool onlyAcknowledged = pass % 2 == 0;
            for (int place = 0; place < _layout.LaneCount; place++)
            {
                int lane = _layout.LaneThatGoes(place);
                int block = _blocks.OldestClosedOf(lane);
                if (block < 0 || (onlyAboveShare && _blocks.BlocksOf(lane) <= _layout.KeepBlocksOf(lane)))
                {
                    continue;
                }

                bool isAcknowledged = _blocks.LastOf(block) <= AcknowledgedNumber;
                if (isAcknowledged == onlyAcknowledged
                    && (isAcknowledged ? EvictAcknowledged(block) : EvictWithGap(block, lane)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The cursor must be durable first: after a power cut an older one would make these records
    /// missing.</summary>
    private bool EvictAcknowledged(int block)
    {
        if (_blocks.LastOf(block) > _markedNumber && !Flush())
        {
            return false;
        }

        Erase(block);
        return true;
    }

    private bool EvictWithGap(int block, int lane)
    {
        long first = long.MaxValue;
        long last = 0;
        int count = 0;
        int reason = GapRecord.ReasonFull;
        _walker.Start(block, BlockHeader.Bytes, _blocks.UsedBytesOf(block));
        while (_walker.TryNext())
        {
            if (_walker.Kind == RecordFormat.MarkKind || _walker.Number <= AcknowledgedNumber)
            {
                continue;
            }

            count++;
            first = _walker.Number < first ? _walker.Number : first;
            last = _walker.Number > last ? _walker.Number : last;
            if (_walker.Kind == RecordFormat.GapKind && _walker.PayloadBytes == GapRecord.Bytes)
            {
                // A gap that is itself dropped lives on in the new one.
                long gapFirst = GapRecord.FirstOf(_walker.Buffer, RecordFormat.HeaderBytes);
                first = gapFirst < first ? gapFirst : first;
                count += GapRecord.CountOf(_walker.Buffer, RecordFormat.HeaderBytes) - 1;
                reason = GapRecord.ReasonMixed;
            }
        }

        first = first > AcknowledgedNumber ? first : AcknowledgedNumber + 1;
        if (count > 0 && !TryAppendGap(reason, lane, first, last, count))
        {
            return false;
        }

        DroppedRecords += count;
        Erase(block);
        return true;
    }

    /// <summary>A gap lies in the lane that lost records, so that a flood of one lane does not fill another with gaps;
    /// when it is dropped itself, the next one takes it over.</summary>
    private bool TryAppendGap(int reason, int lane, long first, long last, int count)
    {
        int gapLane = lane < _layout.LaneCount ? lane : 0;
        GapRecord.Write(_gap, 0, reason, lane, first, last, count);
        return TryAppendTo(gapLane, _gap, 0, GapRecord.Bytes, RecordFormat.GapKind, false, out long _);
    }

    private bool Erase(int block)
    {
        _reader.Forget(_blocks.LaneOf(block));
        if (!_store.TryErase(block))
        {
            Retire(block);
            return false;
        }

        _blocks.SetErases(block, _blocks.ErasesOf(block) + 1);
        _blocks.SetFree(block);
        return true;
    }

    /// <summary>One failure may be the bus's; a block that fails again and again is worn out.</summary>
    private void Retire(int block)
    {
        StoreFailures++;
        _blocks.SetFree(block);
        if (_blocks.NoteFailure(block) >= BlockFailuresMax)
        {
            BadBlocks++;
            _blocks.SetState(block, BlockTable.Bad);
        }
    }
}
