using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Twins;

/// <summary>The register file and the bus side.</summary>
public sealed partial class Ade7880Twin
{
    private const int CurrentGain = 0x4380;
    private const int VoltageGain = 0x4381;
    private const int PowerGain = 0x4389;
    private const int PowerOffset = 0x438A;
    private const int MemoryEnd = 0x43BE;
    private const int RunRegister = 0xE228;
    private const int LineCycleMode = 0xE702;
    private const int HarmonicConfiguration = 0xE900;
    private const int EnergyThreshold = 0xEA02;
    private const int Unity = 1 << 23;
    private const int OrderCount = 64;

    private readonly bool _isSpi;
    private readonly int[] _words = new int[0x1_0000];
    private readonly int[] _frozen = new int[0x1_0000];
    private readonly TwinLine _line = new TwinLine();
    private bool _isChosen;
    private int _choosing;
    private bool _isProtected;
    private bool _hasKey;
    private int _stageAddress;
    private int _stageValue;
    private int _stageTimes;
    private int _corruptRegister = -1;
    private int _corruptValue;

    /// <summary>Bits of <see cref="TwinFault"/>.</summary>
    public int Faults => _line.Faults;

    public long Transfers => _line.Transfers;

    public long Bytes { get; private set; }

    public BusFault LastFault => _line.LastFault;

    public int Peek(int register) => _words[register];

    /// <summary>Changes a configuration register from outside, as a disturbance does.</summary>
    public void Poke(int register, int value) => _words[register] = value;

    public void SetFaults(int faults)
    {
        if ((faults & TwinFault.Stuck) != 0 && (Faults & TwinFault.Stuck) == 0)
        {
            for (int register = 0x43C0; register < 0xEC02; register++)
            {
                _frozen[register] = IsReading(register) ? Reading(register) : 0;
            }
        }

        _line.Faults = faults;
    }

    public void SetBreakAfter(int bytes)
    {
        _line.BreakAfterBytes = bytes;
        SetFaults(Faults | TwinFault.BreaksOff);
    }

    /// <summary>Lets transfers fail, after some good ones.</summary>
    public void FailTransfers(int count, int after)
    {
        _line.FailTransfers = count;
        _line.PassTransfers = after;
    }

    /// <summary>The answer to the next read of a register is this on the line; in the chip everything is as it should
    /// be.</summary>
    public void CorruptNextRead(int register, int value)
    {
        _corruptRegister = register;
        _corruptValue = value;
    }

    public bool TryWrite(byte[] buffer, int count)
    {
        if (!_line.IsAnswering(_upMs >= PowerUpMs))
        {
            return false;
        }

        int register = AddressOf(buffer, 0, out int header);
        Invariant.Require(
            count == header + BytesOf(register), "ADE7880 twin: a register was written in another width than its own");
        int value = 0;
        for (int i = header; i < count; i++)
        {
            value = (value << 8) | buffer[i];
        }

        Bytes += count;
        Write(register, value);
        return true;
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        if (!_line.IsAnswering(_upMs >= PowerUpMs))
        {
            return false;
        }

        int register = AddressOf(write, 1, out int header);
        Invariant.Require(
            writeCount == header && readCount == BytesOf(register),
            "ADE7880 twin: a register was read in another width than its own");
        Bytes += writeCount + readCount;
        int value = _isChosen ? Read(register) : -1;
        if (register == _corruptRegister)
        {
            value = _corruptValue;
            _corruptRegister = -1;
        }

        for (int i = 0; i < readCount; i++)
        {
            read[i] = (byte)((Faults & TwinFault.AllOnes) != 0 ? 0xFF : value >> (8 * (readCount - 1 - i)));
        }

        return _line.CompletesRead(read, readCount);
    }

    private int AddressOf(byte[] bytes, int direction, out int header)
    {
        int at = _isSpi ? 1 : 0;
        Invariant.Require(!_isSpi || bytes[0] == direction, "ADE7880 twin: the first byte says read or write");
        header = at + 2;
        return (bytes[at] << 8) | bytes[at + 1];
    }

    private static int BytesOf(int register)
    {
        int digit = (register >> 8) & 0xF;
        return digit == 3 || digit == 4 || digit == 5 || digit == 8 ? 4
            : digit == 1 || digit == 2 || digit == 6 || digit == 9 ? 2 : 1;
    }

