namespace MeterFirmware.Basics;

/// <summary>Integers in byte arrays, low byte first, without a heap object a call.</summary>
public static class LittleEndian
{
    public static void WriteUInt16(byte[] bytes, int offset, int value)
    {
        bytes[offset] = (byte)value;
        bytes[offset + 1] = (byte)(value >> 8);
    }

    public static void WriteInt32(byte[] bytes, int offset, int value)
    {
        bytes[offset] = (byte)value;
        bytes[offset + 1] = (byte)(value >> 8);
        bytes[offset + 2] = (byte)(value >> 16);
        bytes[offset + 3] = (byte)(value >> 24);
    }

    /// <summary>Writes whole numbers one after the other; returns the offset behind them.</summary>
    public static int WriteInts(byte[] bytes, int offset, int[] values)
    {
        for (int i = 0; i < values.Length; i++, offset += 4)
        {
            WriteInt32(bytes, offset, values[i]);
        }

        return offset;
    }

    /// <summary>Reads as many as the array holds; returns the offset behind them.</summary>
    public static int ReadInts(byte[] bytes, int offset, int[] values)
    {
        for (int i = 0; i < values.Length; i++, offset += 4)
        {
            values[i] = ReadInt32(bytes, offset);
        }

        return offset;
    }

    /// <summary>True when one of the whole numbers from an offset up to an end is below 0.</summary>
    public static bool HasNegativeInt(byte[] bytes, int offset, int end)
    {
        for (; offset < end; offset += 4)
        {
            if (ReadInt32(bytes, offset) < 0)
            {
                return true;
            }
        }

        return false;
    }

    public static void WriteInt64(byte[] bytes, int offset, long value)
    {
        WriteInt32(bytes, offset, (int)value);
        WriteInt32(bytes, offset + 4, (int)(value >> 32));
    }

    public static int ReadUInt16(byte[] bytes, int offset) => bytes[offset] | (bytes[offset + 1] << 8);

    public static int ReadInt32(byte[] bytes, int offset) =>
        bytes[offset] | (bytes[offset + 1] << 8) | (bytes[offset + 2] << 16) | (bytes[offset + 3] << 24);

    public static long ReadInt64(byte[] bytes, int offset) =>
        (uint)ReadInt32(bytes, offset) | ((long)ReadInt32(bytes, offset + 4) << 32);
}
