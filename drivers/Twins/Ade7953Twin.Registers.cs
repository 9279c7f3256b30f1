using MeterFirmware.Basics;

namespace MeterFirmware.Drivers.Twins;

/// <summary>The register file: addresses, widths, defaults, read and write rights.</summary>
public sealed partial class Ade7953Twin
{
    private const int ByteRegisters = 0x0A;
    private const int WordRegisters = 0x11;
    private const int GainRegisters = 0x18;
    private const int DefaultGain = 0x40_0000;

    private readonly int[] _bytes = new int[ByteRegisters];
    private readonly int[] _words = new int[WordRegisters];
    private readonly int[] _gains = new int[GainRegisters];
    private int _requiredSetting;
    private int _accumulationMode;
    private readonly int[] _noLoad = new int[3];

    // Of active and reactive power; 0: whatever flows is counted.
    private readonly int[] _noLoadCounts = new int[2];
    private bool _isUnlocked;

    /// <summary>A configuration register's present value, for tests: 0x000–0x009, 0x100–0x110, 0x120, 0x301,
    /// 0x303–0x305, 0x380–0x397.</summary>
    public int Peek(int address) => ReadConfiguration(address);

    /// <summary>Changes a configuration register from outside, as a disturbance does.</summary>
    public void Poke(int address, int value) => WriteConfiguration(address, value);

    private void ResetRegisters()
    {
        for (int i = 0; i < ByteRegisters; i++)
        {
            _bytes[i] = 0;
        }

        for (int i = 0; i < WordRegisters; i++)
        {
            _words[i] = 0;
        }

        for (int i = 0; i < GainRegisters; i++)
        {
            bool isGain = i <= 4 || (i >= 0x0C && i <= 0x10);
            _gains[i] = isGain ? DefaultGain : 0;
        }

        _bytes[0x04] = 0x40;
        _words[0x00] = 0xFFFF;
        _words[0x02] = 0x8004;
        _words[0x03] = 0x003F;
        _words[0x04] = 0x003F;
        _words[0x07] = 0x0300;
        _requiredSetting = 0;
        _accumulationMode = 0;
        _noLoad[0] = 0xE419;
        _noLoad[1] = 0xE419;
        _noLoad[2] = 0;
        _noLoadCounts[0] = 0;
        _noLoadCounts[1] = 0;
        LatchNoLoad();
        _isUnlocked = false;
    }

    private int VoltageGain() => _gains[0x01];

    private int VoltageOffset() => Signed24(_gains[0x08]);

    private int CurrentGain(int channel) => _gains[0x0C * channel];

    private int CurrentOffset(int channel) => Signed24(_gains[0x06 + 0x0C * channel]);

    private int ActivePowerGain(int channel) => _gains[0x02 + 0x0C * channel];

    private int ReactivePowerGain(int channel) => _gains[0x03 + 0x0C * channel];

    private int ApparentPowerGain(int channel) => _gains[0x04 + 0x0C * channel];

    private int ActivePowerOffset(int channel) => Signed24(_gains[0x09 + 0x0C * channel]);

    private int ReactivePowerOffset(int channel) => Signed24(_gains[0x0A + 0x0C * channel]);

    private int PhaseSteps(int channel)
    {
        int register = _words[0x08 + channel];
        int magnitude = register & 0x1FF;
        return (register & 0x200) != 0 ? -magnitude : magnitude;
    }

    private bool IsReadWithReset => (_bytes[0x04] & 0x40) != 0;

    /// <summary>The register's value, in its sign-extended view where it has one.</summary>
    private int ReadRegister(int address)
    {
        switch (address)
        {
            case 0x31C:
                return _voltageRms + (int)(_ditherBits & 7);
            case 0x31A:
            case 0x31B:
                return _currentRms[address - 0x31A] + (int)((_ditherBits >> 3) & 31);
            case 0x312:
            case 0x313:
                return _activePower[address - 0x312];
            case 0x314:
            case 0x315:
                return _reactivePower[address - 0x314];
            case 0x310:
            case 0x311:
                return _apparentPower[address - 0x310];
            case 0x10A:
            case 0x10B:
                return _powerFactor[address - 0x10A];
            case 0x10E:
                return _period;
            case 0x31E:
            case 0x31F:
                return ReadEnergy(_active[address - 0x31E]);
            case 0x320:
            case 0x321:
                return ReadEnergy(_reactive[address - 0x320]);
            case 0x322:
            case 0x323:
                return ReadEnergy(_apparent[address - 0x322]);
            default:
                return ReadConfiguration(address);
        }
    }

