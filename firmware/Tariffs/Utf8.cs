namespace MeterFirmware.Tariffs;

/// <summary>
/// Strict UTF-8 to a string, without the System.Text package: over-long forms, lone surrogates and control
/// characters are refused, so that no name can break a display or a JSON document.
/// </summary>
public static class Utf8
{
    public static bool TryDecode(byte[] bytes, int offset, int count, out string text)
    {
        text = "";
        char[] chars = new char[count];
        int length = 0;
        int end = offset + count;
        while (offset < end)
        {
            int first = bytes[offset];
            int more = first < 0x80 ? 0 : first >= 0xC2 && first < 0xE0 ? 1 : first >= 0xE0 && first < 0xF0 ? 2
                : first >= 0xF0 && first < 0xF5 ? 3 : -1;
            if (more < 0 || offset + more >= end || first < ' ' || first == 0x7F)
            {
                return false;
            }

            int code = more == 0 ? first : first & (0x3F >> more);
            for (int i = 1; i <= more; i++)
            {
                int next = bytes[offset + i];
                if ((next & 0xC0) != 0x80)
                {
                    return false;
                }

                code = (code << 6) | (next & 0x3F);
            }

            bool overlong = (more == 2 && code < 0x800) || (more == 3 && code < 0x10000);
            if (overlong || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
            {
                return false;
            }

            offset += more + 1;
            if (code < 0x10000)
            {
                chars[length++] = (char)code;
            }
            else
            {
                chars[length++] = (char)(0xD800 + ((code - 0x10000) >> 10));
                chars[length++] = (char)(0xDC00 + ((code - 0x10000) & 0x3FF));
            }
        }

        text = new string(chars, 0, length);
        return true;
    }
}
