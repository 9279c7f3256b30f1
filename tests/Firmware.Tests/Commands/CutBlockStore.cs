using MeterFirmware.Hardware;
using MeterFirmware.Storage;

namespace MeterFirmware.Firmware.Tests.Commands;

/// <summary>Blocks whose supply fails in the middle of an append.</summary>
internal sealed class CutBlockStore : IBlockStore
{
    private readonly RamBlockStore _blocks;

    public CutBlockStore(int blockCount, int blockBytes)
    {
        _blocks = new RamBlockStore(blockCount, blockBytes);
    }

    /// <summary>Whole appends that are left; −1: any number.</summary>
    public int AppendsLeft { get; set; } = -1;

    public int BlockCount => _blocks.BlockCount;

    public int BlockBytes => _blocks.BlockBytes;

    public int LengthOf(int block) => _blocks.LengthOf(block);

    public bool TryErase(int block) => AppendsLeft != 0 && _blocks.TryErase(block);

    public bool TryAppend(int block, byte[] buffer, int offset, int count)
    {
        if (AppendsLeft == 0)
        {
            _blocks.TryAppend(block, buffer, offset, count / 2);
            return false;
        }

        AppendsLeft -= AppendsLeft > 0 ? 1 : 0;
        return _blocks.TryAppend(block, buffer, offset, count);
    }

    public bool TryRead(int block, int position, byte[] buffer, int offset, int count) =>
        _blocks.TryRead(block, position, buffer, offset, count);
}
