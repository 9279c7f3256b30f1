namespace MeterFirmware.Dlt698;

/// <summary>CRC-16/X-25, the check of header and frame: start FFFF, polynomial 8408 reflected, inverted, low byte
/// first.</summary>
public static class Dlt698Crc
{
    private const int Polynomial = 0x8408;
    private const int Start = 0xFFFF;

    private static readonly ushort[] _halves = MakeHalves();

    public static int Of(byte[] bytes, int offset, int count)
    {
        int crc = Start;
        for (int i = 0; i < count; i++)
        {
            crc ^= bytes[offset + i];
            crc = (crc >> 4) ^ _halves[crc & 15];
            crc = (crc >> 4) ^ _halves[crc & 15];
        }

        return crc ^ 0xFFFF;
    }

    // Half a byte a step: a table of 32 bytes.
    private static ushort[] MakeHalves()
    {
        ushort[] halves = new ushort[16];
        for (int i = 0; i < halves.Length; i++)
        {
            int value = i;
            for (int bit = 0; bit < 4; bit++)
            {
                value = (value & 1) != 0 ? (value >> 1) ^ Polynomial : value >> 1;
            }

            halves[i] = (ushort)value;
        }

        return halves;
    }
}
