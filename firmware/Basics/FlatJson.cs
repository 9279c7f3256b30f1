namespace MeterFirmware.Basics;

/// <summary>
/// Reads one JSON object (RFC 8259) in place: where its members are, checked to the last byte, without allocating and
/// without recursion. Values that are objects or arrays themselves are checked, not opened: give their bytes to another
/// reader. Every size is bounded by the constructor, because what arrives is not to be trusted.
/// </summary>
public sealed class FlatJson
{
    // Columns of a member's row in the table of places.
    private const int NameStart = 0;
    private const int NameEnd = 1;
    private const int ValueStart = 2;
    private const int ValueEnd = 3;
    private const int ColumnCount = 4;

    private readonly ushort[] _places;
    private readonly byte[] _kinds;
    private readonly JsonScanner _scanner;
    private readonly int _depthMax;
    private byte[] _bytes;

    /// <param name="memberCountMax">Members that the object may have.</param>
    /// <param name="depthMax">1: members are plain values; each further level allows one array or object
    /// inside.</param>
    /// <param name="other">A reader whose scanner this one uses too, since only one reads at a time; null: its
    /// own.</param>
    public FlatJson(int memberCountMax, int depthMax, FlatJson other = null)
    {
        Invariant.Require(depthMax >= 1 && depthMax <= JsonScanner.DepthMax, "1 to 32 levels");
        _places = new ushort[memberCountMax * ColumnCount];
        _kinds = new byte[memberCountMax];
        _scanner = other == null ? new JsonScanner() : other._scanner;
        _depthMax = depthMax;
    }

    /// <summary>Members of the object last read; 0 after a failure.</summary>
    public int Count { get; private set; }

    /// <summary>Why the last read failed.</summary>
    public JsonFault Fault { get; private set; }

    /// <summary>Byte at which the last read failed.</summary>
    public int FaultOffset { get; private set; }

    /// <summary>Reads an object. The bytes must stay as they are for as long as the members are asked for.</summary>
    public bool TryRead(byte[] bytes, int offset, int count)
    {
        _bytes = bytes;
        Count = 0;
        _scanner.Begin(bytes, offset, offset + count, _depthMax - 1);
        Fault = offset + count > ushort.MaxValue ? JsonFault.TooLong : Read();
        FaultOffset = _scanner.At;
        if (Fault == JsonFault.None)
        {
            return true;
        }

        Count = 0;
        return false;
    }

