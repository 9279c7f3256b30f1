using MeterFirmware.Basics;

namespace MeterFirmware.Storage;

/// <summary>
/// The first bytes of a journal block: magic and version (3 bytes), lane (1), the next number when the block was
/// opened (4), the acknowledged cursor then (4), how often the block was erased (4), CRC-32 (4).
/// </summary>
public static class BlockHeader
{
    public const int Bytes = 20;

    private const int CrcOffset = 16;
    private const byte Magic0 = (byte)'M';
    private const byte Magic1 = (byte)'J';
    private const byte Version = 1;

    public static void Write(byte[] buffer, int lane, long nextNumber, long acknowledged, int erases)
    {
        buffer[0] = Magic0;
        buffer[1] = Magic1;
        buffer[2] = Version;
        buffer[3] = (byte)lane;
        LittleEndian.WriteInt32(buffer, 4, (int)nextNumber);
        LittleEndian.WriteInt32(buffer, 8, (int)acknowledged);
        LittleEndian.WriteInt32(buffer, 12, erases);
        LittleEndian.WriteInt32(buffer, CrcOffset, (int)Crc32.Of(buffer, 0, CrcOffset));
    }

    public static bool IsValid(byte[] buffer) =>
        buffer[0] == Magic0 && buffer[1] == Magic1 && buffer[2] == Version
        && LittleEndian.ReadInt32(buffer, CrcOffset) == (int)Crc32.Of(buffer, 0, CrcOffset);

    public static int LaneOf(byte[] buffer) => buffer[3];

    public static long NextNumberOf(byte[] buffer) => (uint)LittleEndian.ReadInt32(buffer, 4);

    public static long AcknowledgedOf(byte[] buffer) => (uint)LittleEndian.ReadInt32(buffer, 8);

    public static int ErasesOf(byte[] buffer) => LittleEndian.ReadInt32(buffer, 12);
}
