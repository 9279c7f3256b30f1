using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Twins;

/// <summary>
/// ATM90E32AS at register level: three phases, gains, offsets, start-up thresholds, energy counters of 16 bits that are
/// cleared by reading once LastSPIData holds their value, the configuration's lock, and the soft reset.
/// </summary>
public sealed partial class Atm90e32Twin : IRegisterBus
{
    /// <summary>From power-up until the chip answers.</summary>
    public const int PowerUpMs = 40;

    private const int PhaseCount = 3;

    private readonly TwinNoise _dither = new TwinNoise();
    private readonly int[] _millivolts = new int[PhaseCount];
    private readonly int[] _milliamps = new int[PhaseCount];
    private readonly int[] _milliwatts = new int[PhaseCount];
    private readonly int[] _millivars = new int[PhaseCount];

    // Counts of 3.125 mWh; forward and reverse cancel inside one of them.
    private readonly TwinEnergyRegister[] _active = new TwinEnergyRegister[PhaseCount];
    private readonly TwinEnergyRegister[] _reactive = new TwinEnergyRegister[PhaseCount];
    private int _millihertz;
    private long _upMs;
    private uint _ditherBits;

    public Atm90e32Twin()
    {
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            _active[phase] = new TwinEnergyRegister(11_250_000, 1);
            _reactive[phase] = new TwinEnergyRegister(11_250_000, 1);
        }

        Reset();
    }

    /// <summary>Errors of the board in millionths, all phases.</summary>
    public int VoltageErrorMillionths { get; set; }

    public int CurrentErrorMillionths { get; set; }

    /// <param name="phase">0 to 2.</param>
    /// <param name="millivolts">RMS voltage, mV.</param>
    /// <param name="milliamps">RMS current, mA, 0 or above.</param>
    /// <param name="milliwatts">Active power, mW, import positive.</param>
    /// <param name="millivars">Reactive power, mvar, inductive import positive.</param>
    public void SetLoad(int phase, int millivolts, int milliamps, int milliwatts, int millivars)
    {
        _millivolts[phase] = millivolts;
        _milliamps[phase] = milliamps;
        _milliwatts[phase] = milliwatts;
        _millivars[phase] = millivars;
    }

    /// <summary>Mains frequency in mHz.</summary>
    public void SetFrequency(int millihertz) => _millihertz = millihertz;

    /// <summary>Lets time pass; the set powers are integrated exactly (mW × ms = µJ).</summary>
    public void Advance(long milliseconds)
    {
        _upMs += milliseconds;
        _ditherBits = _dither.Next();
        if (_registers[0x00] != 1 || (Faults & TwinFault.CounterHalted) != 0)
        {
            return;
        }

        for (int phase = 0; phase < PhaseCount; phase++)
        {
            Count(_active[phase], phase, _milliwatts[phase], milliseconds, 0x38, 0);
            Count(_reactive[phase], phase, _millivars[phase], milliseconds, 0x39, 6);
        }
    }

    /// <summary>Supply lost and back: registers at their defaults, counters at zero, 40 ms of silence.</summary>
    public void Reset()
    {
        _upMs = 0;
        SoftReset();
    }

    private void SoftReset()
    {
        ResetRegisters();
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            _active[phase].Reset();
            _reactive[phase].Reset();
        }
    }

    private void Count(
        TwinEnergyRegister energy, int phase, int milli, long milliseconds, int startRegister, int firstCounter)
    {
        long size = milli < 0 ? -(long)milli : milli;
        if (milli == 0 || size * 100 < _registers[startRegister] * 32L)
        {
            return;
        }

        long before = energy.Counts;
        int error = PowerErrorMillionths(phase);
        energy.Add(milli * milliseconds, 0x40_0000, error);
        long counts = energy.Counts - before;
        int counter = firstCounter + phase + (counts < 0 ? 3 : 0);
        _counters[counter] = (int)((_counters[counter] + (counts < 0 ? -counts : counts)) & 0xFFFF);
    }

    /// <summary>Board, gains of both inputs and the power's own gain together.</summary>
    private int PowerErrorMillionths(int phase)
    {
        long voltage = Gained(1_000_000 + VoltageErrorMillionths, _registers[0x61 + 4 * phase]);
        long current = Gained(1_000_000 + CurrentErrorMillionths, _registers[0x62 + 4 * phase]);
        long power = voltage * current / 1_000_000;
        power += power * (short)_registers[0x47 + 2 * phase] / 0x8000;
        return (int)(power - 1_000_000);
    }

    private static long Gained(long value, int gain) => gain == 0x8000 ? value : value * gain / 0x8000;

    private int Voltage(int phase)
    {
        long value = (_millivolts[phase] + 5L) / 10 * (1_000_000 + VoltageErrorMillionths) / 1_000_000;
        return Word(Gained(value, _registers[0x61 + 4 * phase]) + ((_ditherBits >> (2 * phase)) & 1));
    }

    private int Current(int phase)
    {
        long value = (long)_milliamps[phase] * (1_000_000 + CurrentErrorMillionths) / 1_000_000;
        return Word(Gained(value, _registers[0x62 + 4 * phase]));
    }

    /// <summary>0.32 mW a count.</summary>
    private int Power(int phase, int milli, int offsetRegister)
    {
        long value = (long)milli * (1_000_000 + PowerErrorMillionths(phase)) / 320_000;
        return (int)(value + (short)_registers[offsetRegister + 2 * phase] + (_ditherBits >> 16 & 3));
    }

    private static int Word(long value) => value < 0 ? 0 : value > 0xFFFF ? 0xFFFF : (int)value;
}
