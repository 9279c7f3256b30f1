using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Storage;

/// <summary>Some consecutive blocks of a store as a store of their own: how journal, checkpoints and documents share
/// one flash.</summary>
public sealed class BlockRegion : IBlockStore
{
    private readonly IBlockStore _store;
    private readonly int _firstBlock;

    public BlockRegion(IBlockStore store, int firstBlock, int blockCount)
    {
        Invariant.Require(firstBlock >= 0 && blockCount > 0 && firstBlock + blockCount <= store.BlockCount,
            "region outside of the store");
        _store = store;
        _firstBlock = firstBlock;
        BlockCount = blockCount;
    }

    public int BlockCount { get; }

    public int BlockBytes => _store.BlockBytes;

    public int LengthOf(int block) => _store.LengthOf(_firstBlock + block);

    public bool TryErase(int block) => IsInside(block) && _store.TryErase(_firstBlock + block);

    public bool TryAppend(int block, byte[] buffer, int offset, int count) =>
        IsInside(block) && _store.TryAppend(_firstBlock + block, buffer, offset, count);

    public bool TryRead(int block, int position, byte[] buffer, int offset, int count) =>
        IsInside(block) && _store.TryRead(_firstBlock + block, position, buffer, offset, count);

    private bool IsInside(int block) => block >= 0 && block < BlockCount;
}
