using System;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Simulator.Flash;

/// <summary>
/// A block store in memory that does what flash and its file systems do at their worst, on demand and repeatably:
/// power cut at any byte of any write, torn erases, flipped bits, refused writes, worn-out blocks. A copy of it is a
/// snapshot, so that a test can branch at every write of a run.
/// </summary>
public sealed class FaultyBlockStore : IBlockStore
{
    /// <summary>What is about to be written; a null buffer is an erase.</summary>
    public delegate void WriteObserver(int block, byte[] buffer, int offset, int count);

    private readonly byte[][] _blocks;
    private readonly int[] _lengths;
    private readonly int[] _erases;

    public FaultyBlockStore(int blockCount, int blockBytes)
    {
        BlockCount = blockCount;
        BlockBytes = blockBytes;
        _blocks = new byte[blockCount][];
        for (int i = 0; i < blockCount; i++)
        {
            _blocks[i] = new byte[blockBytes];
        }

        _lengths = new int[blockCount];
        _erases = new int[blockCount];
    }

    public int BlockCount { get; }

    public int BlockBytes { get; }

    /// <summary>Appends and erases so far, the cut one included.</summary>
    public long Writes { get; private set; }

    /// <summary>Bytes appended so far.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>The write (counted from 1) during which power fails; 0: never.</summary>
    public long CutAtWrite { get; set; }

    /// <summary>How many bytes of the cut write are written; an erase is done when this is above 0.</summary>
    public int CutAfterBytes { get; set; }

    /// <summary>A torn erase leaves the block full of garbage instead of as it was (raw NOR flash, not a file
    /// system).</summary>
    public bool TornEraseLeavesGarbage { get; set; }

    /// <summary>False once power is gone: nothing is written or read any more, as after the processor
    /// stopped.</summary>
    public bool IsPowered { get; private set; } = true;

    /// <summary>Erases after which a block refuses to be erased; 0: never.</summary>
    public int EnduranceErases { get; set; }

    /// <summary>Every so many writes one is refused after half of its bytes; 0: none.</summary>
    public int RefuseEvery { get; set; }

    /// <summary>Told before each append and, with a null buffer, each erase: the place to take a snapshot.</summary>
    public WriteObserver BeforeWrite { get; set; }

    public int ErasesOf(int block) => _erases[block];

    /// <summary>Copies the bytes, powered and without planned faults.</summary>
    public FaultyBlockStore Snapshot()
    {
        FaultyBlockStore copy = new(BlockCount, BlockBytes);
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>Takes over another store's bytes; power returns and planned faults are gone.</summary>
    public void CopyFrom(FaultyBlockStore other)
    {
        for (int i = 0; i < BlockCount; i++)
        {
            Array.Copy(other._blocks[i], _blocks[i], other._lengths[i]);
        }

        Array.Copy(other._lengths, _lengths, BlockCount);
        Array.Copy(other._erases, _erases, BlockCount);
        Writes = 0;
        CutAtWrite = 0;
        IsPowered = true;
    }

    /// <summary>Power is back; the bytes are as they were left.</summary>
    public void RestorePower()
    {
        IsPowered = true;
        CutAtWrite = 0;
    }

    /// <summary>Turns one bit over, where the block was written.</summary>
    public void FlipBit(int block, int position, int bit) => _blocks[block][position] ^= (byte)(1 << bit);

    /// <summary>Cuts a block short, as FAT does when its directory entry was not written.</summary>
    public void Truncate(int block, int length) => _lengths[block] = Math.Min(length, _lengths[block]);

    /// <summary>Replaces what a block holds.</summary>
    public void Overwrite(int block, byte[] bytes)
    {
        Array.Copy(bytes, _blocks[block], bytes.Length);
        _lengths[block] = bytes.Length;
    }

    public int LengthOf(int block) => _lengths[block];

    public bool TryErase(int block)
    {
        if (!IsPowered)
        {
            return false;
        }

        BeforeWrite?.Invoke(block, null, 0, 0);
        Writes++;
        if (Writes == CutAtWrite)
        {
            IsPowered = false;
            if (CutAfterBytes > 0)
            {
                _lengths[block] = 0;
            }
            else if (TornEraseLeavesGarbage)
            {
                new Random(block + (int)Writes).NextBytes(_blocks[block]);
                _lengths[block] = BlockBytes;
            }

            return false;
        }

        if (EnduranceErases > 0 && _erases[block] >= EnduranceErases)
        {
            return false;
        }

        _erases[block]++;
        _lengths[block] = 0;
        return true;
    }

    public bool TryAppend(int block, byte[] buffer, int offset, int count)
    {
        if (!IsPowered || _lengths[block] + count > BlockBytes)
        {
            return false;
        }

        BeforeWrite?.Invoke(block, buffer, offset, count);
        Writes++;
        int written = count;
        bool isRefused = RefuseEvery > 0 && Writes % RefuseEvery == 0;
        if (Writes == CutAtWrite)
        {
            IsPowered = false;
            written = Math.Min(CutAfterBytes, count);
        }
        else if (isRefused)
        {
            written = count / 2;
        }

        Array.Copy(buffer, offset, _blocks[block], _lengths[block], written);
        _lengths[block] += written;
        BytesWritten += written;
        return IsPowered && !isRefused;
    }

    public bool TryRead(int block, int position, byte[] buffer, int offset, int count)
    {
        if (!IsPowered || position < 0 || position + count > _lengths[block])
        {
            return false;
        }

        Array.Copy(_blocks[block], position, buffer, offset, count);
        return true;
    }
}
