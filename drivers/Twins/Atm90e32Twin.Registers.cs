using MeterFirmware.Basics;

namespace MeterFirmware.Drivers.Twins;

/// <summary>The register file and the bus side.</summary>
public sealed partial class Atm90e32Twin
{
    private readonly int[] _registers = new int[0x80];

    // Forward, reverse active, forward, reverse reactive: three phases each.
    private readonly int[] _counters = new int[12];
    private readonly int[] _frozen = new int[0x100];
    private readonly TwinLine _line = new TwinLine();
    private int _lastData;
    private int _corruptRegister = -1;
    private int _corruptValue;
    private bool _isOpen;
    private bool _losesAnswer;

    /// <summary>Bits of <see cref="TwinFault"/>.</summary>
    public int Faults => _line.Faults;

    public long Transfers => _line.Transfers;

    public Hardware.BusFault LastFault => _line.LastFault;

    public int Peek(int register) => _registers[register];

    /// <summary>Changes a configuration register from outside, as a disturbance does.</summary>
    public void Poke(int register, int value) => _registers[register] = value;

    public void SetFaults(int faults)
    {
        if ((faults & TwinFault.Stuck) != 0 && (Faults & TwinFault.Stuck) == 0)
        {
            for (int register = 0xB0; register <= 0xFF; register++)
            {
                _frozen[register] = IsMeasurement(register) ? ReadMeasurement(register) : 0;
            }
        }

        _line.Faults = faults;
    }

    public void SetBreakAfter(int bytes)
    {
        _line.BreakAfterBytes = bytes;
        SetFaults(Faults | TwinFault.BreaksOff);
    }

    /// <summary>Lets transfers fail, after some good ones; by turns before the chip saw them, and after: then it did
    /// what it was asked, and the answer is lost.</summary>
    public void FailTransfers(int count, int after)
    {
        _line.FailTransfers = count;
        _line.PassTransfers = after;
    }

    /// <summary>The answer to the next read of a register is this on the line; in the chip everything is as it should
    /// be.
    /// </summary>
    public void CorruptNextRead(int register, int value)
    {
        _corruptRegister = register;
        _corruptValue = value;
    }

    public bool TryWrite(byte[] buffer, int count)
    {
        if (!IsAnswering(out bool isLost))
        {
            return false;
        }

        Invariant.Require(count == 4 && buffer[0] == 0, "ATM90E32 twin: a write has 32 clocks and direction 0");
        int value = (buffer[2] << 8) | buffer[3];
        _lastData = value;
        WriteRegister(buffer[1], value);
        return !isLost;
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        if (!IsAnswering(out bool isLost))
        {
            return false;
        }

        Invariant.Require(
            writeCount == 2 && readCount == 2 && write[0] == 0x80, "ATM90E32 twin: a read has 32 clocks, direction 1");
        if ((Faults & TwinFault.BreaksOff) != 0 && _line.BreakAfterBytes < 2)
        {
            // Fewer than 32 clocks: the chip did nothing.
            return _line.CompletesRead(read, readCount);
        }

        int register = write[1];
        int value = register == 0x78 ? _lastData : ReadRegister(register);
        _lastData = value;
        if (register >= 0x81 && register <= 0x8F && register != 0x84 && register != 0x88 && register != 0x8C)
        {
            _counters[CounterOf(register)] = 0;
        }

        if (register == _corruptRegister)
        {
            value = _corruptValue;
            _corruptRegister = -1;
        }

        value = (Faults & TwinFault.AllOnes) != 0 ? 0xFFFF : value;
        read[0] = (byte)(value >> 8);
        read[1] = (byte)value;
        return !isLost;
    }

    private bool IsAnswering(out bool isLost)
    {
        bool wasFailing = _line.FailTransfers > 0 && _line.PassTransfers == 0;
        bool isAnswering = _line.IsAnswering(_upMs >= PowerUpMs);
        isLost = false;
        if (!isAnswering && wasFailing && _upMs >= PowerUpMs && Faults == TwinFault.None)
        {
            _losesAnswer = !_losesAnswer;
            isLost = _losesAnswer;
        }

        return isAnswering || isLost;
    }

