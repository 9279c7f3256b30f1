namespace MeterFirmware.Basics;

/// <summary>
/// Writes ASCII text and JSON into one byte array that is made once, so that a tick allocates nothing.
/// Running over the end sets <see cref="Overflowed"/> and writes no more: check it before use.
/// </summary>
public sealed class ByteTextWriter
{
    private readonly byte[] _bytes;
    private readonly CivilTime _time = new CivilTime();
    private bool _needsComma;

    public ByteTextWriter(int capacityBytes)
    {
        _bytes = new byte[capacityBytes];
    }

    public byte[] Bytes => _bytes;

    public int Length { get; private set; }

    /// <summary>True once a write did not fit; the text is then cut and must not be sent.</summary>
    public bool Overflowed { get; private set; }

    public void Clear()
    {
        Length = 0;
        Overflowed = false;
        _needsComma = false;
    }

    /// <summary>Takes back what was written behind a length that stood right behind a member or value.</summary>
    public void CutTo(int length)
    {
        Length = length;
        Overflowed = false;
        _needsComma = true;
    }

    public void Byte(byte value)
    {
        if (Length >= _bytes.Length)
        {
            Overflowed = true;
            return;
        }

        _bytes[Length] = value;
        Length++;
    }

    /// <summary>Characters as UTF-8 (surrogate pairs as four bytes).</summary>
    public void Raw(string text) => Raw(text, 0, text.Length);

