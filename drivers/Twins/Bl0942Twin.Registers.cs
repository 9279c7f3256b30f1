using MeterFirmware.Basics;

namespace MeterFirmware.Drivers.Twins;

/// <summary>The register file.</summary>
public sealed partial class Bl0942Twin
{
    private const int UnsignedMax = 0xFF_FFFF;

    private readonly int[] _settings = new int[0x20];
    private int _mode;
    private bool _isUnlocked;

    /// <summary>A configuration register's present value, for tests.</summary>
    public int Peek(int register) => register == 0x19 ? _mode : _settings[register];

    /// <summary>Changes a configuration register from outside, as a disturbance does.</summary>
    public void Poke(int register, int value)
    {
        _isUnlocked = true;
        WriteRegister(register, value);
    }

    private void ResetRegisters()
    {
        for (int i = 0; i < _settings.Length; i++)
        {
            _settings[i] = 0;
        }

        _settings[0x14] = 0x0B;
        _settings[0x15] = 0xFFFF;
        _settings[0x16] = 1;
        _settings[0x17] = 3;
        _settings[0x18] = 0x24;
        _settings[0x1A] = 2;
        _mode = 0x87;
        _isUnlocked = false;
    }

    private int ReadRegister(int register)
    {
        switch (register)
        {
            case 0x03:
            case 0x05:
                return Saturated(
                    Counts(_milliamps, 2_512_135_000, CurrentErrorMillionths) + (_ditherBits & 7), 0, UnsignedMax);
            case 0x04:
                return Saturated(
                    Counts(_millivolts, 158_833_000, VoltageErrorMillionths) + ((_ditherBits >> 3) & 7),
                    0, UnsignedMax);
            case 0x06:
                return Saturated(
                    Counts(_milliwatts, 6_234_000, VoltageErrorMillionths + CurrentErrorMillionths),
                    -0x80_0000, 0x7F_FFFF) & UnsignedMax;
            case 0x07:
                return ReadPulses();
            case 0x08:
                return _millihertz < 16_000 ? 0xFFFF : (1_000_000_000 + _millihertz / 2) / _millihertz;
            case 0x09:
                return Status();
            case 0x19:
                return _mode;
            case 0x12:
            case 0x14:
            case 0x15:
            case 0x16:
            case 0x17:
            case 0x18:
            case 0x1A:
            case 0x1D:
                return _settings[register];
            default:
                Invariant.Require(false, "BL0942 twin: a register that the chip does not have was read");
                return 0;
        }
    }

    /// <summary>MODE bit 6: the counter is cleared by reading it.</summary>
    private int ReadPulses()
    {
        int pulses = (int)_pulses.Counts & UnsignedMax;
        if ((_mode & 0x40) != 0)
        {
            _pulses.Clear();
        }

        return pulses;
    }

    private int Status()
    {
        bool isCreeping = _milliwatts < NoLoadMilliwatts && -_milliwatts < NoLoadMilliwatts;
        return (_milliwatts < 0 ? 1 : 0) | (isCreeping ? 2 : 0) | (_milliamps == 0 ? 0x100 : 0)
            | (_millivolts == 0 ? 0x200 : 0);
    }

    private void WriteRegister(int register, int value)
    {
        switch (register)
        {
            case 0x1D:
                _isUnlocked = value == 0x55;
                _settings[register] = value;
                break;
            case 0x1C:
                if (_isUnlocked && value == 0x5A5A5A)
                {
                    Reset();
                }

                break;
            case 0x19:
                _mode = _isUnlocked ? value & 0x3FF : _mode;
                break;
            case 0x12:
            case 0x14:
            case 0x15:
            case 0x16:
            case 0x17:
            case 0x18:
            case 0x1A:
                _settings[register] = _isUnlocked ? value : _settings[register];
                break;
            default:
                Invariant.Require(false, "BL0942 twin: a register that cannot be written was written");
                break;
        }
    }
}