    private void ResetRegisters()
    {
        for (int i = 0; i < _registers.Length; i++)
        {
            _registers[i] = 0;
        }

        for (int i = 0; i < _counters.Length; i++)
        {
            _counters[i] = 0;
        }

        _registers[0x01] = 0x0210;
        _registers[0x02] = 0x0654;
        _registers[0x05] = 0x143F;
        _registers[0x06] = 0xC000;
        _registers[0x07] = 0x0001;
        _registers[0x08] = 0x1000;
        _registers[0x09] = 0x0400;
        _registers[0x0A] = 0xFFFF;
        _registers[0x0B] = 0xC000;
        _registers[0x0C] = 0x1324;
        _registers[0x0D] = 0x13EC;
        _registers[0x31] = 0x0861;
        _registers[0x32] = 0xC468;
        _registers[0x33] = 0x0087;
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            _registers[0x61 + 4 * phase] = 0x8000;
            _registers[0x62 + 4 * phase] = 0x8000;
        }

        _lastData = 0;
        _isOpen = false;
    }

    private void WriteRegister(int register, int value)
    {
        if (register == 0x7F)
        {
            _isOpen = value == 0x55AA;
        }
        else if (register == 0x70)
        {
            if (value == 0x789A)
            {
                SoftReset();
            }
        }
        else
        {
            Invariant.Require(
                IsConfiguration(register), "ATM90E32 twin: a register that cannot be written was written");
            _registers[register] = _isOpen ? value : _registers[register];
        }
    }

    private int ReadRegister(int register)
    {
        if (IsConfiguration(register))
        {
            return _registers[register];
        }

        if (register >= 0x81 && register <= 0x8F)
        {
            return _counters[CounterOf(register)];
        }

        Invariant.Require(IsMeasurement(register), "ATM90E32 twin: a register that the chip does not have was read");
        return (Faults & TwinFault.Stuck) != 0 ? _frozen[register] : ReadMeasurement(register);
    }

    private static bool IsConfiguration(int register) => register <= 0x02 || (register >= 0x05 && register <= 0x0D)
        || (register >= 0x31 && register <= 0x3A) || (register >= 0x41 && register <= 0x4C)
        || (register >= 0x51 && register <= 0x56) || (register >= 0x61 && register <= 0x6C);

    /// <summary>81–83, 85–87, 89–8B, 8D–8F; the totals 80, 84, 88, 8C are not simulated.</summary>
    private static int CounterOf(int register)
    {
        Invariant.Require((register & 3) != 0, "ATM90E32 twin: the totals are not simulated");
        return ((register - 0x80) >> 2) * 3 + (register & 3) - 1;
    }

    private static bool IsMeasurement(int register) => (register >= 0xB1 && register <= 0xB3)
        || (register >= 0xB5 && register <= 0xB7) || (register >= 0xC1 && register <= 0xC3)
        || (register >= 0xC5 && register <= 0xC7) || (register >= 0xD9 && register <= 0xDB)
        || (register >= 0xDD && register <= 0xDF) || register == 0xF8 || register == 0xFC;

    private int ReadMeasurement(int register)
    {
        int phase = (register & 3) - 1;
        switch (register & 0xFC)
        {
            case 0xB0:
                return Power(phase, _milliwatts[phase], 0x41) >> 16 & 0xFFFF;
            case 0xC0:
                return Power(phase, _milliwatts[phase], 0x41) & 0xFFFF;
            case 0xB4:
                return Power(phase, _millivars[phase], 0x42) >> 16 & 0xFFFF;
            case 0xC4:
                return Power(phase, _millivars[phase], 0x42) & 0xFFFF;
            case 0xD8:
                return Voltage(phase);
            case 0xDC:
                return Current(phase);
            default:
                return register == 0xF8 ? (_millihertz + 5) / 10 : 25;
        }
    }
}
