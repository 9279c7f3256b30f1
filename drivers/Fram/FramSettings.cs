using MeterFirmware.Basics;

namespace MeterFirmware.Drivers.Fram;

/// <summary>Which chip it is, and how its bytes are divided.</summary>
public sealed class FramSettings
{
    /// <summary>True on SPI, false on I²C.</summary>
    public bool IsSpi;

    /// <summary>Bytes of the chip: 8 192 FM24CL64B, 32 768 MB85RC256V, up to 262 144 on SPI.</summary>
    public int CapacityBytes = 8_192;

    /// <summary>Blocks that it is divided into.</summary>
    public int BlockCount = 4;

    /// <summary>Bytes in one transfer, command and address not counted; 12 fit the board's SPI buffer.</summary>
    public int TransferBytesMax = 12;

    /// <summary>Capacity of a block: what is left, divided evenly.</summary>
    public int BlockBytes => (CapacityBytes - FramLayout.StoreHeadBytes) / BlockCount - FramLayout.BlockHeadBytes;

    /// <summary>I²C chips up to 64 KiB have two address bytes; larger ones on SPI three.</summary>
    internal int AddressBytes => CapacityBytes > 0x1_0000 ? 3 : 2;

    /// <summary>Throws when a value is outside of what it says: a board is put together wrongly.</summary>
    public void Validate()
    {
        Invariant.Require(
            CapacityBytes >= 512 && CapacityBytes <= (IsSpi ? 0x4_0000 : 0x1_0000),
            "FRAM: the capacity must be 512 to 65536 bytes on I2C, to 262144 on SPI");
        Invariant.Require(
            BlockCount >= 1 && BlockCount <= 255 && BlockBytes >= 16, "FRAM: 1 to 255 blocks of 16 bytes or more");
        Invariant.Require(
            TransferBytesMax >= 8 && TransferBytesMax <= 256, "FRAM: a transfer must have 8 to 256 bytes");
    }
}
