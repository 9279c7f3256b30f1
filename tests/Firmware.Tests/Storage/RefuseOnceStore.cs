using MeterFirmware.Hardware;

namespace MeterFirmware.Firmware.Tests.Storage;

/// <summary>Refuses the next append to one block, once.</summary>
internal sealed class RefuseOnceStore : IBlockStore
{
    private readonly IBlockStore _store;

    public RefuseOnceStore(IBlockStore store)
    {
        _store = store;
    }

    /// <summary>−1: none.</summary>
    public int RefusesBlock { get; set; } = -1;

    public int Refused { get; private set; }

    public int BlockCount => _store.BlockCount;

    public int BlockBytes => _store.BlockBytes;

    public int LengthOf(int block) => _store.LengthOf(block);

    public bool TryErase(int block) => _store.TryErase(block);

    public bool TryAppend(int block, byte[] buffer, int offset, int count)
    {
        if (block == RefusesBlock)
        {
            RefusesBlock = -1;
            Refused++;
            return false;
        }

        return _store.TryAppend(block, buffer, offset, count);
    }

    public bool TryRead(int block, int position, byte[] buffer, int offset, int count) =>
        _store.TryRead(block, position, buffer, offset, count);
}
