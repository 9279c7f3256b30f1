namespace MeterFirmware.Basics;

/// <summary>
/// Signed integers in as few bytes as their size needs (zigzag, then seven bits a byte, low bits first, high bit =
/// more follow): a register that grows for decades and a zero cost what they carry, and no field has a ceiling.
/// </summary>
public static class VarInt
{
    /// <summary>Bytes of the longest value.</summary>
    public const int BytesMax = 10;

    /// <summary>Writes one value and returns the offset behind it; <see cref="BytesMax"/> bytes must be free.</summary>
    public static int Write(byte[] bytes, int offset, long value)
    {
        ulong rest = (ulong)((value << 1) ^ (value >> 63));
        while (rest >= 0x80)
        {
            bytes[offset] = (byte)(rest | 0x80);
            offset++;
            rest >>= 7;
        }

        bytes[offset] = (byte)rest;
        return offset + 1;
    }

    /// <summary>Reads one value and moves <paramref name="offset"/> behind it. False: the value does not end before
    /// <paramref name="end"/> or is longer than 64 bits; the offset then means nothing.</summary>
    public static bool TryRead(byte[] bytes, ref int offset, int end, out long value)
    {
        ulong raw = 0;
        int shift = 0;
        value = 0;
        while (offset < end)
        {
            int part = bytes[offset];
            offset++;

            // The tenth byte holds the 64th bit only.
            if (shift == 63 && part > 1)
            {
                return false;
            }

            raw |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                value = (long)(raw >> 1) ^ -(long)(raw & 1);
                return true;
            }

            shift += 7;
        }

        return false;
    }
}
