using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Twins;

/// <summary>
/// A simulated ADE7953 (one voltage, two current channels) at register level, I²C or SPI framing. Strict: a register
/// that the chip does not have, a wrong width, or a write to a read-only register throws. It honours what the
/// driver configures: gains, offsets, phase calibration, read with reset, the unlock before 0x120, 100 ms of power-up.
/// Scales are those of the boards with a 1 mΩ shunt: 26 000 counts a volt, 100 000 an ampere, 154 a watt, and
/// 159 313 / 24 312 005 000 counts a µJ. The register map is typed here a second time, apart from the driver's,
/// so that one slip of the pen does not confirm the other. No allocation after construction.
/// </summary>
public sealed partial class Ade7953Twin : IRegisterBus
{
    public const int PowerUpMs = 100;
    public const int ChannelA = 0;
    public const int ChannelB = 1;

    private const int ChannelCount = 2;
    private const int RmsFullScale = 9_032_007 - 31;
    private const int PowerFullScale = 0x7F_FFFF;

    /// <summary>2π × 1.117 µs, in millionths of a radian per hertz: one step of PHCAL.</summary>
    private const int PhaseStepNanoradiansPerHertz = 7018;

    private readonly bool _isSpi;
    private readonly long[] _offsetRemainder = new long[ChannelCount];
    private readonly TwinNoise _noise = new TwinNoise();
    private readonly TwinNoise _dither = new TwinNoise();
    private readonly TwinEnergyRegister[] _active = new TwinEnergyRegister[ChannelCount];
    private readonly TwinEnergyRegister[] _reactive = new TwinEnergyRegister[ChannelCount];
    private readonly TwinEnergyRegister[] _apparent = new TwinEnergyRegister[ChannelCount];

    // The world at the terminals.
    private readonly int[] _milliamps = new int[ChannelCount];
    private readonly int[] _milliwatts = new int[ChannelCount];
    private readonly int[] _millivars = new int[ChannelCount];
    private int _millivolts;
    private int _millihertz;

    // What the measurement registers show.
    private readonly int[] _currentRms = new int[ChannelCount];
    private readonly int[] _activePower = new int[ChannelCount];
    private readonly int[] _reactivePower = new int[ChannelCount];
    private readonly int[] _apparentPower = new int[ChannelCount];
    private readonly int[] _powerFactor = new int[ChannelCount];
    private int _voltageRms;
    private int _period = 0xFFFF;

    private int _noiseMillionths;
    private long _upMs;

    // The lowest bits of a living chip never rest: 0 to 7 counts of voltage (26 are a mV) and 0 to 31 of current
    // (100 are a mA), new with every Advance and too little to change a rounded reading.
    private uint _ditherBits;

    public Ade7953Twin()
        : this(false)
    {
    }

    /// <param name="isSpi">True for SPI's three-byte head, false for I²C's two.</param>
    public Ade7953Twin(bool isSpi)
    {
        _isSpi = isSpi;
        for (int channel = 0; channel < ChannelCount; channel++)
        {
            _active[channel] = new TwinEnergyRegister(24_312_005_000, 159_313);
            _reactive[channel] = new TwinEnergyRegister(24_312_005_000, 159_313);
            _apparent[channel] = new TwinEnergyRegister(24_312_005_000, 159_313);
        }

        Reset();
    }

    /// <summary>Errors of the board in millionths: what calibration has to take out.</summary>
    public int VoltageErrorMillionths { get; set; }

    public int CurrentErrorMillionths { get; set; }

    /// <summary>Phase error of the current path in microradians, lag positive.</summary>
    public int PhaseErrorMicroradians { get; set; }

    /// <summary>What a current transformer adds, its magnetising current: ratio (millionths) and lag (µrad) as the
    /// current goes to 0, half of them at <see cref="TransformerHalfMilliamps"/>, none at high currents. Channel
    /// A.</summary>
    public int TransformerErrorMillionths { get; set; }

    public int TransformerPhaseMicroradians { get; set; }

    public int TransformerHalfMilliamps { get; set; } = 1000;

    /// <summary>What the board's active power path adds on its own (crosstalk, offset), mW: it creeps without a
    /// load.</summary>
    public int ActivePowerErrorMilliwatts { get; set; }

    /// <summary>Unwrapped active counts of a channel since power-up.</summary>
    public long ActiveCounts(int channel) => _active[channel].Counts;

