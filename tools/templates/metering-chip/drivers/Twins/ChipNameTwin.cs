using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Twins;

/// <summary>CHIPNAME at register level. Its register numbers and scales are typed here from the data sheet, apart
/// from the driver's.</summary>
public sealed class ChipNameTwin : IRegisterBus
{
    /// <summary>From power-up until the chip answers.</summary>
    public const int PowerUpMs = 40;

    private const int ConfigurationAfterReset = 0x4127;

    private readonly TwinLine _line = new TwinLine();
    private readonly TwinNoise _dither = new TwinNoise();
//#if (Counter)

    // 0.1 J a count.
    private readonly TwinEnergyRegister _energy = new TwinEnergyRegister(100_000, 1);
//#endif
    private readonly int[] _frozen = new int[8];
    private int _configuration;
    private int _millivolts;
    private int _milliamps;
    private int _milliwatts;
    private int _ditherBit;
    private long _upMs;

    public ChipNameTwin()
    {
        Reset();
    }

    /// <summary>Bits of <see cref="TwinFault"/>.</summary>
    public int Faults => _line.Faults;

    public BusFault LastFault => _line.LastFault;

    public int Configuration => _configuration;

    public void SetLoad(int millivolts, int milliamps, int milliwatts)
    {
        _millivolts = millivolts;
        _milliamps = milliamps;
        _milliwatts = milliwatts;
    }

    /// <summary>Lets time pass; the set power is integrated exactly (mW × ms = µJ).</summary>
    public void Advance(long milliseconds)
    {
        _upMs += milliseconds;
        _ditherBit = (int)(_dither.Next() >> 31);
//#if (Counter)
        if ((Faults & TwinFault.CounterHalted) == 0)
        {
            _energy.Add(_milliwatts * milliseconds, 0x40_0000, 0);
        }
//#endif
    }

    /// <summary>A disturbance leaves another configuration than was written.</summary>
    public void Disturb(int configuration) => _configuration = configuration;

    /// <summary>Supply lost and back: registers at their defaults.</summary>
    public void Reset()
    {
        _upMs = 0;
        _configuration = ConfigurationAfterReset;
//#if (Counter)
        _energy.Reset();
//#endif
    }

    public void SetFaults(int faults)
    {
        for (int register = 2; register < _frozen.Length && (Faults & TwinFault.Stuck) == 0; register++)
        {
            _frozen[register] = IsReading(register) ? Reading(register) : 0;
        }

        _line.Faults = faults;
    }

    /// <summary>Lets transfers fail, after some good ones.</summary>
    public void FailTransfers(int count, int after)
    {
        _line.FailTransfers = count;
        _line.PassTransfers = after;
    }

    public bool TryWrite(byte[] buffer, int count)
    {
        if (!_line.IsAnswering(_upMs >= PowerUpMs))
        {
            return false;
        }

        Invariant.Require(count == 3 && buffer[0] == 0, "CHIPNAME twin: a register that cannot be written was written");
        _configuration = (buffer[1] << 8) | buffer[2];
        return true;
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        if (!_line.IsAnswering(_upMs >= PowerUpMs))
        {
            return false;
        }

        int register = write[0];
        Invariant.Require(
            writeCount == 1 && readCount == 2 && (register == 0 || IsReading(register)),
            "CHIPNAME twin: a register that the chip does not have was read");
        int value = register == 0 ? _configuration
            : (Faults & TwinFault.Stuck) != 0 ? _frozen[register] : Reading(register);
        value = (Faults & TwinFault.AllOnes) != 0 ? 0xFFFF : value;
        read[0] = (byte)(value >> 8);
        read[1] = (byte)value;
        return _line.CompletesRead(read, readCount);
    }

//#if (Counter)
    private static bool IsReading(int register) => register >= 2 && register <= 7 && register != 5;
//#else
    private static bool IsReading(int register) => register >= 2 && register <= 4;
//#endif

    private int Reading(int register)
    {
        switch (register)
        {
            case 2:
                return _millivolts / 10 + _ditherBit;
            case 3:
                return _milliwatts / 1_000;
            case 4:
                return _milliwatts < 0 ? -_milliamps : _milliamps;
//#if (Counter)
            case 6:
                return (int)(_energy.Counts >> 16) & 0xFFFF;
            default:
                return (int)_energy.Counts & 0xFFFF;
//#else
            default:
                return 0;
//#endif
        }
    }
}
