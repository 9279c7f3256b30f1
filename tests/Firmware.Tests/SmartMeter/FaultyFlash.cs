using MeterFirmware.Hardware;

namespace MeterFirmware.Firmware.Tests.SmartMeter;

/// <summary>A meter's flash that takes nothing more when told so.</summary>
internal sealed class FaultyFlash : IBlockStore
{
    private readonly IBlockStore _store = ProductBench.NewFlash();

    public bool RefusesWrites { get; set; }

    /// <summary>Writes that were refused.</summary>
    public int Refused { get; private set; }

    public int BlockCount => _store.BlockCount;

    public int BlockBytes => _store.BlockBytes;

    public int LengthOf(int block) => _store.LengthOf(block);

    public bool TryErase(int block) => !RefusesWrites && _store.TryErase(block);

    public bool TryAppend(int block, byte[] buffer, int offset, int count)
    {
        Refused += RefusesWrites ? 1 : 0;
        return !RefusesWrites && _store.TryAppend(block, buffer, offset, count);
    }

    public bool TryRead(int block, int position, byte[] buffer, int offset, int count) =>
        _store.TryRead(block, position, buffer, offset, count);
}
