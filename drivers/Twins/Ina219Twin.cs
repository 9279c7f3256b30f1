using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Twins;

/// <summary>
/// A simulated INA219 at register level. Strict: an unknown register or a wrong width throws. It honours ranges,
/// converter resolution, calibration (no calibration, no current), operating mode, overflow, and the conversion-ready
/// bit that a read of the power register clears. No allocation after construction.
/// </summary>
public sealed class Ina219Twin : IRegisterBus
{
    private const int DefaultSetup = 0x399F;
    private const int ResetBit = 0x8000;
    private const int OverflowBit = 1;
    private const int ConversionReadyBit = 2;

    private readonly TwinLine _line = new TwinLine();
    private readonly TwinNoise _noise = new TwinNoise();
    private readonly int[] _registers = new int[6];
    private readonly int[] _frozen = new int[6];
    private readonly long _shuntMicroohms;
    private long _millivolts;
    private long _milliamps;
    private long _convertingMicroseconds;
    private int _noiseMillionths;
    private int _corruptRegister = -1;
    private int _corruptValue;

    /// <param name="shuntMicroohms">The real resistance of the shunt in µΩ.</param>
    public Ina219Twin(int shuntMicroohms)
    {
        _shuntMicroohms = shuntMicroohms;
        Reset();
    }

    /// <summary>Bits of <see cref="TwinFault"/>; the chip has no energy counter to halt.</summary>
    public int Faults => _line.Faults;

    public long Transfers => _line.Transfers;

    public BusFault LastFault => _line.LastFault;

    /// <summary>Lets the lowest bit of the shunt converter rest never, as a real one's: −1, 0 or 1 count of 10 µV with
    /// every conversion. Off: exact values, for comparison with a data sheet.</summary>
    public bool HasDither { get; set; } = true;

    /// <summary>Error of the shunt in millionths.</summary>
    public int ShuntErrorMillionths { get; set; }

    /// <summary>Sets bus voltage (mV, 0 or above) and current (mA, signed) at the terminals.</summary>
    public void SetLoad(int millivolts, int milliamps)
    {
        _millivolts = millivolts;
        _milliamps = milliamps;
    }

    /// <summary>Every conversion is off by up to so many millionths.</summary>
    public void SetNoise(int millionths, int seed)
    {
        _noiseMillionths = millionths;
        _noise.Seed(seed);
    }

    public void SetFaults(int faults)
    {
        if ((faults & TwinFault.Stuck) != 0 && (Faults & TwinFault.Stuck) == 0)
        {
            for (int i = 0; i < _registers.Length; i++)
            {
                _frozen[i] = _registers[i];
            }
        }

        _line.Faults = faults;
    }

    public void SetBreakAfter(int bytes)
    {
        _line.BreakAfterBytes = bytes;
        SetFaults(Faults | TwinFault.BreaksOff);
    }

    public void FailTransfers(int count) => _line.FailTransfers = count;

    /// <summary>Answers the next read of a register with this value instead of its own.</summary>
    public void CorruptNextRead(int register, int value)
    {
        _corruptRegister = register;
        _corruptValue = value;
    }

    public int Peek(int register) => _registers[register];

    public void Poke(int register, int value) => _registers[register] = value;

    /// <summary>Brown-out: configuration at its default, calibration and results cleared.</summary>
    public void Reset()
    {
        for (int i = 0; i < _registers.Length; i++)
        {
            _registers[i] = 0;
        }

        _registers[0] = DefaultSetup;
        _convertingMicroseconds = 0;
    }

    /// <summary>Lets time pass; a conversion that ends puts its results into the registers.</summary>
    public void Advance(long milliseconds)
    {
        // Mode 7 = shunt and bus, continuous; nothing else is used, so nothing else converts.
        if ((_registers[0] & 7) != 7)
        {
            return;
        }

        _convertingMicroseconds += milliseconds * 1000;
        if (_convertingMicroseconds >= ConversionMicroseconds())
        {
            _convertingMicroseconds = 0;
            Convert();
        }
    }

