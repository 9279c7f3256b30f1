namespace MeterFirmware.Drivers.Mfrc522;

/// <summary>What ISO/IEC 14443-3 type A says about the frames of activation.</summary>
internal static class Iso14443
{
    /// <summary>WUPA, a short frame of 7 bits: answered by idle and by halted cards.</summary>
    public const byte WakeUp = 0x52;

    /// <summary>First byte of a cascade level that is not the last.</summary>
    public const byte CascadeTag = 0x88;

    /// <summary>SAK: the UID goes on in the next level.</summary>
    public const int CascadeBit = 0x04;

    public const int LevelCount = 3;

    /// <summary>SEL of a level, 0 to 2: 0x93, 0x95, 0x97.</summary>
    public static byte SelectOf(int level) => (byte)(0x93 + 2 * level);

    /// <summary>Four bytes and their exclusive or (BCC).</summary>
    public static bool IsLevelWhole(byte[] bytes) => (bytes[0] ^ bytes[1] ^ bytes[2] ^ bytes[3] ^ bytes[4]) == 0;

    /// <summary>CRC_A (annex B: x^16 + x^12 + x^5 + 1, preset 0x6363) over the first <paramref name="count"/>
    /// bytes.</summary>
    public static int CrcA(byte[] bytes, int count)
    {
        int crc = 0x6363;
        for (int i = 0; i < count; i++)
        {
            crc ^= bytes[i];
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x8408 : crc >> 1;
            }
        }

        return crc;
    }

    /// <summary>Puts the CRC behind the bytes, low byte first.</summary>
    public static void AddCrc(byte[] bytes, int count)
    {
        int crc = CrcA(bytes, count);
        bytes[count] = (byte)crc;
        bytes[count + 1] = (byte)(crc >> 8);
    }
}
