using MeterFirmware.Basics;

namespace MeterFirmware.Drivers.Fram;

/// <summary>
/// What stands where: the store's head (magic, geometry, check), then the heads of all blocks, then the blocks.
/// A block's head is two slots. Each has a sequence number, the block's length, and a CRC-32 over these and the block's
/// number; the newer whole one holds. A new length is written to the other slot, so that power that fails in it leaves
/// the old one.
/// </summary>
internal static class FramLayout
{
    public const int StoreHeadBytes = 16;
    public const int SlotBytes = 8;
    public const int BlockHeadBytes = 2 * SlotBytes;

    // "FRAM", layout 1.
    private const int Magic = 0x4D41_5246;
    private const int Version = 1;

    /// <summary>Magic (4), layout and blocks (2), unused (2), capacity (4), CRC-32 (4).</summary>
    public static void PutStoreHead(byte[] bytes, FramSettings settings)
    {
        LittleEndian.WriteInt32(bytes, 0, Magic);
        bytes[4] = Version;
        bytes[5] = (byte)settings.BlockCount;
        LittleEndian.WriteUInt16(bytes, 6, 0);
        LittleEndian.WriteInt32(bytes, 8, settings.CapacityBytes);
        LittleEndian.WriteInt32(bytes, 12, (int)Crc32.Of(bytes, 0, 12));
    }

    /// <summary>True: the head of a store, whatever its geometry.</summary>
    public static bool IsStoreHead(byte[] bytes) => LittleEndian.ReadInt32(bytes, 0) == Magic
        && LittleEndian.ReadInt32(bytes, 12) == (int)Crc32.Of(bytes, 0, 12);

    /// <summary>Sequence (1), length (3), CRC-32 (4) that the block's number is part of.</summary>
    public static void PutSlot(byte[] bytes, int block, int sequence, int length)
    {
        bytes[0] = (byte)sequence;
        bytes[1] = (byte)length;
        bytes[2] = (byte)(length >> 8);
        bytes[3] = (byte)(length >> 16);
        bytes[4] = (byte)block;
        LittleEndian.WriteInt32(bytes, 4, (int)Crc32.Of(bytes, 0, 5));
    }

    /// <summary>False: the slot is not whole.</summary>
    public static bool TryGetSlot(byte[] bytes, int offset, int block, byte[] room, out int sequence, out int length)
    {
        sequence = bytes[offset];
        length = bytes[offset + 1] | (bytes[offset + 2] << 8) | (bytes[offset + 3] << 16);
        PutSlot(room, block, sequence, length);
        return LittleEndian.ReadInt32(room, 4) == LittleEndian.ReadInt32(bytes, offset + 4);
    }

    public static int SlotAt(int block, int slot) => StoreHeadBytes + block * BlockHeadBytes + slot * SlotBytes;

    public static int BlockAt(FramSettings settings, int block) =>
        StoreHeadBytes + settings.BlockCount * BlockHeadBytes + block * settings.BlockBytes;
}