    private void ResetRegisters()
    {
        for (int i = 0; i < _words.Length; i++)
        {
            _words[i] = 0;
        }

        _words[0xE60C] = 0xFFFF;
        _words[0xE60D] = 0xFFFF;
        _words[0xE60E] = 0x01FF;
        _words[0xE610] = 0x0EA0;
        _words[0xE618] = 0x0002;
        _words[0xE700] = 0x1C;
        _words[0xE701] = 0x80;
        _words[LineCycleMode] = 0x78;
        _words[HarmonicConfiguration] = 0x0008;
        _words[EnergyThreshold] = 3;
        _words[EnergyThreshold + 1] = 3;
        _words[EnergyThreshold + 2] = 3;
        _words[0xEA08] = 3;
        _words[0xEA09] = 5;
        _words[0xEA0A] = 7;
        _isProtected = false;
        _hasKey = false;
        _stageAddress = 0;
        _choosing = 0;
        _engineMs = 0;
        _phases.Reset();
    }

    private void Write(int register, int value)
    {
        if (register == 0xEBFF)
        {
            _choosing++;
            _isChosen |= _choosing >= 3;
            return;
        }

        if (!_isChosen)
        {
            return;
        }

        bool hadKey = _hasKey;
        _hasKey = register == 0xE7FE && value == 0xAD;
        if (register == 0xE7FE || register == 0xEC01)
        {
            return;
        }

        if (register == 0xE7E3)
        {
            Invariant.Require(hadKey, "ADE7880 twin: the key comes directly before the protection");
            _isProtected = value == 0x80;
        }
        else if (register == 0xE618 && (value & 0x80) != 0)
        {
            _upMs = 0;
            ResetRegisters();
        }
        else if (register >= CurrentGain && register <= MemoryEnd)
        {
            WriteMemory(register, value);
        }
        else
        {
            Invariant.Require(IsSetting(register), "ADE7880 twin: a register that cannot be written was written");
            Invariant.Require(
                register != RunRegister || _stageTimes >= 3 || _stageAddress == 0,
                "ADE7880 twin: the last write of the memory comes three times");
            _engineMs = register == HarmonicConfiguration ? 0 : _engineMs;
            _words[register] = value;
        }
    }

    /// <summary>The pipeline: a value is in the memory when two more writes came.</summary>
    private void WriteMemory(int register, int value)
    {
        Invariant.Require(
            (value & 0xF000_0000) == 0 && (((value >> 23) & 0x1F) == 0 || ((value >> 23) & 0x1F) == 0x1F),
            "ADE7880 twin: a word of the memory is 24 bits, extended to 28");
        bool isSame = register == _stageAddress && value == _stageValue;
        _stageTimes = isSame ? _stageTimes + 1 : 1;
        _stageAddress = register;
        _stageValue = value;
        _words[register] = _isProtected ? _words[register] : value;
    }

    /// <summary>A word of the memory as a number.</summary>
    private int Memory(int register) => (_words[register] << 8) >> 8;

    private int Read(int register)
    {
        if (register == 0xE503)
        {
            return 0x0020_8000;
        }

        if (IsSetting(register) || (register >= CurrentGain && register <= MemoryEnd))
        {
            return _words[register];
        }

        Invariant.Require(IsReading(register), "ADE7880 twin: a register that the chip does not have was read");
        return (Faults & TwinFault.Stuck) != 0 ? _frozen[register] : Reading(register);
    }

    private static bool IsSetting(int register) => register == RunRegister || (register >= 0xE60C && register <= 0xE618
        && register != 0xE617) || (register >= 0xE700 && register <= LineCycleMode)
        || register == HarmonicConfiguration || (register >= 0xE908 && register <= 0xE90A)
        || (register >= EnergyThreshold && register <= EnergyThreshold + 2)
        || (register >= 0xEA08 && register <= 0xEA0A);

    private static bool IsReading(int register) => (register >= 0x43C0 && register <= 0x43C5)
        || (register >= 0xE400 && register <= 0xE402) || (register >= 0xE409 && register <= 0xE40B)
        || (register >= 0xE513 && register <= 0xE518) || register == 0xE905
        || (register >= 0xE880 && register <= 0xE89F && (register & 6) == 6);

    private int Reading(int register)
    {
        if (register <= 0x43C5)
        {
            return Rms((register - 0x43C0) / 2, (register & 1) != 0);
        }

        if (register <= 0xE402)
        {
            return _phases.Energy(register - 0xE400);
        }

        if (register <= 0xE40B)
        {
            return _phases.ReactiveEnergy(register - 0xE409);
        }

        if (register <= 0xE518)
        {
            return register <= 0xE515 ? Power(register - 0xE513, true) : Power(register - 0xE516, false);
        }

        if (register == 0xE905)
        {
            return (256_000_000 + _phases.Millihertz / 2) / _phases.Millihertz + (int)(_ditherBits >> 31);
        }

        int block = (register - 0xE880) >> 3;
        return Distortion(block == 0 ? 1 : _words[0xEA08 + block - 1], (register & 1) == 0);
    }
}
