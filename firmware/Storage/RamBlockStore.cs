using System;
using MeterFirmware.Hardware;

namespace MeterFirmware.Storage;

/// <summary>Blocks in RAM: for boards without flash, the virtual device and tests. Nothing survives a power
/// loss.</summary>
public sealed class RamBlockStore : IBlockStore
{
    private readonly byte[][] _blocks;
    private readonly int[] _lengths;

    public RamBlockStore(int blockCount, int blockBytes)
        : this(blockCount, blockBytes, false)
    {
    }

    /// <param name="blockCount">Blocks.</param>
    /// <param name="blockBytes">Bytes of each.</param>
    /// <param name="onDemand">A block takes RAM when it is first written: where RAM is short, and a tick may
    /// allocate.</param>
    public RamBlockStore(int blockCount, int blockBytes, bool onDemand)
    {
        BlockCount = blockCount;
        BlockBytes = blockBytes;
        _blocks = new byte[blockCount][];
        _lengths = new int[blockCount];
        for (int i = 0; i < blockCount && !onDemand; i++)
        {
            _blocks[i] = new byte[blockBytes];
        }
    }

    public int BlockCount { get; }

    public int BlockBytes { get; }

    /// <summary>RAM that the blocks take now.</summary>
    public int AllocatedBytes
    {
        get
        {
            int blocks = 0;
            for (int i = 0; i < _blocks.Length; i++)
            {
                blocks += _blocks[i] == null ? 0 : 1;
            }

            return blocks * BlockBytes;
        }
    }

    public int LengthOf(int block) => _lengths[block];

    public bool TryErase(int block)
    {
        _lengths[block] = 0;
        return true;
    }

    public bool TryAppend(int block, byte[] buffer, int offset, int count)
    {
        if (_lengths[block] + count > BlockBytes)
        {
            return false;
        }

        if (_blocks[block] == null)
        {
            _blocks[block] = new byte[BlockBytes];
        }

        Array.Copy(buffer, offset, _blocks[block], _lengths[block], count);
        _lengths[block] += count;
        return true;
    }

    public bool TryRead(int block, int position, byte[] buffer, int offset, int count)
    {
        if (position < 0 || position + count > _lengths[block])
        {
            return false;
        }

        if (count == 0)
        {
            return true;
        }

        Array.Copy(_blocks[block], position, buffer, offset, count);
        return true;
    }
}
