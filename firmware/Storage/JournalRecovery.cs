using MeterFirmware.Hardware;

namespace MeterFirmware.Storage;

/// <summary>
/// Reads a journal's store at start-up: which blocks hold what, where to go on, and which numbers above the
/// acknowledged cursor are neither readable nor named by a gap record.
/// </summary>
public sealed class JournalRecovery
{
    private const int HoleCountMax = 8;

    private readonly IBlockStore _store;
    private readonly JournalLayout _layout;
    private readonly BlockTable _blocks;
    private readonly RecordWalker _walker;
    private readonly byte[] _header = new byte[BlockHeader.Bytes];
    private readonly JournalReport _report;
    private readonly JournalIdentity _identity;
    private readonly bool[] _dropped;
    private readonly bool[] _named;
    private readonly NumberRanges _gaps = new NumberRanges(16);
    private readonly uint[] _holeFirst = new uint[HoleCountMax];
    private readonly uint[] _holeLast = new uint[HoleCountMax];
    private long _numberSeenMax;
    private long _doubtfulBytes;

    public JournalRecovery(IBlockStore store, JournalLayout layout, BlockTable blocks, RecordWalker walker,
        JournalReport report, JournalIdentity identity)
    {
        _identity = identity;
        _store = store;
        _layout = layout;
        _blocks = blocks;
        _walker = walker;
        _dropped = new bool[blocks.Count];
        _named = new bool[blocks.Count];
        _report = report;
    }

    public long NextNumber { get; private set; }

    public long AcknowledgedNumber { get; private set; }

    public int HoleCount { get; private set; }

    /// <summary>True when there is no trace of a number: nothing was ever written, or all of it is gone.</summary>
    public bool IsEmpty { get; private set; }

    public long HoleFirst(int index) => _holeFirst[index];

    public long HoleLast(int index) => _holeLast[index];

    /// <summary>Numbers in a hole.</summary>
    public int HoleCountOf(int index)
    {
        long count = HoleLast(index) - HoleFirst(index) + 1;
        return count < int.MaxValue ? (int)count : int.MaxValue;
    }

    /// <summary>True for a block whose drop was recorded but not carried out before power went.</summary>
    public bool IsDroppedBlock(int block) => _dropped[block];

    /// <summary>True for a block that holds a copy of the identity.</summary>
    public bool IsNamedBlock(int block) => _named[block];

    public static int MostErases(BlockTable blocks)
    {
        int most = 0;
        for (int i = 0; i < blocks.Count; i++)
        {
            if (blocks.ErasesOf(i) > most)
            {
                most = blocks.ErasesOf(i);
            }
        }

        return most;
    }

    /// <summary>Fills the block table and finds both cursors.</summary>
    public void Scan(bool storeMayLoseTail)
    {
        _report.Clear();
        _numberSeenMax = 0;
        _doubtfulBytes = 0;
        AcknowledgedNumber = 0;
        HoleCount = 0;
        _identity.Forget();
        for (int block = 0; block < _blocks.Count; block++)
        {
            _dropped[block] = false;
            _named[block] = false;
            ScanBlock(block);
        }

        GiveUnknownBlocksTheAverageWear();
        for (int lane = 0; lane < _layout.LaneCount; lane++)
        {
            int newest = _blocks.NewestOf(lane);
            if (newest >= 0)
            {
                _blocks.SetState(newest, BlockTable.Open);
                _doubtfulBytes += storeMayLoseTail ? _store.BlockBytes - _blocks.UsedBytesOf(newest) : 0;
            }
        }

        IsEmpty = _numberSeenMax == 0 && _doubtfulBytes == 0;

        // Each lane's newest block may be a file whose entry in the directory is gone.
        _doubtfulBytes += storeMayLoseTail ? _layout.LaneCount * _store.BlockBytes : 0;

        // Bytes that may have been records may have carried numbers above all that are left.
        NextNumber = _numberSeenMax + 1
            + (_doubtfulBytes + RecordFormat.HeaderBytes - 1) / RecordFormat.HeaderBytes;
    }

    /// <summary>Goes through the unacknowledged numbers once, in order.</summary>
    public void FindHoles(JournalReader reader, long acknowledgedNumber, long nextNumber)
    {
        FindGaps(acknowledgedNumber);
        long expected = acknowledgedNumber + 1;
        while (expected < nextNumber)
        {
            long found = reader.TryFind(expected, out long number) && number < nextNumber ? number : nextNumber;
            NoteMissing(expected, found - 1);
            expected = found + 1;
        }

        for (int i = 0; i < HoleCount; i++)
        {
            _report.NewlyMissing += (int)(_holeLast[i] - _holeFirst[i] + 1);
        }
    }

    /// <summary>Reads the unacknowledged gap records; each also says whether its block was erased in time.</summary>
    private void FindGaps(long acknowledgedNumber)
    {
        _gaps.Clear();
        for (int block = 0; block < _blocks.Count; block++)
        {
            if (!_blocks.HoldsRecords(block) || _blocks.LastOf(block) <= acknowledgedNumber)
            {
                continue;
            }

            _walker.Start(block, BlockHeader.Bytes, _blocks.UsedBytesOf(block));
            while (_walker.TryNext())
            {
                if (_walker.Kind == RecordFormat.GapKind && _walker.PayloadBytes == GapRecord.Bytes)
                {
                    TakeGap(_walker.Buffer, RecordFormat.HeaderBytes);
                }
            }
        }
    }

