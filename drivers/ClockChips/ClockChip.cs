using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.ClockChips;

/// <summary>
/// A battery-backed clock on I²C behind <see cref="IClock"/>. It says a time only when the chip says that its own is
/// valid: an oscillator that stopped, or a battery that fell too low, is "time unknown" until it is set. The chip
/// counts whole seconds of UTC, years 2000 to 2099; century bits are ignored.
/// </summary>
public abstract class ClockChip : IClock
{
    protected const int RegisterCount = 16;

    /// <summary>A chip shows the second that it is in: its middle is wrong by half a second at most.</summary>
    internal const int MiddleMs = 500;

    private const long SecondsOf2000 = 946_684_800;
    private const long SecondsOf2100 = 4_102_444_800;
    private const int TimeCount = 7;

    private const int Seconds = 0;
    private const int Minutes = 1;
    private const int Hours = 2;

    private readonly IRegisterBus _bus;
    private readonly int _readCount;
    private readonly int _timeFrom;
    private readonly int _addressShift;
    private readonly byte[] _address = new byte[1];
    private readonly byte[] _raw = new byte[RegisterCount];
    private readonly byte[] _out = new byte[RegisterCount + 1];
    private readonly CivilTime _civil = new CivilTime();

    /// <param name="bus">The chip.</param>
    /// <param name="timeFrom">Register of the seconds.</param>
    /// <param name="readCount">Registers from 0 that one burst takes: time and flags of the same moment.</param>
    /// <param name="addressShift">How far the register's number stands to the left in its byte.</param>
    protected ClockChip(IRegisterBus bus, int timeFrom, int readCount, int addressShift)
    {
        _bus = bus;
        _timeFrom = timeFrom;
        _readCount = readCount;
        _addressShift = addressShift;
    }

    /// <summary>What the last call found.</summary>
    public ClockChipState State { get; private set; } = ClockChipState.Missing;

    /// <summary>Place of the day of the month behind the seconds; 3 or 4.</summary>
    protected abstract int DayPlace { get; }

    /// <inheritdoc/>
    public bool TryReadUtc(out long utcSeconds, out int milliseconds)
    {
        utcSeconds = 0;
        milliseconds = 0;

        // Digits that cannot be are read once more: a bus error, or a chip that was never set.
        for (int tries = 0; tries < 2; tries++)
        {
            if (!TryReadAll())
            {
                State = ClockChipState.Missing;
                return false;
            }

            if (!IsValid(_raw))
            {
                State = ClockChipState.TimeLost;
                return false;
            }

            if (TryDecode(out utcSeconds))
            {
                milliseconds = MiddleMs;
                State = ClockChipState.Valid;
                return true;
            }
        }

        State = ClockChipState.Implausible;
        return false;
    }

    /// <summary>Writes the nearest second, then clears the flag that says the time was lost; both are read back. See
    /// <see cref="State"/> for the outcome.</summary>
    public void SetUtc(long utcSeconds, int milliseconds)
    {
        long seconds = milliseconds >= MiddleMs ? utcSeconds + 1 : utcSeconds;
        if (seconds < SecondsOf2000 || seconds >= SecondsOf2100 || !TryReadAll())
        {
            State = seconds < SecondsOf2000 || seconds >= SecondsOf2100 ? State : ClockChipState.Missing;
            return;
        }

        _civil.Set(seconds);
        PutTime();

        // Time first: the flag goes only together with a new time.
        if (!TryWriteOut(_timeFrom, TimeCount) || !TryMakeValid(_raw))
        {
            State = ClockChipState.Missing;
            return;
        }

        if (TryReadUtc(out long readBack, out int _) && (readBack < seconds || readBack > seconds + 1))
        {
            State = ClockChipState.Implausible;
        }
    }

    /// <summary>True when the chip vouches for its time. <paramref name="raw"/>: registers from 0.</summary>
    protected abstract bool IsValid(byte[] raw);

    /// <summary>Clears the chip's flags and stop bits, by what they were.</summary>
    protected abstract bool TryMakeValid(byte[] raw);

    /// <summary>The chip's code of a day of the week, 0 = Sunday.</summary>
    protected abstract byte WeekdayCode(int dayOfWeek);

    protected bool TryReadRegister(int register, out int value)
    {
        _address[0] = (byte)(register << _addressShift);
        bool isRead = _bus.TryWriteRead(_address, 1, _out, 1);
        value = _out[0];
        return isRead;
    }

    protected bool TryWriteRegister(int register, int value)
    {
        _out[1] = (byte)value;
        return TryWriteOut(register, 1);
    }

    /// <summary>Temperature registers and the like, from a register on.</summary>
    protected bool TryReadMore(int register, byte[] into, int count)
    {
        _address[0] = (byte)(register << _addressShift);
        return _bus.TryWriteRead(_address, 1, into, count);
    }

    private bool TryReadAll()
    {
        _address[0] = 0;
        return _bus.TryWriteRead(_address, 1, _raw, _readCount) && !IsAllOnes();
    }

    private bool IsAllOnes()
    {
        for (int i = 0; i < _readCount; i++)
        {
            if (_raw[i] != 0xFF)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryDecode(out long utcSeconds)
    {
        int year = 2000 + Decimal(_timeFrom + 6, 0xFF, 99);
        int month = Decimal(_timeFrom + 5, 0x1F, 12);
        int day = Decimal(_timeFrom + DayPlace, 0x3F, 31);
        int hour = Decimal(_timeFrom + Hours, 0x3F, 23);
        int minute = Decimal(_timeFrom + Minutes, 0x7F, 59);
        int second = Decimal(_timeFrom + Seconds, 0x7F, 59);
        utcSeconds = 0;
        if (year < 2000 || month < 1 || day < 1 || hour < 0 || minute < 0 || second < 0
            || day > CivilTime.DaysInMonth(year, month))
        {
            return false;
        }

        utcSeconds = CivilTime.DaysFromDate(year, month, day) * CivilTime.SecondsPerDay
            + hour * CivilTime.SecondsPerHour + minute * CivilTime.SecondsPerMinute + second;
        return true;
    }

    /// <summary>Two decimal digits under a mask; far below 0: no digits, or more than they may be.</summary>
    private int Decimal(int register, int mask, int max)
    {
        int digits = _raw[register] & mask;
        int value = (digits >> 4) * 10 + (digits & 0xF);
        return (digits & 0xF) > 9 || value > max ? -10_000 : value;
    }

    private void PutTime()
    {
        _out[1 + Seconds] = Digits(_civil.Second);
        _out[1 + Minutes] = Digits(_civil.Minute);
        _out[1 + Hours] = Digits(_civil.Hour);
        _out[1 + DayPlace] = Digits(_civil.Day);
        _out[1 + (DayPlace == 3 ? 4 : 3)] = WeekdayCode(_civil.DayOfWeek);
        _out[1 + 5] = Digits(_civil.Month);
        _out[1 + 6] = Digits(_civil.Year - 2000);
    }

    private bool TryWriteOut(int register, int count)
    {
        _out[0] = (byte)(register << _addressShift);
        return _bus.TryWrite(_out, 1 + count);
    }

    private static byte Digits(int value) => (byte)((value / 10 << 4) | (value % 10));
}
