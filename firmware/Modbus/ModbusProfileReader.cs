namespace MeterFirmware.Modbus;

/// <summary>
/// Reads a meter's data file (Meters/*.txt): one setting or one row of registers a line, # begins a remark. README.md
/// has the words. The first fault is kept with its line; a faulty file gives no profile.</summary>
public sealed class ModbusProfileReader
{
    private const int WordsMax = 10;

    private readonly string[] _words = new string[WordsMax];
    private int _wordCount;
    private ModbusProfile _profile;

    /// <summary>Line of the first fault, from 1; 0: none.</summary>
    public int ErrorLine { get; private set; }

    /// <summary>What is wrong, and what was expected.</summary>
    public string Error { get; private set; } = "";

    /// <summary>Null: see <see cref="Error"/>.</summary>
    public ModbusProfile Read(string text)
    {
        _profile = new ModbusProfile();
        ErrorLine = 0;
        Error = "";
        int start = 0;
        int line = 0;
        while (start < text.Length && ErrorLine == 0)
        {
            int end = start;
            while (end < text.Length && text[end] != '\n')
            {
                end++;
            }

            line++;
            string fault = Take(text, start, end);
            if (fault != null)
            {
                ErrorLine = line;
                Error = fault;
            }

            start = end + 1;
        }

        if (ErrorLine == 0 && (_profile.Name == "" || _profile.PointCount == 0))
        {
            ErrorLine = line + 1;
            Error = _profile.Name == "" ? "no 'name'" : "no row of registers";
        }

        return ErrorLine == 0 ? _profile : null;
    }

    /// <summary>Null: good.</summary>
    private string Take(string text, int start, int end)
    {
        if (!TrySplit(text, start, end))
        {
            return "more than ten words";
        }

        if (_wordCount == 0)
        {
            return null;
        }

        if (_words[0] == "title")
        {
            int from = text.IndexOf("title", start) + 5;
            _profile.Title = text.Substring(from, end - from).Trim();
            return null;
        }

        int quantity = Quantity.Find(_words[0]);
        return quantity >= 0 ? TakePoint(quantity) : TakeSetting();
    }

    private bool TrySplit(string text, int start, int end)
    {
        _wordCount = 0;
        int at = start;
        while (at < end && text[at] != '#')
        {
            int from = at;
            while (at < end && text[at] > ' ' && text[at] != '#')
            {
                at++;
            }

            if (at > from)
            {
                // A title may be longer; its words are not used.
                bool isTitle = _wordCount > 0 && _words[0] == "title";
                if (_wordCount == WordsMax && !isTitle)
                {
                    return false;
                }

                _words[_wordCount < WordsMax ? _wordCount : WordsMax - 1] = text.Substring(from, at - from);
                _wordCount += _wordCount < WordsMax ? 1 : 0;
            }
            else
            {
                at++;
            }
        }

        return true;
    }

    private string TakeSetting()
    {
        if (_words[0] == "name" && _wordCount == 2)
        {
            _profile.Name = _words[1];
            return null;
        }

        int number = -1;
        bool isNumber = _wordCount >= 2 && TryNumber(_words[1], out number);
        switch (_words[0])
        {
            case "function":
                _profile.Function = number;
                return isNumber && (number == ModbusProtocol.ReadHolding || number == ModbusProtocol.ReadInput)
                    ? null : "function: 3 or 4 expected";
            case "phases":
                _profile.PhaseCount = number;
                return isNumber && (number == 1 || number == 3) ? null : "phases: 1 or 3 expected";
            case "rest":
                _profile.RestMs = number;
                return isNumber && number <= 1_000 ? null : "rest: milliseconds up to 1000 expected";
            case "line":
                return TakeLine(isNumber, number);
            case "order":
                _profile.IsLowFirst = _wordCount == 2 && _words[1] == "low";
                return _wordCount == 2 && (_words[1] == "low" || _words[1] == "high")
                    ? null : "order: 'low' or 'high' expected";
            case "void":
                _profile.HasVoid = true;
                return _wordCount == 1 ? null : "void: stands alone";
            case "confirm":
                _profile.NeedsConfirmation = true;
                return _wordCount == 1 ? null : "confirm: stands alone";
            case "models":
                return TakeModels(isNumber, number);
            case "read":
                return TakeRead(isNumber, number);
            default:
                return "'" + _words[0] + "' is no word of a meter's file";
        }
    }

    private string TakeLine(bool isNumber, int number)
    {
        string parity = _wordCount == 3 ? _words[2] : "";
        _profile.Baud = number;
        _profile.Parity = parity == "even" ? 2 : parity == "odd" ? 1 : 0;
        bool isGood = isNumber && number >= 300 && number <= 921_600
            && (parity == "even" || parity == "odd" || parity == "none");
        return isGood ? null : "line: baud and 'none', 'even' or 'odd' expected";
    }

    private string TakeModels(bool isNumber, int number)
    {
        int last = 0;
        bool isGood = isNumber && _wordCount == 3 && TryNumber(_words[2], out last) && number > 0 && last >= number;
        _profile.ModelFirst = number;
        _profile.ModelLast = last;
        return isGood ? null : "models: the first and the last number expected";
    }

