using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Storage;

/// <summary>
/// Goes through the records of one block from front to back. What is no whole record is skipped byte by byte until the
/// next one that passes its own checks: a flipped bit costs one record, not the rest of the block.
/// </summary>
public sealed class RecordWalker
{
    public const int SkippedNothing = 0;

    /// <summary>The skipped bytes are the beginning of a write that power cut: it was never confirmed.</summary>
    public const int SkippedTorn = 1;

    /// <summary>The skipped bytes were a record, or may have been.</summary>
    public const int SkippedDamage = 2;

    private readonly IBlockStore _store;
    private readonly int _payloadBytesMax;
    private int _usedBytes;

    public RecordWalker(IBlockStore store, int payloadBytesMax)
    {
        _store = store;
        _payloadBytesMax = payloadBytesMax;
        Buffer = new byte[RecordFormat.HeaderBytes + payloadBytesMax];
    }

    /// <summary>Header and payload of the record that the walker stands on.</summary>
    public byte[] Buffer { get; }

    public int Block { get; private set; }

    /// <summary>Where the record that the walker stands on begins.</summary>
    public int Position { get; private set; }

    /// <summary>Where the next record is looked for.</summary>
    public int NextPosition { get; private set; }

    public int PayloadBytes { get; private set; }

    public int Kind { get; private set; }

    public long Number { get; private set; }

    /// <summary>Bytes that the last <see cref="TryNext"/> went over, whether it found a record or the end.</summary>
    public int SkippedBytes { get; private set; }

    /// <summary>What those bytes were.</summary>
    public int Skipped { get; private set; }

    public void Start(int block, int position, int usedBytes)
    {
        Block = block;
        NextPosition = position;
        _usedBytes = usedBytes;
        SkippedBytes = 0;
        Skipped = SkippedNothing;
    }

    /// <summary>Steps to the next whole record. False: none is left.</summary>
    public bool TryNext()
    {
        int from = NextPosition;
        int position = from;
        int firstEnd = -1;
        while (position + RecordFormat.HeaderBytes <= _usedBytes)
        {
            if (!_store.TryRead(Block, position, Buffer, 0, RecordFormat.HeaderBytes))
            {
                break;
            }

            int end = EndOfRecordAt(position);
            if (end > 0 && position == from)
            {
                firstEnd = end;
            }

            if (end > 0 && end <= _usedBytes && ReadWhole(position, end))
            {
                Accept(position, end);
                NoteSkipped(from, position, firstEnd);
                return true;
            }

            position = NextHeader(position + 1);
        }

        NoteSkipped(from, _usedBytes, firstEnd);
        NextPosition = _usedBytes;
        return false;
    }

    /// <summary>The next place whose bytes could be a record's header, read a buffer at a time: a read is a file opened
    /// on a board, and a block of rubbish has thousands of places.</summary>
    private int NextHeader(int position)
    {
        while (position + RecordFormat.HeaderBytes <= _usedBytes)
        {
            int count = _usedBytes - position < Buffer.Length ? _usedBytes - position : Buffer.Length;
            if (!_store.TryRead(Block, position, Buffer, 0, count))
            {
                return position;
            }

            int places = count - RecordFormat.HeaderBytes + 1;
            for (int i = 0; i < places; i++)
            {
                if (RecordFormat.IsHeader(Buffer, i) && LittleEndian.ReadUInt16(Buffer, i) <= _payloadBytesMax)
                {
                    return position + i;
                }
            }

            position += places;
        }

        return _usedBytes;
    }

    private int EndOfRecordAt(int position)
    {
        int payloadBytes = RecordFormat.PayloadBytesOf(Buffer);
        return RecordFormat.IsHeader(Buffer) && payloadBytes <= _payloadBytesMax
            ? position + RecordFormat.HeaderBytes + payloadBytes
            : -1;
    }

    private bool ReadWhole(int position, int end)
    {
        int payloadBytes = end - position - RecordFormat.HeaderBytes;
        return (payloadBytes == 0
                || _store.TryRead(Block, position + RecordFormat.HeaderBytes, Buffer, RecordFormat.HeaderBytes,
                    payloadBytes))
            && RecordFormat.IsWhole(Buffer, payloadBytes, position);
    }

    private void Accept(int position, int end)
    {
        Position = position;
        NextPosition = end;
        PayloadBytes = end - position - RecordFormat.HeaderBytes;
        Kind = RecordFormat.KindOf(Buffer);
        Number = RecordFormat.NumberOf(Buffer);
    }

    /// <summary>A torn write is shorter than a header, or its header announces more than was written.</summary>
    private void NoteSkipped(int from, int to, int firstEnd)
    {
        SkippedBytes = to - from;
        Skipped = SkippedBytes == 0 ? SkippedNothing
            : SkippedBytes < RecordFormat.HeaderBytes || firstEnd > to ? SkippedTorn
            : SkippedDamage;
    }
}
