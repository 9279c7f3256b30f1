using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Twins;

/// <summary>
/// HLW8012 at the level of its pins, with the board's two counters: CF for power, CF1 for voltage or current by SEL.
/// For a while after SEL changed, CF1 still shows the other one.
/// </summary>
public sealed class Hlw8012Twin : IDigitalOutput
{
    private const int SettleMs = 1_500;

    private readonly TwinEnergyRegister _power;
    private readonly TwinEnergyRegister _voltage = new TwinEnergyRegister(408_640, 1);
    private readonly TwinEnergyRegister _current = new TwinEnergyRegister(14_484, 1);
    private readonly TwinPulseCounter _cf = new TwinPulseCounter();
    private readonly TwinPulseCounter _cf1 = new TwinPulseCounter();
    private int _millivolts;
    private int _milliamps;
    private int _milliwatts;
    private long _sinceSelectMs;
    private bool _isSelectHigh;

    public Hlw8012Twin()
    {
        _power = new TwinEnergyRegister(10_343_410, 1);
    }

    public IPulseCounter Cf => _cf;

    public IPulseCounter Cf1 => _cf1;

    /// <summary>Bits of <see cref="TwinFault"/>: Unplugged, the board's counters cannot be read; CounterHalted, no
    /// pulse of CF arrives.</summary>
    public int Faults { get; private set; }

    /// <summary>Below it the chip gives no pulse.</summary>
    public int NoLoadMilliwatts { get; set; } = 500;

    public void SetFaults(int faults)
    {
        Faults = faults;
        _cf.IsBroken = (faults & TwinFault.Unplugged) != 0;
        _cf1.IsBroken = _cf.IsBroken;
    }

    /// <summary>Lets reads of the counters fail, after some good ones.</summary>
    public void FailTransfers(int count, int after)
    {
        _cf.FailReads = count;
        _cf.PassReads = after;
    }

    public void SetLoad(int millivolts, int milliamps, int milliwatts)
    {
        _millivolts = millivolts;
        _milliamps = milliamps;
        _milliwatts = milliwatts < 0 ? -milliwatts : milliwatts;
    }

    public void Advance(long milliseconds)
    {
        long before = _power.Counts;
        if (_milliwatts >= NoLoadMilliwatts)
        {
            _power.Add(_milliwatts * milliseconds, 0x40_0000, 0);
        }

        _cf.Pulses += (Faults & TwinFault.CounterHalted) == 0 ? _power.Counts - before : 0;

        // What SEL asked for shows when CF1 has settled; until then the other.
        long oldMs = SettleMs - _sinceSelectMs < milliseconds ? SettleMs - _sinceSelectMs : milliseconds;
        oldMs = oldMs < 0 ? 0 : oldMs;
        Show(!_isSelectHigh, oldMs);
        Show(_isSelectHigh, milliseconds - oldMs);
        _sinceSelectMs += milliseconds;
    }

    /// <summary>The board restarts its counters.</summary>
    public void Reset()
    {
        _cf.Pulses = 0;
        _cf1.Pulses = 0;
    }

    public bool TrySet(bool isHigh)
    {
        if (isHigh != _isSelectHigh)
        {
            _isSelectHigh = isHigh;
            _sinceSelectMs = 0;
        }

        return true;
    }

    private void Show(bool isVoltage, long milliseconds)
    {
        TwinEnergyRegister shown = isVoltage ? _voltage : _current;
        long before = shown.Counts;
        shown.Add((isVoltage ? _millivolts : _milliamps) * milliseconds, 0x40_0000, 0);
        _cf1.Pulses += shown.Counts - before;
    }
}
