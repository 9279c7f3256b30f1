using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Storage;

/// <summary>The first blocks of one store and, behind them, those of another: states in FRAM, the journal in files.
/// </summary>
public sealed class SplitBlocks : IBlockStore
{
    private readonly IBlockStore _first;
    private readonly IBlockStore _rest;
    private readonly int _firstCount;

    /// <param name="first">Blocks 0 and up.</param>
    /// <param name="firstCount">So many of them, at most what it has.</param>
    /// <param name="rest">The blocks from <paramref name="firstCount"/> on, by the same numbers; its first ones are
    /// not used.</param>
    public SplitBlocks(IBlockStore first, int firstCount, IBlockStore rest)
    {
        Invariant.Require(
            firstCount > 0 && firstCount <= first.BlockCount && firstCount < rest.BlockCount,
            "split blocks: the first store has too few blocks, or leaves none to the other");
        _first = first;
        _firstCount = firstCount;
        _rest = rest;
    }

    public int BlockCount => _rest.BlockCount;

    /// <summary>Of the smaller of the two.</summary>
    public int BlockBytes => _first.BlockBytes < _rest.BlockBytes ? _first.BlockBytes : _rest.BlockBytes;

    public int LengthOf(int block) => StoreOf(block).LengthOf(block);

    public bool TryErase(int block) => StoreOf(block).TryErase(block);

    public bool TryAppend(int block, byte[] buffer, int offset, int count) =>
        LengthOf(block) + count <= BlockBytes && StoreOf(block).TryAppend(block, buffer, offset, count);

    public bool TryRead(int block, int position, byte[] buffer, int offset, int count) =>
        StoreOf(block).TryRead(block, position, buffer, offset, count);

    private IBlockStore StoreOf(int block) => block < _firstCount ? _first : _rest;
}