    public bool TryWrite(byte[] buffer, int count)
    {
        Invariant.Require(count == 3, "INA219 twin: a write is a register and two bytes");
        if (!_line.IsAnswering(true))
        {
            return false;
        }

        int register = buffer[0];
        int value = (buffer[1] << 8) | buffer[2];
        Invariant.Require(register == 0 || register == 5,
            "INA219 twin: only configuration and calibration are writable");
        if (register == 0 && (value & ResetBit) != 0)
        {
            Reset();
        }
        else if (register == 0)
        {
            // A write to the mode starts a conversion and clears the ready bit.
            _registers[0] = value;
            _registers[2] &= ~ConversionReadyBit;
            _convertingMicroseconds = 0;
        }
        else
        {
            bool isNew = _registers[5] != (value & 0xFFFE);
            _registers[5] = value & 0xFFFE;
            if (isNew)
            {
                Multiply();
            }
        }

        return true;
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        Invariant.Require(writeCount == 1 && readCount == 2, "INA219 twin: a read is a register, then two bytes");
        if (!_line.IsAnswering(true))
        {
            return false;
        }

        int register = write[0];
        Invariant.Require(register < _registers.Length, "INA219 twin: no such register");
        int value = (Faults & TwinFault.AllOnes) != 0 ? 0xFFFF
            : (Faults & TwinFault.Stuck) != 0 && register >= 1 && register <= 4 ? _frozen[register]
            : _registers[register];
        if (register == _corruptRegister)
        {
            value = _corruptValue;
            _corruptRegister = -1;
        }

        read[0] = (byte)(value >> 8);
        read[1] = (byte)value;
        if (register == 3)
        {
            _registers[2] &= ~ConversionReadyBit;
        }

        return _line.CompletesRead(read, readCount);
    }

    private void Convert()
    {
        // mA × µΩ = nV; one count is 10 µV.
        long nanovolts = _milliamps * _shuntMicroohms;
        nanovolts += nanovolts / 1000 * ShuntErrorMillionths / 1000;
        if (_noiseMillionths != 0)
        {
            nanovolts += nanovolts / 1000 * _noise.Within(_noiseMillionths) / 1000;
        }

        long shunt = (nanovolts + (nanovolts < 0 ? -5000 : 5000)) / 10_000;
        shunt += HasDither && shunt != 0 ? _noise.Within(1) : 0;
        shunt = Resolved(shunt, (_registers[0] >> 3) & 0xF);
        int limit = 4000 << ((_registers[0] >> 11) & 3);
        shunt = shunt > limit ? limit : shunt < -limit ? -limit : shunt;

        // 4 mV a count; the range bit cuts at 16 V or 32 V.
        long bus = Resolved((_millivolts + 2) / 4, (_registers[0] >> 7) & 0xF);
        long busMax = (_registers[0] & 0x2000) != 0 ? 8000 : 4000;
        bus = bus > busMax ? busMax : bus;
        _registers[1] = (int)shunt & 0xFFFF;
        _registers[2] = ((int)bus << 3) | ConversionReadyBit;
        Multiply();
    }

    private void Multiply()
    {
        long current = (long)(short)_registers[1] * _registers[5] / 4096;
        long power = (current < 0 ? -current : current) * (_registers[2] >> 3) / 5000;
        bool isOverflow = current > 32_767 || current < -32_768 || power > 65_535;
        _registers[2] = isOverflow ? _registers[2] | OverflowBit : _registers[2] & ~OverflowBit;
        _registers[4] = (int)current & 0xFFFF;
        _registers[3] = (int)power & 0xFFFF;
    }

    /// <summary>9 to 11 bits leave the lowest 3 to 1 bits of the 12-bit result 0.</summary>
    private static long Resolved(long counts, int converter)
    {
        int step = converter == 0 ? 8 : converter == 1 ? 4 : converter == 2 ? 2 : 1;
        return counts / step * step;
    }

    private int ConversionMicroseconds() =>
        Microseconds((_registers[0] >> 3) & 0xF) + Microseconds((_registers[0] >> 7) & 0xF);

    private static int Microseconds(int converter)
    {
        switch (converter)
        {
            case 0:
                return 84;
            case 1:
                return 148;
            case 2:
                return 276;
            default:
                return converter >= 9 ? 532 * (1 << (converter - 8)) : 532;
        }
    }
}