    /// <summary>Index of a member. False: the object has none of this name.</summary>
    public bool TryFind(string name, out int member)
    {
        for (member = 0; member < Count; member++)
        {
            if (Equals(name, NameStartOf(member), NameEndOf(member)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when a member has this name.</summary>
    public bool IsNamed(int member, string name) => Equals(name, NameStartOf(member), NameEndOf(member));

    public JsonKind KindOf(int member) => (JsonKind)_kinds[member];

    /// <summary>First byte of a value; of a text, the first behind its quotation mark.</summary>
    public int StartOf(int member) => _places[member * ColumnCount + ValueStart];

    /// <summary>Byte behind a value; of a text, its closing quotation mark.</summary>
    public int EndOf(int member) => _places[member * ColumnCount + ValueEnd];

    /// <summary>First byte of a member's name.</summary>
    public int NameStartOf(int member) => _places[member * ColumnCount + NameStart];

    /// <summary>Byte behind a member's name.</summary>
    public int NameEndOf(int member) => _places[member * ColumnCount + NameEnd];

    /// <summary>True when the member is a text without escapes that equals <paramref name="text"/> (ASCII).</summary>
    public bool TextEquals(int member, string text) =>
        KindOf(member) == JsonKind.Text && Equals(text, StartOf(member), EndOf(member));

    /// <summary>A text member without escapes as a string; allocates. Null: it is no text, or longer.</summary>
    public string TextOf(int member, int lengthMax)
    {
        int length = EndOf(member) - StartOf(member);
        if (KindOf(member) != JsonKind.Text || length > lengthMax)
        {
            return null;
        }

        char[] text = new char[length];
        for (int i = 0; i < length; i++)
        {
            text[i] = (char)_bytes[StartOf(member) + i];
        }

        return new string(text);
    }

    /// <summary>Decodes a text member that is base64. False: it is not, or does not fit.</summary>
    public bool TryGetBase64(int member, byte[] into, int offset, out int count) =>
        Base64.TryDecode(_bytes, StartOf(member), EndOf(member), into, offset, out count);

    /// <summary>Decodes a text member of hexadecimal digits, two a byte. False: missing, another character, an odd
    /// number, or more than <paramref name="into"/> takes.</summary>
    public bool TryGetHex(string name, byte[] into, out int count)
    {
        count = 0;
        if (!TryFind(name, out int member) || KindOf(member) != JsonKind.Text)
        {
            return false;
        }

        int start = StartOf(member);
        int digits = EndOf(member) - start;
        if ((digits & 1) != 0 || digits / 2 > into.Length)
        {
            return false;
        }

        for (int i = 0; i < digits; i++)
        {
            int nibble = HexDigits.ValueOf(_bytes[start + i]);
            if (nibble < 0)
            {
                return false;
            }

            into[i / 2] = (byte)((i & 1) == 0 ? nibble << 4 : into[i / 2] | nibble);
        }

        count = digits / 2;
        return true;
    }

    /// <summary>A whole number. False: missing, not a number, a fraction, an exponent, or beyond 64 bits.</summary>
    public bool TryGetInteger(string name, out long value)
    {
        value = 0;
        return TryFind(name, out int member) && TryGetScaled(member, 0, out value);
    }

    /// <summary>A decimal number as an integer of its last place: "3.5" with 3 digits is 3500. False: not a number, an
    /// exponent, more places than <paramref name="digits"/>, or beyond 64 bits.</summary>
    public bool TryGetScaled(int member, int digits, out long value)
    {
        value = 0;
        if (KindOf(member) != JsonKind.Number)
        {
            return false;
        }

        int at = StartOf(member);
        int end = EndOf(member);
        bool isNegative = _bytes[at] == '-';
        if (isNegative)
        {
            at++;
        }

        // Counted downwards, because the lowest value has no positive twin.
        int places = -1;
        for (; at < end; at++)
        {
            int c = _bytes[at];
            if (c == '.')
            {
                places = 0;
                continue;
            }

            if (c < '0' || c > '9' || (places >= 0 && places == digits) || !TryPush(ref value, c - '0'))
            {
                return false;
            }

            if (places >= 0)
            {
                places++;
            }
        }

        for (int i = places < 0 ? 0 : places; i < digits; i++)
        {
            if (!TryPush(ref value, 0))
            {
                return false;
            }
        }

        if (isNegative)
        {
            return true;
        }

        if (value == long.MinValue)
        {
            return false;
        }

        value = -value;
        return true;
    }

    /// <summary>True or false. False: missing, or something else.</summary>
    public bool TryGetBoolean(string name, out bool value)
    {
        value = false;
        if (!TryFind(name, out int member))
        {
            return false;
        }

        value = KindOf(member) == JsonKind.True;
        return value || KindOf(member) == JsonKind.False;
    }

    /// <summary>Reads an array of rows of whole numbers, "[[0,16000],[3600,8000,1]]", one after the other.</summary>
    /// <param name="columnsMin">Numbers that a row has at least.</param>
    /// <param name="columns">Numbers that a row has at most, and places of a row in <paramref name="into"/>; those that
    /// a row leaves out keep what was there.</param>
    /// <param name="into">Rows that fit are the most that may come.</param>
    /// <returns>False: missing, another shape, too many, a fraction, or beyond 32 bits; <paramref name="into"/> may be
    /// partly filled.</returns>
    public bool TryGetRows(string name, int columnsMin, int columns, int[] into, out int rows)
    {
        rows = 0;
        if (!TryFind(name, out int member) || KindOf(member) != JsonKind.Array)
        {
            return false;
        }

        // It is whole JSON already, so only the shape is looked at; a column below 0 is outside of a row.
        int column = -1;
        int end = EndOf(member) - 1;
        for (int at = StartOf(member) + 1; at < end;)
        {
            int c = _bytes[at];
            if (c == '[' || c == ']')
            {
                bool isGood = c == '[' ? column < 0 && (rows + 1) * columns <= into.Length : column >= columnsMin;
                if (!isGood)
                {
                    return false;
                }

                column = c == '[' ? 0 : -1;
                rows += c == ']' ? 1 : 0;
                at++;
            }
            else if (c == ',' || c <= ' ')
            {
                at++;
            }
            else
            {
                if (column < 0 || column == columns || !TryReadNumber(ref at, out into[rows * columns + column]))
                {
                    return false;
                }

                column++;
            }
        }

        return true;
    }

    private bool TryReadNumber(ref int at, out int number)
    {
        bool isNegative = _bytes[at] == '-';
        at += isNegative ? 1 : 0;
        long value = 0;
        int digits = 0;
        for (; _bytes[at] >= '0' && _bytes[at] <= '9' && digits < 10; at++, digits++)
        {
            value = value * 10 + (_bytes[at] - '0');
        }

        number = (int)(isNegative ? -value : value);
        int next = _bytes[at];
        return digits > 0 && value <= int.MaxValue && (next == ',' || next == ']' || next <= ' ');
    }

    private static bool TryPush(ref long value, int digit)
    {
        if (value < (long.MinValue + digit) / 10)
        {
            return false;
        }

        value = value * 10 - digit;
        return true;
    }

    private bool Equals(string text, int start, int end)
    {
        if (end - start != text.Length)
        {
            return false;
        }

        for (int i = 0; i < text.Length; i++)
        {
            if (_bytes[start + i] != text[i])
            {
                return false;
            }
        }

        return true;
    }

    private JsonFault Read()
    {
        _scanner.SkipSpace();
        if (!_scanner.TryTake('{'))
        {
            return JsonFault.NotAnObject;
        }

        _scanner.SkipSpace();
        if (!_scanner.TryTake('}'))
        {
            JsonFault fault = ReadMembers();
            if (fault != JsonFault.None)
            {
                return fault;
            }
        }

        _scanner.SkipSpace();
        return _scanner.IsAtEnd ? JsonFault.None : JsonFault.Trailing;
    }

    private JsonFault ReadMembers()
    {
        while (true)
        {
            JsonFault fault = ReadMember();
            if (fault != JsonFault.None)
            {
                return fault;
            }

            _scanner.SkipSpace();
            if (_scanner.TryTake('}'))
            {
                return JsonFault.None;
            }

            if (!_scanner.TryTake(','))
            {
                return JsonFault.Syntax;
            }
        }
    }

    private JsonFault ReadMember()
    {
        if (Count == _kinds.Length)
        {
            return JsonFault.TooManyMembers;
        }

        _scanner.SkipSpace();
        JsonFault fault = _scanner.ReadText(out int nameStart, out int nameEnd, out bool isEscaped);
        if (fault != JsonFault.None || isEscaped)
        {
            return fault == JsonFault.None ? JsonFault.BadText : fault;
        }

        _scanner.SkipSpace();
        if (!_scanner.TryTake(':'))
        {
            return JsonFault.Syntax;
        }

        _scanner.SkipSpace();
        fault = _scanner.ReadValue(out JsonKind kind, out int valueStart, out int valueEnd);
        if (fault != JsonFault.None)
        {
            return fault;
        }

        if (IsKnown(nameStart, nameEnd))
        {
            return JsonFault.DuplicateName;
        }

        int row = Count * ColumnCount;
        _places[row + NameStart] = (ushort)nameStart;
        _places[row + NameEnd] = (ushort)nameEnd;
        _places[row + ValueStart] = (ushort)valueStart;
        _places[row + ValueEnd] = (ushort)valueEnd;
        _kinds[Count] = (byte)kind;
        Count++;
        return JsonFault.None;
    }

    private bool IsKnown(int start, int end)
    {
        for (int member = 0; member < Count; member++)
        {
            int length = NameEndOf(member) - NameStartOf(member);
            if (length != end - start)
            {
                continue;
            }

            int i = 0;
            while (i < length && _bytes[NameStartOf(member) + i] == _bytes[start + i])
            {
                i++;
            }

            if (i == length)
            {
                return true;
            }
        }

        return false;
    }
}