    /// <summary>Sets the voltage, and what flows through current channel A.</summary>
    /// <param name="millivolts">RMS voltage, mV.</param>
    /// <param name="milliamps">RMS current, mA, 0 or above.</param>
    /// <param name="milliwatts">Active power, mW, import positive.</param>
    /// <param name="millivars">Reactive power, mvar, inductive import positive.</param>
    /// <param name="millihertz">Mains frequency, mHz; 0 = none.</param>
    public void SetLoad(int millivolts, int milliamps, int milliwatts, int millivars, int millihertz)
    {
        if (millivolts != _millivolts || milliamps != _milliamps[ChannelA] || milliwatts != _milliwatts[ChannelA]
            || millivars != _millivars[ChannelA] || millihertz != _millihertz)
        {
            _millivolts = millivolts;
            _millihertz = millihertz;
            SetChannel(ChannelA, milliamps, milliwatts, millivars);
        }
    }

    /// <summary>Sets what flows through one current channel; the voltage stays.</summary>
    public void SetChannel(int channel, int milliamps, int milliwatts, int millivars)
    {
        _milliamps[channel] = milliamps;
        _milliwatts[channel] = milliwatts;
        _millivars[channel] = millivars;
        Measure();
    }

    /// <summary>Noise on every reading: each is off by up to so many millionths, anew with every Advance.</summary>
    public void SetNoise(int millionths, int seed)
    {
        _noiseMillionths = millionths;
        _noise.Seed(seed);
    }

    /// <summary>Lets time pass; the set powers are integrated exactly (mW × ms = µJ).</summary>
    public void Advance(long milliseconds)
    {
        PassTime(milliseconds);
        for (int channel = 0; channel < ChannelCount; channel++)
        {
            AddEnergyOf(channel, milliseconds, (long)_milliwatts[channel] * milliseconds,
                (long)_millivars[channel] * milliseconds, _activePower[channel], _reactivePower[channel]);
        }
    }

    /// <summary>Lets time pass with exactly this energy on channel A instead of the set power's integral: for powers
    /// that are no whole milliwatts. The caller carries its own fraction of a µJ.</summary>
    public void Advance(long milliseconds, long activeMicrojoules, long reactiveMicrovarSeconds)
    {
        PassTime(milliseconds);
        long milliwatts = activeMicrojoules / milliseconds;
        long millivars = reactiveMicrovarSeconds / milliseconds;
        AddEnergyOf(ChannelA, milliseconds, activeMicrojoules, reactiveMicrovarSeconds,
            _noLoadCounts[0] == 0 ? 0 : ActiveCountsOf(ChannelA, milliwatts, millivars),
            _noLoadCounts[1] == 0 ? 0 : ReactiveCountsOf(ChannelA, milliwatts, millivars));
        AddEnergyOf(ChannelB, milliseconds, 0, 0, ActivePowerOffset(ChannelB), 0);
    }

    /// <summary>Adds active energy on channel A (µJ, import positive) without letting time pass.</summary>
    public void AddEnergy(long microjoules) => AddEnergyOf(ChannelA, 0, microjoules, 0, int.MaxValue, 0);

    /// <summary>Supply lost and back, or the reset pin: registers at their defaults, counters at zero, 100 ms of
    /// silence.</summary>
    public void Reset()
    {
        _upMs = 0;
        ResetRegisters();
        for (int channel = 0; channel < ChannelCount; channel++)
        {
            _active[channel].Reset();
            _reactive[channel].Reset();
            _apparent[channel].Reset();
        }

        Measure();
    }

    private void PassTime(long milliseconds)
    {
        _upMs += milliseconds;
        _ditherBits = _dither.Next();
        if (_noiseMillionths != 0)
        {
            Measure();
        }
    }

    /// <param name="activeCounts">What the power register shows meanwhile: below the no-load threshold nothing is
    /// counted.</param>
    /// <param name="reactiveCounts">The same of reactive power.</param>
    private void AddEnergyOf(
        int channel, long milliseconds, long microjoules, long microvarSeconds, int activeCounts, int reactiveCounts)
    {
        if ((Faults & TwinFault.CounterHalted) != 0)
        {
            return;
        }

        int error = VoltageErrorMillionths + CurrentError(channel);
        int shift = PhaseShiftMicroradians(channel);
        if (shift != 0)
        {
            // A small angle δ between the paths turns P into P − Q·δ and Q into Q + P·δ.
            long turned = microjoules - Turned(microvarSeconds, shift);
            microvarSeconds += Turned(microjoules, shift);
            microjoules = turned;
        }

        bool isActiveCounted = IsAbove(activeCounts, _noLoadCounts[0]);
        if (isActiveCounted)
        {
            AddOffsetEnergy(channel, milliseconds);
        }

        if (microjoules != 0 && isActiveCounted)
        {
            _active[channel].Add(microjoules, ActivePowerGain(channel), error);
        }

        if (microvarSeconds != 0 && IsAbove(reactiveCounts, _noLoadCounts[1]))
        {
            _reactive[channel].Add(microvarSeconds, ReactivePowerGain(channel), error);
        }
    }

