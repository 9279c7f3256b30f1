namespace MeterFirmware.Drivers.Twins;

/// <summary>The loads of three phases, and their energies as a chip counts them: signed, exact, wrapped by nobody, and
/// shown only as of the chip's last update.</summary>
internal sealed class TwinPhases
{
    public const int Count = 3;

    private const int UnityGain = 0x40_0000;

    private readonly TwinEnergyRegister[] _active = new TwinEnergyRegister[Count];
    private readonly TwinEnergyRegister[] _reactive = new TwinEnergyRegister[Count];
    private readonly int[] _shown = new int[2 * Count];
    private long _sinceUpdateMs;

    /// <summary>One count = numerator / denominator µJ.</summary>
    public TwinPhases(long numerator, long denominator)
    {
        for (int phase = 0; phase < Count; phase++)
        {
            _active[phase] = new TwinEnergyRegister(numerator, denominator);
            _reactive[phase] = new TwinEnergyRegister(numerator, denominator);
        }
    }

    public int[] Millivolts { get; } = new int[Count];

    public int[] Milliamps { get; } = new int[Count];

    public int[] Milliwatts { get; } = new int[Count];

    public int[] Millivars { get; } = new int[Count];

    public int Millihertz { get; set; }

    /// <summary>What the chip counts, set by the twin before time passes: mW and mvar through the phase errors that are
    /// left, and millionths above 1 of both.</summary>
    public int[] CountedMilliwatts { get; } = new int[Count];

    public int[] CountedMillivars { get; } = new int[Count];

    public int[] ErrorMillionths { get; } = new int[Count];

    /// <summary>mW and mvar of a phase below which it counts nothing.</summary>
    public int NoLoadMilliwatts { get; set; }

    public int Energy(int phase) => _shown[phase];

    public int ReactiveEnergy(int phase) => _shown[Count + phase];

    public void Set(int phase, int millivolts, int milliamps, int milliwatts, int millivars)
    {
        Millivolts[phase] = millivolts;
        Milliamps[phase] = milliamps;
        Milliwatts[phase] = milliwatts;
        Millivars[phase] = millivars;
    }

    public void Reset()
    {
        for (int phase = 0; phase < Count; phase++)
        {
            _active[phase].Reset();
            _reactive[phase].Reset();
            _shown[phase] = 0;
            _shown[Count + phase] = 0;
        }

        _sinceUpdateMs = 0;
    }

    /// <summary>Counts, and shows the counters as they stood at the last update.</summary>
    public void Advance(long milliseconds, long updateMs)
    {
        long toLast = (_sinceUpdateMs + milliseconds) / updateMs * updateMs - _sinceUpdateMs;
        if (toLast > 0)
        {
            Add(toLast);
            for (int phase = 0; phase < Count; phase++)
            {
                _shown[phase] = (int)_active[phase].Counts;
                _shown[Count + phase] = (int)_reactive[phase].Counts;
            }

            milliseconds -= toLast;
            _sinceUpdateMs = 0;
        }

        _sinceUpdateMs += milliseconds;
        Add(milliseconds);
    }

    private void Add(long milliseconds)
    {
        for (int phase = 0; phase < Count; phase++)
        {
            Add(_active[phase], CountedMilliwatts[phase], ErrorMillionths[phase], milliseconds);
            Add(_reactive[phase], CountedMillivars[phase], ErrorMillionths[phase], milliseconds);
        }
    }

    private void Add(TwinEnergyRegister energy, int milli, int error, long milliseconds)
    {
        int size = milli < 0 ? -milli : milli;
        if (size >= NoLoadMilliwatts && milli != 0)
        {
            energy.Add(milli * milliseconds, UnityGain, error);
        }
    }
}
