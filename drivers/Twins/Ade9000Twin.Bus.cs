using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Twins;

/// <summary>The register file and the bus side.</summary>
public sealed partial class Ade9000Twin
{
    private const int CurrentGain = 0x000;
    private const int PhaseRegister = 0x006;
    private const int VoltageGain = 0x00B;
    private const int PowerGain = 0x00E;
    private const int PowerOffset = 0x00F;
    private const int CalibrationStep = 0x20;
    private const int NoLoad = 0x41C;
    private const int RunRegister = 0x480;
    private const int Config1 = 0x481;
    private const int AccumulationMode = 0x492;
    private const int EnergyConfig = 0x4B0;
    private const int EnergyTime = 0x4B2;
    private const int WriteLock = 0x4BF;
    private const int Unity = 1 << 27;
    private const int RegisterCount = 0x500;

    private readonly int[] _registers = new int[RegisterCount];
    private readonly int[] _frozen = new int[RegisterCount];
    private readonly TwinLine _line = new TwinLine();
    private bool _isLocked;
    private int _corruptRegister = -1;
    private int _corruptValue;

    /// <summary>Bits of <see cref="TwinFault"/>.</summary>
    public int Faults => _line.Faults;

    public long Transfers => _line.Transfers;

    /// <summary>Bytes that went over the bus, headers included.</summary>
    public long Bytes { get; private set; }

    public BusFault LastFault => _line.LastFault;

    public int Peek(int register) => _registers[register];

    /// <summary>Changes a configuration register from outside, as a disturbance does.</summary>
    public void Poke(int register, int value) => _registers[register] = value;

    public void SetFaults(int faults)
    {
        if ((faults & TwinFault.Stuck) != 0 && (Faults & TwinFault.Stuck) == 0)
        {
            for (int register = 0x200; register < RegisterCount; register++)
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

        int register = (buffer[0] << 4) | (buffer[1] >> 4);
        Invariant.Require((buffer[1] & 0xF) == 0, "ADE9000 twin: a write has direction 0");
        Invariant.Require(
            count == 2 + BytesOf(register), "ADE9000 twin: a register was written in another width than its own");
        Bytes += count;
        int value = (buffer[2] << 8) | buffer[3];
        Write(register, count == 4 ? value : (value << 16) | (buffer[4] << 8) | buffer[5]);
        return true;
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        if (!_line.IsAnswering(_upMs >= PowerUpMs))
        {
            return false;
        }

        int register = (write[0] << 4) | (write[1] >> 4);
        Invariant.Require(writeCount == 2 && (write[1] & 0xF) == 8, "ADE9000 twin: a read has a header of direction 1");
        Bytes += writeCount + readCount;
        if (register >= WaveBuffer)
        {
            ReadWave(register - WaveBuffer, read, readCount);
        }
        else
        {
            Invariant.Require(
                readCount == BytesOf(register), "ADE9000 twin: a register was read in another width than its own");
            Put(read, 0, ValueOnLine(register), readCount);
        }

        for (int i = 0; i < readCount && (Faults & TwinFault.AllOnes) != 0; i++)
        {
            read[i] = 0xFF;
        }

        return _line.CompletesRead(read, readCount);
    }

    private int ValueOnLine(int register)
    {
        int value = Read(register);
        if (register == _corruptRegister)
        {
            value = _corruptValue;
            _corruptRegister = -1;
        }

        return value;
    }

    private static void Put(byte[] bytes, int at, int value, int count)
    {
        for (int i = 0; i < count; i++)
        {
            bytes[at + i] = (byte)(value >> (8 * (count - 1 - i)));
        }
    }

    private static int BytesOf(int register) => register >= 0x480 && register <= 0x4FE ? 2 : 4;

    private void ResetRegisters()
    {
        for (int i = 0; i < RegisterCount; i++)
        {
            _registers[i] = 0;
        }

        _registers[NoLoad] = 0xFFFF;
        _registers[NoLoad + 1] = 0xFFFF;
        _registers[NoLoad + 2] = 0xFFFF;
        _registers[0x493] = 0xF000;
        _registers[0x498] = 0xFFFF;
        _registers[0x49A] = 0x001E;
        _registers[0x4AF] = 0x0C00;
        _registers[0x4B1] = 0x00FF;
        _registers[EnergyTime] = 0x00FF;
        _isLocked = false;
    }

    private void Write(int register, int value)
    {
        if (register == WriteLock)
        {
            _isLocked = value == 0x3C64 || (_isLocked && value != 0x4AD1);
            return;
        }

        Invariant.Require(IsSetting(register), "ADE9000 twin: a register that cannot be written was written");
        if (_isLocked)
        {
            return;
        }

        if (register == Config1 && (value & 1) != 0)
        {
            Reset();
            return;
        }

        bool isWave = register == WaveConfig && (value & ~_registers[register] & WaveCapture) != 0;
        Invariant.Require(!isWave || _registers[RunRegister] == 1, "ADE9000 twin: the DSP must run before a capture");
        _captured = isWave ? 0 : _captured;
        _registers[register] = value;
    }

    private int Read(int register)
    {
        switch (register)
        {
            case 0x403:
                return 1 << 16;
            case 0x472:
                return 1 << 20;
            case 0x4FE:
                return 0x00FE;
            case WriteLock:
                return _isLocked ? 1 : 0;
            case WaveStatus:
                return LastPage << 12;
        }

        if (IsSetting(register))
        {
            return _registers[register];
        }

        Invariant.Require(IsReading(register), "ADE9000 twin: a register that the chip does not have was read");
        return (Faults & TwinFault.Stuck) != 0 ? _frozen[register] : Reading(register);
    }

    /// <summary>00 to 18 of each phase, and what is simulated of 400 to 4FE.</summary>
    private static bool IsSetting(int register) =>
        (register < 0x60 && (register & 0x1F) <= 0x18) || (register >= NoLoad && register <= NoLoad + 2)
        || register == RunRegister || register == Config1 || register == AccumulationMode || register == WaveConfig
        || register == EnergyConfig || register == EnergyTime || register == 0x4B9;

    private static bool IsReading(int register) => IsValue(register) || IsEnergy(register) || register == 0x418;

    private static bool IsValue(int register) => register >= 0x20C && register <= 0x251
        && ((register & 0x1F) == 0x0C || (register & 0x1F) == 0x0D || (register & 0x1F) == 0x10
            || (register & 0x1F) == 0x11);

    private static bool IsEnergy(int register) => register == 0x2E7 || register == 0x323 || register == 0x35F
        || register == 0x2F1 || register == 0x32D || register == 0x369;

    private int Reading(int register)
    {
        if (register == 0x418)
        {
            return (int)((8_000L * 65_536 * 1_000 + _phases.Millihertz / 2) / _phases.Millihertz) - 1
                + (int)(_ditherBits >> 30);
        }

        if (register >= 0x2E7)
        {
            int energyPhase = register >= 0x35F ? 2 : register >= 0x323 ? 1 : 0;
            return register - energyPhase * 0x3C == 0x2E7
                ? _phases.Energy(energyPhase) : _phases.ReactiveEnergy(energyPhase);
        }

        int phase = (register - 0x200) >> 5;
        switch (register & 0x1F)
        {
            case 0x0C:
                return Rms(phase, false);
            case 0x0D:
                return Rms(phase, true);
            default:
                return Power(phase, (register & 0x1F) == 0x10);
        }
    }
}