    private void Raw(string text, int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            char c = text[i];
            if (c < 0x80)
            {
                Byte((byte)c);
            }
            else if (c >= 0xD800 && c < 0xDC00 && i + 1 < end)
            {
                i++;
                int code = 0x10000 + ((c - 0xD800) << 10) + (text[i] - 0xDC00);
                Byte((byte)(0xF0 | (code >> 18)));
                Byte((byte)(0x80 | ((code >> 12) & 0x3F)));
                Byte((byte)(0x80 | ((code >> 6) & 0x3F)));
                Byte((byte)(0x80 | (code & 0x3F)));
            }
            else if (c < 0x800)
            {
                Byte((byte)(0xC0 | (c >> 6)));
                Byte((byte)(0x80 | (c & 0x3F)));
            }
            else
            {
                Byte((byte)(0xE0 | (c >> 12)));
                Byte((byte)(0x80 | ((c >> 6) & 0x3F)));
                Byte((byte)(0x80 | (c & 0x3F)));
            }
        }
    }

    public void Integer(long value)
    {
        if (value < 0)
        {
            Byte((byte)'-');
        }

        // Digits from the front: the negative remainder keeps long.MinValue right.
        long divisor = 1;
        while (value / divisor >= 10 || value / divisor <= -10)
        {
            divisor *= 10;
        }

        for (; divisor > 0; divisor /= 10)
        {
            long digit = value / divisor % 10;
            Byte((byte)('0' + (digit < 0 ? -digit : digit)));
        }
    }

    /// <summary>A scaled integer as a decimal: value 230700 with 3 digits is 230.700.</summary>
    public void Scaled(long value, int digits)
    {
        long unit = 1;
        for (int i = 0; i < digits; i++)
        {
            unit *= 10;
        }

        if (value < 0)
        {
            Byte((byte)'-');
        }

        long whole = value / unit;
        long part = value % unit;
        Integer(whole < 0 ? -whole : whole);
        if (digits == 0)
        {
            return;
        }

        Byte((byte)'.');
        Padded(part < 0 ? -part : part, digits);
    }

    /// <summary>A count 0 or above, with leading zeros up to <paramref name="width"/> digits.</summary>
    public void Padded(long value, int width)
    {
        long divisor = 1;
        for (int i = 1; i < width; i++)
        {
            divisor *= 10;
        }

        for (; divisor > 0; divisor /= 10)
        {
            Byte((byte)('0' + value / divisor % 10));
        }
    }

    /// <summary>Seconds of UTC and a zone offset as ISO 8601: 2026-01-31T08:15:00+08:00.</summary>
    public void Iso8601(long utcSeconds, int offsetSeconds)
    {
        _time.Set(utcSeconds + offsetSeconds);
        Padded(_time.Year, 4);
        Byte((byte)'-');
        Padded(_time.Month, 2);
        Byte((byte)'-');
        Padded(_time.Day, 2);
        Byte((byte)'T');
        Padded(_time.Hour, 2);
        Byte((byte)':');
        Padded(_time.Minute, 2);
        Byte((byte)':');
        Padded(_time.Second, 2);
        if (offsetSeconds == 0)
        {
            Byte((byte)'Z');
            return;
        }

        Byte((byte)(offsetSeconds < 0 ? '-' : '+'));
        int minutes = (offsetSeconds < 0 ? -offsetSeconds : offsetSeconds) / 60;
        Padded(minutes / 60, 2);
        Byte((byte)':');
        Padded(minutes % 60, 2);
    }

    public void BeginObject() => Open('{');

    public void EndObject() => Close('}');

    public void BeginArray() => Open('[');

    public void EndArray() => Close(']');

    /// <summary>A member's name; a value, an object or an array must follow.</summary>
    public void Name(string name)
    {
        Comma();
        Quoted(name);
        Byte((byte)':');
        _needsComma = false;
    }

    public void Value(long value)
    {
        Comma();
        Integer(value);
        _needsComma = true;
    }

    public void Value(bool value)
    {
        Comma();
        Raw(value ? "true" : "false");
        _needsComma = true;
    }

    public void Value(string value)
    {
        Comma();
        Quoted(value);
        _needsComma = true;
    }

    /// <summary>A text from printable ASCII bytes.</summary>
    public void ValueText(byte[] bytes, int offset, int count)
    {
        Comma();
        Byte((byte)'"');
        for (int i = offset; i < offset + count; i++)
        {
            if (bytes[i] == '"' || bytes[i] == '\\' || bytes[i] < ' ')
            {
                Escaped((char)bytes[i]);
            }
            else
            {
                Byte(bytes[i]);
            }
        }

        Byte((byte)'"');
        _needsComma = true;
    }

    public void Null()
    {
        Comma();
        Raw("null");
        _needsComma = true;
    }

    public void ValueScaled(long value, int digits)
    {
        Comma();
        Scaled(value, digits);
        _needsComma = true;
    }

    /// <summary>Money as a JSON string with four places (design/cli.md): 12.3456 from ten-thousandths.</summary>
    public void ValueMoney(long tenThousandths)
    {
        Comma();
        Byte((byte)'"');
        Scaled(tenThousandths, 4);
        Byte((byte)'"');
        _needsComma = true;
    }

    /// <summary>Bytes as a JSON string of lower-case hexadecimal digits.</summary>
    public void ValueHex(byte[] bytes, int offset, int count)
    {
        Comma();
        Byte((byte)'"');
        for (int i = offset; i < offset + count; i++)
        {
            Byte(HexDigits.Of(bytes[i] >> 4));
            Byte(HexDigits.Of(bytes[i] & 0xF));
        }

        Byte((byte)'"');
        _needsComma = true;
    }

    public void ValueTime(long utcSeconds, int offsetSeconds)
    {
        Comma();
        Byte((byte)'"');
        Iso8601(utcSeconds, offsetSeconds);
        Byte((byte)'"');
        _needsComma = true;
    }

    private void Open(char bracket)
    {
        Comma();
        Byte((byte)bracket);
        _needsComma = false;
    }

    private void Close(char bracket)
    {
        Byte((byte)bracket);
        _needsComma = true;
    }

    private void Comma()
    {
        if (_needsComma)
        {
            Byte((byte)',');
        }
    }

    private void Quoted(string text)
    {
        Byte((byte)'"');
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '"' || c == '\\' || c < ' ')
            {
                Escaped(c);
            }
            else if (c < 0x80)
            {
                Byte((byte)c);
            }
            else
            {
                // The rest of the text in one go: a surrogate pair must not be parted.
                int end = i;
                while (end < text.Length && text[end] >= 0x80)
                {
                    end++;
                }

                Raw(text, i, end);
                i = end - 1;
            }
        }

        Byte((byte)'"');
    }

    private void Escaped(char c)
    {
        Byte((byte)'\\');
        if (c == '"' || c == '\\')
        {
            Byte((byte)c);
            return;
        }

        Raw("u00");
        Byte(HexDigits.Of(c >> 4));
        Byte(HexDigits.Of(c & 0xF));
    }
}
