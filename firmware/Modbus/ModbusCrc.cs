namespace MeterFirmware.Modbus;

/// <summary>CRC-16 of a serial frame: start FFFF, polynomial A001 reflected, low byte first on the line (V1.02,
/// 2.5.1.2).</summary>
public static class ModbusCrc
{
    private const int Start = 0xFFFF;

    // The sixteen remainders of half a byte: two steps a byte, and no table of 512 bytes.
    private static readonly ushort[] _halves =
    {
        0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
        0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400,
    };

    public static int Of(byte[] bytes, int offset, int count)
    {
        int crc = Start;
        for (int i = 0; i < count; i++)
        {
            crc ^= bytes[offset + i];
            crc = (crc >> 4) ^ _halves[crc & 15];
            crc = (crc >> 4) ^ _halves[crc & 15];
        }

        return crc;
    }

    /// <summary>Writes the check behind <paramref name="count"/> bytes; returns the frame's length with it.</summary>
    public static int Append(byte[] bytes, int offset, int count)
    {
        int crc = Of(bytes, offset, count);
        bytes[offset + count] = (byte)crc;
        bytes[offset + count + 1] = (byte)(crc >> 8);
        return count + ModbusProtocol.CrcLength;
    }

    /// <summary>True when a frame of <paramref name="count"/> bytes, its check included, is whole.</summary>
    public static bool IsGood(byte[] bytes, int offset, int count)
    {
        if (count < 4)
        {
            return false;
        }

        int body = count - ModbusProtocol.CrcLength;
        return Of(bytes, offset, body) == (bytes[offset + body] | (bytes[offset + body + 1] << 8));
    }
}