    /// <summary>A threshold takes effect when its detection is switched on after it was off (DISNOLOAD, a bit an
    /// energy).
    /// </summary>
    private void LatchNoLoad()
    {
        for (int i = 0; i < _noLoadCounts.Length; i++)
        {
            bool isOff = (_bytes[0x01] >> i & 1) != 0;

            // Full scale 4 862 401 over Y = 1.4 · (65536 − register).
            _noLoadCounts[i] = isOff ? 0 : _noLoadCounts[i] != 0 ? _noLoadCounts[i]
                : (int)(48_624_010L / (14L * (0x1_0000 - _noLoad[i])));
        }
    }

    private int ReadEnergy(TwinEnergyRegister energy)
    {
        int value = energy.Register;
        if (IsReadWithReset)
        {
            energy.Clear();
        }

        return value;
    }

    private int ReadConfiguration(int address)
    {
        if (address < ByteRegisters)
        {
            RequireKnown(address != 2 && address != 3 && address != 5 && address != 6, address);
            return _bytes[address];
        }

        if (address >= 0x380 && address < 0x380 + GainRegisters)
        {
            int value = _gains[address - 0x380];
            return IsSignedOffset(address) ? Signed24(value) : value;
        }

        if (address >= 0x100 && address < 0x100 + WordRegisters)
        {
            return _words[address - 0x100];
        }

        if (address == 0x120)
        {
            return _requiredSetting;
        }

        if (address >= 0x303 && address <= 0x305)
        {
            return _noLoad[address - 0x303];
        }

        RequireKnown(address == 0x301, address);
        return _accumulationMode;
    }

    private void WriteRegister(int address, int value)
    {
        bool isUnlocked = _isUnlocked;
        _isUnlocked = address == 0x0FE && value == 0xAD;
        if (address == 0x0FE)
        {
            return;
        }

        if (address == 0x120 && !isUnlocked)
        {
            return;
        }

        if (address == 0x102 && (value & 0x80) != 0)
        {
            Reset();
            return;
        }

        WriteConfiguration(address, value);
    }

    private void WriteConfiguration(int address, int value)
    {
        if (address < ByteRegisters)
        {
            RequireKnown(address != 2 && address != 3 && address != 5 && address != 6, address);
            _bytes[address] = value & 0xFF;
            if (address == 0x001)
            {
                LatchNoLoad();
            }
        }
        else if (address >= 0x380 && address < 0x380 + GainRegisters)
        {
            _gains[address - 0x380] = value & 0xFF_FFFF;
        }
        else if (address >= 0x100 && address < 0x100 + WordRegisters)
        {
            // 0x10A to 0x10E are measurements.
            RequireKnown(address < 0x10A || address == 0x110, address);
            _words[address - 0x100] = value & 0xFFFF;
        }
        else if (address == 0x120)
        {
            _requiredSetting = value & 0xFFFF;
        }
        else if (address >= 0x303 && address <= 0x305)
        {
            Invariant.Require(value >= 0 && value <= 0xFFFF, "ADE7953 twin: a no-load threshold is 0 to 0xFFFF");
            _noLoad[address - 0x303] = value;
        }
        else
        {
            RequireKnown(address == 0x301, address);
            _accumulationMode = value & 0x3FF;
        }

        Measure();
    }

    private static bool IsSignedOffset(int address)
    {
        int index = address - 0x380;
        return (index > 4 && index < 0x0C) || index > 0x10;
    }

    private static int Signed24(int value) => (value << 8) >> 8;

    private static void RequireKnown(bool isKnown, int address)
    {
        if (!isKnown)
        {
            Invariant.Require(false, "ADE7953 twin: no such register, or not writable: 0x" + address.ToString("X3"));
        }
    }
}
