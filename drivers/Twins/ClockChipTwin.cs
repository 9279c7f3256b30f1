using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Twins;

/// <summary>
/// A battery-backed clock at register level: DS3231, PCF8563, RX8025T or RX8025SA. It counts in its own registers,
/// sets the flag that its data sheet names when its battery fails, and drifts when asked.
/// </summary>
public sealed class ClockChipTwin : IRegisterBus
{
    public const int Ds3231 = 0;
    public const int Pcf8563 = 1;
    public const int Rx8025 = 2;
    public const int Rx8025Sa = 3;

    private readonly int _chip;
    private readonly int _time;
    private readonly int _day;
    private readonly byte[] _registers = new byte[0x14];
    private readonly TwinLine _line = new TwinLine();
    private readonly CivilTime _civil = new CivilTime();
    private long _fractionNs;

    public ClockChipTwin(int chip)
    {
        _chip = chip;
        _time = chip == Pcf8563 ? 2 : 0;
        _day = chip == Pcf8563 ? 3 : 4;
        LoseBattery();
    }

    /// <summary>Bits of <see cref="TwinFault"/>.</summary>
    public int Faults
    {
        get => _line.Faults;
        set => _line.Faults = value;
    }

    /// <summary>What the crystal gains, in parts per billion; the DS3231's aging register takes 100 a step
    /// out.</summary>
    public int FastPartsPerBillion { get; set; }

    public BusFault LastFault => _line.LastFault;

    public byte Peek(int register) => _registers[register];

    public void Poke(int register, int value) => _registers[register] = (byte)value;

    public void FailTransfers(int count, int after)
    {
        _line.FailTransfers = count;
        _line.PassTransfers = after;
    }

    /// <summary>Battery and supply gone and back: the flag stands, and the time is what the chip starts with.</summary>
    public void LoseBattery()
    {
        for (int i = 0; i < _registers.Length; i++)
        {
            _registers[i] = 0;
        }

        _registers[_time + _day] = 1;
        _registers[_time + 5] = 1;
        switch (_chip)
        {
            case Ds3231:
                _registers[0x0E] = 0x1C;
                _registers[0x0F] = 0x88;
                _registers[0x11] = 25;
                break;
            case Pcf8563:
                _registers[0x02] = 0x80;
                break;
            case Rx8025:
                _registers[0x0E] = 0x03;
                _registers[0x0F] = 0x40;
                break;
            default:
                _registers[0x0F] = 0x10;
                break;
        }
    }

    /// <summary>Lets the clock run, by its crystal.</summary>
    public void Advance(long milliseconds)
    {
        int trim = _chip == Ds3231 ? (sbyte)_registers[0x10] * 100 : 0;
        _fractionNs += milliseconds * 1_000_000 + milliseconds * (FastPartsPerBillion - trim) / 1000;
        long seconds = _fractionNs / 1_000_000_000;
        _fractionNs -= seconds * 1_000_000_000;
        if (seconds > 0 && IsRunning())
        {
            Put(Seconds() + seconds);
        }
    }

    public bool TryWrite(byte[] buffer, int count)
    {
        if (!_line.IsAnswering(true))
        {
            return false;
        }

        int register = Register(buffer[0]);
        for (int i = 1; i < count; i++, register++)
        {
            Invariant.Require(register < Size(), "clock twin: a register that the chip does not have was written");
            Write(register, buffer[i]);
        }

        return true;
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        if (!_line.IsAnswering(true))
        {
            return false;
        }

        Invariant.Require(writeCount == 1, "clock twin: a read starts with the register only");
        int register = Register(write[0]);
        for (int i = 0; i < readCount; i++, register++)
        {
            Invariant.Require(register < Size(), "clock twin: a register that the chip does not have was read");
            read[i] = (Faults & TwinFault.AllOnes) != 0 ? (byte)0xFF : _registers[register];
        }

        return _line.CompletesRead(read, readCount);
    }

    private int Size() => _chip == Ds3231 ? 0x13 : 0x10;

    private int Register(byte address)
    {
        Invariant.Require(
            _chip != Rx8025Sa || (address & 0xF) == 0, "clock twin: the RX8025SA's register stands in the high half");
        return _chip == Rx8025Sa ? address >> 4 : address;
    }

    private bool IsRunning() => _chip == Ds3231 ? (_registers[0x0E] & 0x80) == 0
        : _chip == Pcf8563 ? (_registers[0x00] & 0x20) == 0 : _chip != Rx8025 || (_registers[0x0F] & 1) == 0;

    private void Write(int register, byte value)
    {
        if (register == _time)
        {
            // The countdown chain begins anew with the seconds.
            _fractionNs = 0;
        }

        // Flags can be cleared, not set; the DS3231's BSY and the aging register's sign are as written.
        bool isFlags = (_chip == Ds3231 && register == 0x0F) || (_chip == Rx8025 && register == 0x0E);
        _registers[register] = isFlags ? (byte)(value & (_registers[register] | 0x08)) : value;
    }

    private long Seconds() => CivilTime.DaysFromDate(2000 + Decimal(6, 0xFF), Decimal(5, 0x1F), Decimal(_day, 0x3F))
        * 86_400 + Decimal(2, 0x3F) * 3_600 + Decimal(1, 0x7F) * 60 + Decimal(0, 0x7F);

    private int Decimal(int place, int mask)
    {
        int digits = _registers[_time + place] & mask;
        return (digits >> 4) * 10 + (digits & 15);
    }

    private void Put(long seconds)
    {
        _civil.Set(seconds);
        int lowFlag = _registers[_time] & 0x80;
        _registers[_time] = (byte)(Digits(_civil.Second) | lowFlag);
        _registers[_time + 1] = Digits(_civil.Minute);
        int hours12 = _chip == Ds3231 ? _registers[_time + 2] & 0x40 : 0;
        _registers[_time + 2] = (byte)(Digits(_civil.Hour) | hours12);
        _registers[_time + _day] = Digits(_civil.Day);
        _registers[_time + 7 - _day] = (byte)(_chip == Rx8025 ? 1 << _civil.DayOfWeek
            : _chip == Ds3231 ? _civil.DayOfWeek + 1 : _civil.DayOfWeek);
        _registers[_time + 5] = Digits(_civil.Month);
        _registers[_time + 6] = Digits(_civil.Year % 100);
    }

    private static byte Digits(int value) => (byte)((value / 10 << 4) | (value % 10));
}
