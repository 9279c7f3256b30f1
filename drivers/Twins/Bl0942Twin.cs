using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Twins;

/// <summary>
/// BL0942 at byte level, on its UART or on SPI: packets and registers with their check sums, the write protection, the
/// pulse counter signed or absolute, its creep threshold, and the MODE register that a restart sets back to 0x87.
/// </summary>
public sealed partial class Bl0942Twin : ISerialLine, IRegisterBus
{
    /// <summary>From power-up until the chip answers.</summary>
    public const int PowerUpMs = 100;

    private readonly TwinNoise _dither = new TwinNoise();

    // One pulse is 419 430.4 counts of power for a second, 623.4 of which are a watt.
    private readonly TwinEnergyRegister _pulses = new TwinEnergyRegister(4_194_304_000_000, 6_234);
    private int _millivolts;
    private int _milliamps;
    private int _milliwatts;
    private int _millihertz;
    private long _upMs;
    private uint _ditherBits;

    /// <param name="address">Pins A2:A1; 0 on SPI.</param>
    /// <param name="baud">Pin SCLK_BPS.</param>
    public Bl0942Twin(int address, int baud)
    {
        _address = address;
        _serial = new TwinSerial(baud, 0, 64);
        Reset();
    }

    public Bl0942Twin()
        : this(0, 4_800)
    {
    }

    /// <summary>Errors of the board in millionths.</summary>
    public int VoltageErrorMillionths { get; set; }

    public int CurrentErrorMillionths { get; set; }

    /// <summary>The chip counts nothing below this power.</summary>
    public int NoLoadMilliwatts { get; set; } = 1_000;

    /// <summary>Unwrapped pulses since power-up.</summary>
    public long Pulses => _pulses.Counts;

    /// <param name="millivolts">RMS voltage, mV.</param>
    /// <param name="milliamps">RMS current, mA, 0 or above.</param>
    /// <param name="milliwatts">Active power, mW, import positive.</param>
    /// <param name="millihertz">Mains frequency, mHz; 0 = none.</param>
    public void SetLoad(int millivolts, int milliamps, int milliwatts, int millihertz)
    {
        _millivolts = millivolts;
        _milliamps = milliamps;
        _milliwatts = milliwatts;
        _millihertz = millihertz;
    }

    /// <summary>Lets time pass; the set power is integrated exactly (mW × ms = µJ).</summary>
    public void Advance(long milliseconds)
    {
        _upMs += milliseconds;
        _serial.Advance(milliseconds);
        _ditherBits = _dither.Next();
        if (_milliwatts < NoLoadMilliwatts && -_milliwatts < NoLoadMilliwatts)
        {
            return;
        }

        AddEnergy(_milliwatts * milliseconds);
    }

    /// <summary>Adds active energy (µJ, import positive) without letting time pass.</summary>
    public void AddEnergy(long microjoules)
    {
        bool isAbsolute = (_mode & 0x80) != 0;
        bool isCounting = (_mode & 0x04) != 0 && (Faults & TwinFault.CounterHalted) == 0;
        if (isCounting && microjoules != 0)
        {
            _pulses.Add(
                isAbsolute && microjoules < 0 ? -microjoules : microjoules, 0x40_0000,
                VoltageErrorMillionths + CurrentErrorMillionths);
        }
    }

    /// <summary>Supply lost and back: registers at their defaults, counter at zero, 100 ms of silence.</summary>
    public void Reset()
    {
        _upMs = 0;
        ResetRegisters();
        _pulses.Reset();
        _serial.Clear();
    }

    /// <summary>Counts of a value in thousandths of its unit; 10⁻⁴ counts a unit.</summary>
    private static long Counts(long thousandths, long tenThousandthCounts, int errorMillionths)
    {
        long counts = (thousandths * tenThousandthCounts + (thousandths < 0 ? -5_000_000 : 5_000_000)) / 10_000_000;
        return counts + counts * errorMillionths / 1_000_000;
    }

    private static int Saturated(long value, int min, int max) => value < min ? min : value > max ? max : (int)value;
}