    /// <summary>The board's own offset on channel A, and that of the offset registers (counts of 500/77 mW), behind the
    /// gain: they accumulate with time whatever flows.</summary>
    private void AddOffsetEnergy(int channel, long milliseconds)
    {
        int error = channel == ChannelA ? ActivePowerErrorMilliwatts : 0;
        long offset = ActivePowerOffset(channel) * 500L + error * 77L;
        long amount = offset * milliseconds + _offsetRemainder[channel];
        long microjoules = amount / 77;
        _offsetRemainder[channel] = amount - microjoules * 77;
        if (microjoules != 0)
        {
            _active[channel].Add(microjoules, DefaultGain, 0);
        }
    }

    private static bool IsAbove(int counts, int thresholdCounts) => counts >= thresholdCounts
        || -counts >= thresholdCounts;

    private static long Turned(long value, int microradians) =>
        value / 1_000_000 * microradians + value % 1_000_000 * microradians / 1_000_000;

    private int PhaseShiftMicroradians(int channel)
    {
        int steps = PhaseSteps(channel);
        return PhaseErrorMicroradians + OfTransformer(channel, TransformerPhaseMicroradians)
            + (int)((long)steps * PhaseStepNanoradiansPerHertz * (_millihertz / 1000) / 1000);
    }

    private int CurrentError(int channel) =>
        CurrentErrorMillionths + OfTransformer(channel, TransformerErrorMillionths);

    private int OfTransformer(int channel, int atZero) => atZero == 0 || channel != ChannelA
        ? 0 : (int)((long)atZero * TransformerHalfMilliamps / (TransformerHalfMilliamps + _milliamps[channel]));

    /// <summary>Puts the world at the terminals into the measurement registers.</summary>
    private void Measure()
    {
        // Counts: 26 a mV, 100 a mA, 154 a W.
        long voltage = Erroneous((long)_millivolts * 26, VoltageErrorMillionths);
        _voltageRms = Saturated(Gained(voltage, VoltageGain()) + VoltageOffset(), 0, RmsFullScale);
        for (int channel = 0; channel < ChannelCount; channel++)
        {
            long current = Erroneous((long)_milliamps[channel] * 100, CurrentError(channel));
            _currentRms[channel] = Saturated(
                Gained(current, CurrentGain(channel)) + CurrentOffset(channel), 0, RmsFullScale);
            long active = _milliwatts[channel] - Turned(_millivars[channel], PhaseShiftMicroradians(channel));
            int error = VoltageErrorMillionths + CurrentError(channel);
            long apparent = (long)_millivolts * _milliamps[channel] / 1000;
            _activePower[channel] = ActiveCountsOf(channel, _milliwatts[channel], _millivars[channel]);
            _reactivePower[channel] = ReactiveCountsOf(channel, _milliwatts[channel], _millivars[channel]);
            _apparentPower[channel] = Power(apparent, error, ApparentPowerGain(channel), 0);
            _powerFactor[channel] = apparent == 0 ? 0 : Saturated(active * 0x7FFF / apparent, -0x7FFF, 0x7FFF);
        }

        _period = _millihertz < 4000 ? 0xFFFF : (223_750_000 + _millihertz / 2) / _millihertz - 1;
    }

    private int ActiveCountsOf(int channel, long milliwatts, long millivars) => Power(
        milliwatts - Turned(millivars, PhaseShiftMicroradians(channel)), VoltageErrorMillionths + CurrentError(channel),
        ActivePowerGain(channel), ActivePowerOffset(channel)
            + (channel == ChannelA ? ActivePowerErrorMilliwatts * 77 / 500 : 0));

    private int ReactiveCountsOf(int channel, long milliwatts, long millivars) => Power(
        millivars + Turned(milliwatts, PhaseShiftMicroradians(channel)), VoltageErrorMillionths + CurrentError(channel),
        ReactivePowerGain(channel), ReactivePowerOffset(channel));

    private int Power(long milliwatts, int errorMillionths, int gain, int offset)
    {
        long scaled = milliwatts * 77;
        long counts = (scaled + (scaled < 0 ? -250 : 250)) / 500;
        return Saturated(Gained(Erroneous(counts, errorMillionths), gain) + offset, -PowerFullScale, PowerFullScale);
    }

    private long Erroneous(long counts, int millionths)
    {
        int error = _noiseMillionths == 0 ? millionths : millionths + _noise.Within(_noiseMillionths);
        return error == 0 ? counts : counts + counts * error / 1_000_000;
    }

    private static long Gained(long counts, int gain) => gain == 0x40_0000 ? counts : counts * gain / 0x40_0000;

    private static int Saturated(long value, int min, int max) => value < min ? min : value > max ? max : (int)value;
}
