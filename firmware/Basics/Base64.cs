namespace MeterFirmware.Basics;

/// <summary>Base64 of RFC 4648 section 4 from bytes to bytes, with its padding, without an allocation.</summary>
public static class Base64
{
    /// <summary>Decodes the characters from <paramref name="start"/> to before <paramref name="end"/>. False: a
    /// character outside of the alphabet, a wrong length, or more than fits; what was written then means
    /// nothing.</summary>
    public static bool TryDecode(byte[] text, int start, int end, byte[] into, int offset, out int count)
    {
        count = 0;
        if ((end - start) % 4 != 0)
        {
            return false;
        }

        int pads = 0;
        while (pads < 2 && end > start && text[end - 1] == '=')
        {
            end--;
            pads++;
        }

        int bits = 0;
        int held = 0;
        for (int i = start; i < end; i++)
        {
            int digit = DigitOf(text[i]);
            if (digit < 0)
            {
                return false;
            }

            held = ((held << 6) | digit) & 0xFFFF;
            bits += 6;
            if (bits >= 8)
            {
                bits -= 8;
                if (offset + count >= into.Length)
                {
                    return false;
                }

                into[offset + count] = (byte)(held >> bits);
                count++;
            }
        }

        // Bits behind the last byte must be zero, or two texts would stand for the same bytes.
        return (held & ((1 << bits) - 1)) == 0;
    }

    private static int DigitOf(int character)
    {
        if (character >= 'A' && character <= 'Z')
        {
            return character - 'A';
        }

        if (character >= 'a' && character <= 'z')
        {
            return character - 'a' + 26;
        }

        if (character >= '0' && character <= '9')
        {
            return character - '0' + 52;
        }

        return character == '+' ? 62 : character == '/' ? 63 : -1;
    }
}
