namespace MeterFirmware.Drivers.Cse7766;

/// <summary>
/// Finds the chip's frames of 24 bytes in what arrives, and takes them apart (HLW8032 data sheet, chapter 5).
/// Header, 5A, pairs of coefficient and period of voltage, current and power (3 bytes each, high byte first), state,
/// pulse count (2), sum of bytes 2 to 22.
/// </summary>
internal sealed class Cse7766Frame
{
    public const int Bytes = 24;

    private const int Check = 0x5A;
    private const int HeaderGood = 0x55;
    private const int HeaderUncalibrated = 0xAA;

    // Bits of a header Fx: what it speaks of has no value.
    private const int NoCoefficients = 1;
    private const int NoPower = 2;
    private const int NoCurrent = 4;
    private const int NoVoltage = 8;

    private const int VoltageCoefficientDefault = 191_200;
    private const int CurrentCoefficientDefault = 16_140;

    private readonly byte[] _bytes = new byte[Bytes];
    private int _count;

    // Of the last whole frame, in units that the coefficients give; raw 0: none.
    public int Millivolts { get; private set; }

    public int Milliamps { get; private set; }

    public int Milliwatts { get; private set; }

    /// <summary>µJ a pulse, before the scale.</summary>
    public int PowerCoefficient { get; private set; }

    /// <summary>17 bits: the counter, and above it the bit that turns over when it overflows.</summary>
    public int Pulses { get; private set; }

    /// <summary>False: voltage and current are both over their range, or the line is dead: no usable data.</summary>
    public bool IsUsable { get; private set; }

    /// <summary>Bytes since the last whole frame.</summary>
    public int Junk { get; private set; }

    public void Clear() => _count = 0;

    /// <summary>Takes a byte. True: with it a frame is whole, and its values are there.</summary>
    public bool Take(byte value)
    {
        _bytes[_count++] = value;
        Junk = Junk < int.MaxValue ? Junk + 1 : Junk;
        while (_count > 0 && !IsBegin())
        {
            Shift();
        }

        if (_count < Bytes)
        {
            return false;
        }

        if (!IsSumRight())
        {
            do
            {
                Shift();
            }
            while (_count > 0 && !IsBegin());

            return false;
        }

        Parse();
        _count = 0;
        Junk = 0;
        return true;
    }

    private bool IsBegin()
    {
        bool isHeader = _bytes[0] == HeaderGood || _bytes[0] == HeaderUncalibrated || _bytes[0] >= 0xF0;
        return isHeader && (_count == 1 || _bytes[1] == Check);
    }

    private void Shift()
    {
        _count--;
        for (int i = 0; i < _count; i++)
        {
            _bytes[i] = _bytes[i + 1];
        }
    }

    private bool IsSumRight()
    {
        int sum = 0;
        for (int i = 2; i < Bytes - 1; i++)
        {
            sum += _bytes[i];
        }

        return (sum & 0xFF) == _bytes[Bytes - 1];
    }

    private void Parse()
    {
        int header = _bytes[0];
        int missing = header >= 0xF0 ? header & 0xF : header == HeaderUncalibrated ? NoCoefficients : 0;
        bool hasOwn = (missing & NoCoefficients) == 0;
        IsUsable = header < 0xFC;
        PowerCoefficient = hasOwn ? Unsigned24(14) : Cse7766Settings.PowerCoefficientDefault;
        Millivolts = Value(hasOwn ? Unsigned24(2) : VoltageCoefficientDefault, 5, missing & NoVoltage);
        Milliamps = Value(hasOwn ? Unsigned24(8) : CurrentCoefficientDefault, 11, missing & NoCurrent);
        Milliwatts = Value(PowerCoefficient, 17, missing & NoPower);
        Pulses = ((_bytes[20] & 0x80) << 9) | (_bytes[21] << 8) | _bytes[22];
    }

    /// <summary>coefficient / period, in thousandths.</summary>
    private int Value(int coefficient, int at, int missing)
    {
        int period = Unsigned24(at);
        if (missing != 0 || period == 0)
        {
            return 0;
        }

        long value = (coefficient * 1000L + period / 2) / period;
        return value > int.MaxValue ? int.MaxValue : (int)value;
    }

    private int Unsigned24(int at) => (_bytes[at] << 16) | (_bytes[at + 1] << 8) | _bytes[at + 2];
}