    private string TakeRead(bool isNumber, int number)
    {
        int count = 0;
        int seconds = 0;
        bool isGood = isNumber && _wordCount >= 3 && TryNumber(_words[2], out count)
            && (_wordCount == 3 || (_wordCount == 5 && _words[3] == "every" && TryNumber(_words[4], out seconds)));
        return isGood && _profile.TryAddBlock(number, count, seconds)
            ? null : "read: address, 1 to 125 registers, and perhaps 'every' and seconds expected; 8 blocks at most";
    }

    /// <summary>quantity, phase, address, type, scale, unit; perhaps "scale" and a register, "step" and
    /// registers.</summary>
    private string TakePoint(int quantity)
    {
        if (_wordCount < 6)
        {
            return "phase, address, type, scale and unit expected";
        }

        bool isRow = _words[1] == "1-3";
        int first = isRow ? 1 : _words[1].Length == 1 ? _words[1][0] - '0' : -1;
        if (first < 0 || first > 3)
        {
            return "phase: 0 (total), 1, 2, 3 or 1-3 expected, found '" + _words[1] + "'";
        }

        int type = ModbusType.Find(_words[3]);
        if (type < 0)
        {
            return "type: u16, i16, u32, i32, u64, i64 or f32 expected, found '" + _words[3] + "'";
        }

        if (!TryNumber(_words[2], out int address))
        {
            return "address expected, found '" + _words[2] + "'";
        }

        if (!TryMultiplier(_words[4], UnitFactor(quantity, _words[5]), out int multiplier))
        {
            return "'" + _words[4] + " " + _words[5] + "' is no scale and unit of " + _words[0];
        }

        int scaleAddress = -1;
        int step = ModbusType.RegistersOf(type);
        for (int i = 6; i < _wordCount; i += 2)
        {
            int number = -1;
            if (i + 1 == _wordCount || !TryNumber(_words[i + 1], out number)
                || (_words[i] != "scale" && _words[i] != "step"))
            {
                return "'scale' or 'step' and a number expected, found '" + _words[i] + "'";
            }

            scaleAddress = _words[i] == "scale" ? number : scaleAddress;
            step = _words[i] == "step" ? number : step;
        }

        for (int p = first; p <= (isRow ? 3 : first); p++)
        {
            if (!_profile.TryAddPoint(quantity, p, address + (p - first) * step, type, multiplier, scaleAddress))
            {
                return "no 'read' above holds the register (with its scale), or more than 32 values";
            }
        }

        return null;
    }

    /// <summary>Decimal or 0x and hexadecimal, 0 to 65 535 (a speed may be more).</summary>
    private static bool TryNumber(string word, out int value)
    {
        value = 0;
        bool isHex = word.Length > 2 && word[0] == '0' && word[1] == 'x';
        for (int i = isHex ? 2 : 0; i < word.Length; i++)
        {
            char c = word[i];
            int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10
                : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
            if (digit >= (isHex ? 16 : 10) || value > 0xFFFFFF)
            {
                return false;
            }

            value = value * (isHex ? 16 : 10) + digit;
        }

        return word.Length > 0;
    }

    /// <summary>A unit in that of <see cref="Quantity"/>; 0: none of this quantity.</summary>
    private static int UnitFactor(int quantity, string unit)
    {
        switch (quantity)
        {
            case Quantity.Voltage:
                return unit == "V" ? 1_000 : 0;
            case Quantity.Current:
                return unit == "A" ? 1_000 : 0;
            case Quantity.Frequency:
                return unit == "Hz" ? 1_000 : 0;
            case Quantity.PowerFactor:
            case Quantity.Charge:
                return unit == "1" ? 10_000 : unit == "%" ? 100 : 0;
            case Quantity.CurrentRatio:
            case Quantity.VoltageRatio:
                return unit == "1" ? 1_000 : 0;
            default:
                string symbol = quantity == Quantity.Active ? "W" : quantity == Quantity.Reactive ? "var"
                    : quantity == Quantity.Apparent ? "VA" : quantity <= Quantity.Export ? "Wh" : "varh";
                return unit == symbol ? 1_000 : unit == "k" + symbol ? 1_000_000 : 0;
        }
    }

    /// <summary>A decimal such as 0.01 or -1 times a factor: whole, and not 0.</summary>
    private static bool TryMultiplier(string word, int factor, out int multiplier)
    {
        long digits = 0;
        long divisor = 1;
        bool hasPoint = false;
        bool isNegative = word[0] == '-';
        multiplier = 0;
        for (int i = isNegative ? 1 : 0; i < word.Length; i++)
        {
            bool isPoint = word[i] == '.' && !hasPoint;
            if ((!isPoint && (word[i] < '0' || word[i] > '9')) || digits > 1_000_000 || divisor > 1_000_000)
            {
                return false;
            }

            hasPoint |= isPoint;
            digits = isPoint ? digits : digits * 10 + word[i] - '0';
            divisor *= hasPoint && !isPoint ? 10 : 1;
        }

        long product = digits * factor;
        if (product == 0 || product % divisor != 0 || product / divisor > int.MaxValue)
        {
            return false;
        }

        multiplier = (int)(isNegative ? -product / divisor : product / divisor);
        return true;
    }
}
