namespace MeterFirmware.Basics;

/// <summary>CRC-32 of IEEE 802.3 (reflected 0xEDB88320), four bits a step: 64 bytes of table instead of 1 KB.</summary>
public static class Crc32
{
    /// <summary>What <see cref="Continue"/> starts from.</summary>
    public const uint Start = 0xFFFF_FFFF;

    private static readonly uint[] _nibbles =
    {
        0x0000_0000, 0x1DB7_1064, 0x3B6E_20C8, 0x26D9_30AC, 0x76DC_4190, 0x6B6B_51F4, 0x4DB2_6158, 0x5005_713C,
        0xEDB8_8320, 0xF00F_9344, 0xD6D6_A3E8, 0xCB61_B38C, 0x9B64_C2B0, 0x86D3_D2D4, 0xA00A_E278, 0xBDBD_F21C,
    };

    /// <summary>CRC of <paramref name="count"/> bytes from <paramref name="offset"/>.</summary>
    public static uint Of(byte[] bytes, int offset, int count) => ~Continue(Start, bytes, offset, count);

    /// <summary>Carries a CRC over more bytes; the final value is the complement of the last result.</summary>
    public static uint Continue(uint crc, byte[] bytes, int offset, int count)
    {
        uint[] table = _nibbles;
        int end = offset + count;
        for (int i = offset; i < end; i++)
        {
            crc ^= bytes[i];
            crc = (crc >> 4) ^ table[crc & 0xF];
            crc = (crc >> 4) ^ table[crc & 0xF];
        }

        return crc;
    }
}
