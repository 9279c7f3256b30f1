using MeterFirmware.Hardware;

namespace MeterFirmware.Tools.Tests.Readout;

/// <summary>Blocks that can stop taking writes, and that count them.</summary>
internal sealed class RefusingBlockStore(IBlockStore blocks) : IBlockStore
{
    public bool Refuses { get; set; }

    /// <summary>Appends and erases that were asked for.</summary>
    public int Writes { get; private set; }

    public int BlockCount => blocks.BlockCount;

    public int BlockBytes => blocks.BlockBytes;

    public int LengthOf(int block) => blocks.LengthOf(block);

    public bool TryErase(int block) => MayWrite() && blocks.TryErase(block);

    public bool TryAppend(int block, byte[] buffer, int offset, int count) => MayWrite() && blocks.TryAppend(block, buffer, offset, count);

    public bool TryRead(int block, int position, byte[] buffer, int offset, int count) =>
        blocks.TryRead(block, position, buffer, offset, count);

    private bool MayWrite()
    {
        Writes++;
        return !Refuses;
    }
}
