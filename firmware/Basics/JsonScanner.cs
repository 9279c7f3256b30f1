namespace MeterFirmware.Basics;

/// <summary>
/// Checks JSON values byte by byte against RFC 8259: grammar, UTF-8, depth. One object, reused; a bit per level says
/// whether the scanner stands in an object or an array, so that nesting costs no stack.
/// </summary>
internal sealed class JsonScanner
{
    /// <summary>Levels that have a bit.</summary>
    public const int DepthMax = 32;

    private byte[] _bytes;
    private int _end;
    private int _depthMax;
    private int _objects;

    /// <summary>Offset of the next byte.</summary>
    public int At { get; private set; }

    public bool IsAtEnd => At >= _end;

    /// <summary>Levels inside of the outermost object, which is the caller's, are <paramref name="depthMax"/> at
    /// most.</summary>
    public void Begin(byte[] bytes, int offset, int end, int depthMax)
    {
        _bytes = bytes;
        _depthMax = depthMax;
        At = offset;
        _end = end;
    }

    public void SkipSpace()
    {
        while (At < _end)
        {
            int c = _bytes[At];
            if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            {
                return;
            }

            At++;
        }
    }

    public bool TryTake(char wanted)
    {
        if (At >= _end || _bytes[At] != wanted)
        {
            return false;
        }

        At++;
        return true;
    }

    /// <summary>A string with its quotation marks; the bounds are those of what stands between.</summary>
    public JsonFault ReadText(out int start, out int end, out bool isEscaped)
    {
        isEscaped = false;
        start = At + 1;
        end = start;
        if (!TryTake('"'))
        {
            return JsonFault.Syntax;
        }

        while (At < _end)
        {
            int c = _bytes[At];
            if (c == '"')
            {
                end = At;
                At++;
                return JsonFault.None;
            }

            bool isGood = c == '\\' ? TryEscape() : c < 0x80 ? TryPlain(c) : TryUtf8(c);
            if (!isGood)
            {
                return JsonFault.BadText;
            }

            isEscaped |= c == '\\';
        }

        return JsonFault.Syntax;
    }

    /// <summary>Any value; arrays and objects as a whole.</summary>
    public JsonFault ReadValue(out JsonKind kind, out int start, out int end)
    {
        start = At;
        end = At;
        kind = JsonKind.Null;
        if (At >= _end)
        {
            return JsonFault.Syntax;
        }

        int c = _bytes[At];
        JsonFault fault;
        if (c == '{' || c == '[')
        {
            kind = c == '{' ? JsonKind.Object : JsonKind.Array;
            fault = ReadNested();
            end = At;
            return fault;
        }

        if (c == '"')
        {
            kind = JsonKind.Text;
            return ReadText(out start, out end, out bool _);
        }

        fault = ReadPlain(c, out kind);
        end = At;
        return fault;
    }

    private JsonFault ReadPlain(int first, out JsonKind kind)
    {
        kind = JsonKind.Number;
        if (first == 't' || first == 'f' || first == 'n')
        {
            kind = first == 't' ? JsonKind.True : first == 'f' ? JsonKind.False : JsonKind.Null;
            return TryWord(first == 't' ? "true" : first == 'f' ? "false" : "null") ? JsonFault.None : JsonFault.Syntax;
        }

        return TryNumber() ? JsonFault.None : JsonFault.Syntax;
    }

    // A value inside ends at a comma or at its parent's bracket; which one may come depends on the level's kind.
    private JsonFault ReadNested()
    {
        int depth = 0;
        while (true)
        {
            SkipSpace();
            if (At >= _end)
            {
                return JsonFault.Syntax;
            }

            int c = _bytes[At];
            if (c == '{' || c == '[')
            {
                if (depth == _depthMax)
                {
                    return JsonFault.TooDeep;
                }

                _objects = c == '{' ? _objects | (1 << depth) : _objects & ~(1 << depth);
                depth++;
                At++;
                SkipSpace();
                if (!TryTake(c == '{' ? '}' : ']'))
                {
                    JsonFault nameFault = c == '{' ? ReadInnerName() : JsonFault.None;
                    if (nameFault != JsonFault.None)
                    {
                        return nameFault;
                    }

                    continue;
                }

                depth--;
            }
            else
            {
                JsonFault fault = c == '"' ? ReadText(out int _, out int _, out bool _) : ReadPlain(c, out JsonKind _);
                if (fault != JsonFault.None)
                {
                    return fault;
                }
            }

            // A value has ended here: the levels that end with it, or the comma before the next.
            JsonFault closing = CloseLevels(ref depth);
            if (closing != JsonFault.None || depth == 0)
            {
                return closing;
            }
        }
    }

    private JsonFault CloseLevels(ref int depth)
    {
        while (depth > 0)
        {
            SkipSpace();
            bool isObject = (_objects & (1 << (depth - 1))) != 0;
            if (TryTake(isObject ? '}' : ']'))
            {
                depth--;
                continue;
            }

            if (!TryTake(','))
            {
                return JsonFault.Syntax;
            }

            SkipSpace();
            return isObject ? ReadInnerName() : JsonFault.None;
        }

        return JsonFault.None;
    }

    private JsonFault ReadInnerName()
    {
        JsonFault fault = ReadText(out int _, out int _, out bool _);
        if (fault != JsonFault.None)
        {
            return fault;
        }

        SkipSpace();
        return TryTake(':') ? JsonFault.None : JsonFault.Syntax;
    }

    private bool TryWord(string word)
    {
        for (int i = 0; i < word.Length; i++)
        {
            if (!TryTake(word[i]))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryNumber()
    {
        TryTake('-');
        if (!TryTake('0') && !TryDigits())
        {
            return false;
        }

        if (TryTake('.') && !TryDigits())
        {
            return false;
        }

        if (!TryTake('e') && !TryTake('E'))
        {
            return true;
        }

        if (!TryTake('+'))
        {
            TryTake('-');
        }

        return TryDigits();
    }

    private bool TryDigits()
    {
        int start = At;
        while (At < _end && _bytes[At] >= '0' && _bytes[At] <= '9')
        {
            At++;
        }

        return At > start;
    }

    private bool TryPlain(int c)
    {
        At++;
        return c >= ' ';
    }

    private bool TryEscape()
    {
        At++;
        if (At >= _end)
        {
            return false;
        }

        int c = _bytes[At];
        At++;
        if (c == 'u')
        {
            for (int i = 0; i < 4; i++)
            {
                if (At >= _end || HexDigits.ValueOf(_bytes[At]) < 0)
                {
                    return false;
                }

                At++;
            }

            return true;
        }

        return c == '"' || c == '\\' || c == '/' || c == 'b' || c == 'f' || c == 'n' || c == 'r' || c == 't';
    }

    // RFC 3629, section 4: no overlong forms, no surrogates, nothing above U+10FFFF.
    private bool TryUtf8(int first)
    {
        int more = first < 0xC2 || first > 0xF4 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
        if (more == 0 || At + more >= _end)
        {
            return false;
        }

        int second = _bytes[At + 1];
        if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second >= 0xA0) || (first == 0xF0 && second < 0x90) ||
            (first == 0xF4 && second >= 0x90))
        {
            return false;
        }

        for (int i = 1; i <= more; i++)
        {
            if ((_bytes[At + i] & 0xC0) != 0x80)
            {
                return false;
            }
        }

        At += more + 1;
        return true;
    }
}
