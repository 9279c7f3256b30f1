using MeterFirmware.Hardware;

namespace MeterFirmware.Firmware.Tests.Storage;

/// <summary>Counts reads: each opens a file on a board.</summary>
internal sealed class CountingStore : IBlockStore
{
    private readonly IBlockStore _store;

    public CountingStore(IBlockStore store)
    {
        _store = store;
    }

    public int Reads { get; private set; }

    public int BlockCount => _store.BlockCount;

    public int BlockBytes => _store.BlockBytes;

    public int LengthOf(int block) => _store.LengthOf(block);

    public bool TryErase(int block) => _store.TryErase(block);

    public bool TryAppend(int block, byte[] buffer, int offset, int count) =>
        _store.TryAppend(block, buffer, offset, count);

    public bool TryRead(int block, int position, byte[] buffer, int offset, int count)
    {
        Reads++;
        return _store.TryRead(block, position, buffer, offset, count);
    }
}
