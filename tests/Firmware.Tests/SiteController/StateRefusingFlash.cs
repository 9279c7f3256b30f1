using MeterFirmware.Hardware;
using MeterFirmware.SiteController;
using MeterFirmware.Storage;

namespace MeterFirmware.Firmware.Tests.SiteController;

/// <summary>A site's flash whose blocks of the state can be made to refuse every access.</summary>
internal sealed class StateRefusingFlash : IBlockStore
{
    private readonly RamBlockStore _flash;

    public StateRefusingFlash(RamBlockStore flash)
    {
        _flash = flash;
    }

    public bool Refuses { get; set; }

    public int BlockCount => _flash.BlockCount;

    public int BlockBytes => _flash.BlockBytes;

    public int LengthOf(int block) => _flash.LengthOf(block);

    public bool TryAppend(int block, byte[] data, int offset, int count) =>
        !IsRefused(block) && _flash.TryAppend(block, data, offset, count);

    public bool TryErase(int block) => !IsRefused(block) && _flash.TryErase(block);

    public bool TryRead(int block, int position, byte[] into, int offset, int count) =>
        !IsRefused(block) && _flash.TryRead(block, position, into, offset, count);

    private bool IsRefused(int block) => Refuses && block >= SiteFlashPlan.FirstStateBlock
        && block < SiteFlashPlan.FirstStateBlock + SiteFlashPlan.StateBlocks;
}