    private void ScanBlock(int block)
    {
        _blocks.SetFree(block);
        _blocks.ClearFailures(block);
        _blocks.SetErases(block, -1);
        int usedBytes = _store.LengthOf(block);
        if (usedBytes < BlockHeader.Bytes)
        {
            // Never opened, or power went while its header was written: there was no record yet.
            return;
        }

        bool isReadable = _store.TryRead(block, 0, _header, 0, BlockHeader.Bytes);
        bool hasHeader = isReadable && BlockHeader.IsValid(_header);
        int lane = 0;
        if (hasHeader)
        {
            lane = LaneWithin(BlockHeader.LaneOf(_header));
            _blocks.SetErases(block, BlockHeader.ErasesOf(_header));
            SeeNumber(BlockHeader.NextNumberOf(_header) - 1);
            SeeAcknowledged(BlockHeader.AcknowledgedOf(_header));
            _blocks.Begin(block, lane, BlockHeader.NextNumberOf(_header), BlockTable.Closed);
        }

        ScanRecords(block, usedBytes, hasHeader);
        _blocks.SetUsedBytes(block, usedBytes);
        if (!_blocks.HoldsRecords(block) && !hasHeader)
        {
            _blocks.SetFree(block);
            _report.UnreadableBlocks++;
            return;
        }

        _report.DamagedHeaders += hasHeader ? 0 : 1;
        _report.BlocksWithRecords += _blocks.HoldsRecords(block) ? 1 : 0;
    }

    private void ScanRecords(int block, int usedBytes, bool hasHeader)
    {
        bool isKnown = hasHeader;
        _walker.Start(block, BlockHeader.Bytes, usedBytes);
        while (true)
        {
            bool isRecord = _walker.TryNext();
            NoteSkipped();
            if (!isRecord)
            {
                return;
            }

            if (_walker.Kind == RecordFormat.MarkKind)
            {
                SeeAcknowledged(_walker.Number);
                if (_walker.PayloadBytes == JournalIdentity.PayloadBytes)
                {
                    _named[block] = true;
                    _identity.Take(_walker.Buffer, RecordFormat.HeaderBytes,
                        hasHeader ? BlockHeader.NextNumberOf(_header) : 0);
                }

                continue;
            }

            if (!isKnown)
            {
                // The header is gone, but each record says what it is. A gap lies in the lane that lost records, which
                // it names.
                int lane = _walker.Kind <= RecordFormat.UserKindMax ? _layout.LaneOf(_walker.Kind)
                    : _walker.Kind == RecordFormat.GapKind && _walker.PayloadBytes == GapRecord.Bytes
                    ? LaneOfGap(GapRecord.LaneOf(_walker.Buffer, RecordFormat.HeaderBytes)) : 0;
                _blocks.Begin(block, lane, _walker.Number, BlockTable.Closed);
                isKnown = true;
            }

            _blocks.NoteRecord(block, _walker.Number);
            SeeNumber(_walker.Number);
            _report.Records++;
        }
    }

    private void NoteSkipped()
    {
        _report.CutBytes += _walker.SkippedBytes;
        if (_walker.Skipped == RecordWalker.SkippedTorn)
        {
            _report.TornTails++;
        }
        else if (_walker.Skipped == RecordWalker.SkippedDamage)
        {
            _report.DamagedPlaces++;
            _doubtfulBytes += _walker.SkippedBytes;
        }
    }

    private void GiveUnknownBlocksTheAverageWear()
    {
        long sum = 0;
        int known = 0;
        for (int i = 0; i < _blocks.Count; i++)
        {
            if (_blocks.ErasesOf(i) >= 0)
            {
                sum += _blocks.ErasesOf(i);
                known++;
            }
        }

        int average = known == 0 ? 0 : (int)(sum / known);
        for (int i = 0; i < _blocks.Count; i++)
        {
            if (_blocks.ErasesOf(i) < 0)
            {
                _blocks.SetErases(i, average);
            }
        }
    }

    /// <summary>Adds the part of a missing range that no gap record names.</summary>
    private void NoteMissing(long first, long last)
    {
        while (first <= last)
        {
            long covered = _gaps.CoveredUpTo(first);
            if (covered >= first)
            {
                first = covered + 1;
                continue;
            }

            long end = _gaps.NextStartAfter(first) - 1;
            AddHole(first, end < last ? end : last);
            first = end + 1;
        }
    }

    private void AddHole(long first, long last)
    {
        bool touches = HoleCount > 0 && _holeLast[HoleCount - 1] + 1 == first;
        if (touches || HoleCount == HoleCountMax)
        {
            // Too many to list: the last one grows over what lies between.
            _holeLast[HoleCount - 1] = (uint)last;
            return;
        }

        _holeFirst[HoleCount] = (uint)first;
        _holeLast[HoleCount] = (uint)last;
        HoleCount++;
    }

    private void TakeGap(byte[] payload, int offset)
    {
        long last = GapRecord.LastOf(payload, offset);
        _gaps.Add(GapRecord.FirstOf(payload, offset), last);
        int lane = GapRecord.LaneOf(payload, offset);
        int block = lane < _layout.LaneCount ? _blocks.BlockReaching(lane, last) : -1;
        if (block >= 0 && _blocks.LastOf(block) == last)
        {
            _dropped[block] = true;
            _report.CompletedEvictions++;
        }
    }

    /// <summary>As <see cref="Journal"/> puts gaps away: those of no known lane into the first.</summary>
    private int LaneOfGap(int lane) => lane < _layout.LaneCount ? lane : 0;

    private int LaneWithin(int lane) => lane < _layout.LaneCount ? lane : _layout.LaneCount - 1;

    private void SeeNumber(long number)
    {
        if (number > _numberSeenMax)
        {
            _numberSeenMax = number;
        }
    }

    private void SeeAcknowledged(long number)
    {
        if (number > AcknowledgedNumber)
        {
            AcknowledgedNumber = number;
        }
    }
}
