using MeterFirmware.Drivers.MeteringChips;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.PolyphaseChips;

/// <summary>
/// A three-phase chip with one signed counter of 32 bits a quantity, which no read clears.
/// <code>
///   power-up --> soft reset --awake--> configure --every register read back--> ready --mark lost--+
///      ^             ^ a transfer failed: again                                                   |
///      +-------------+---------------------------------------- Reset, counters baselined anew <---+
/// </code>
/// The mark is read behind the counters: only while it is ours did they count on since the reading before.
/// </summary>
public abstract class PolyphasePowerSensor : IPowerSensor
{
    public const int PhaseCount = 3;

    // What ReadAwake says.
    protected const int Awake = 0;
    protected const int Missing = 1;
    protected const int NotYet = 2;

    /// <summary>Somebody answers, who is not this chip.</summary>
    protected const int Stranger = 3;

    /// <summary>A chip that does not wake within this time is reset again.</summary>
    private const int AwakeMsMax = 1000;
    private const int CounterCount = 2 * PhaseCount;
    private const int AllOnes = -1;
    private const int StatePowerUp = 0;
    private const int StateReset = 1;
    private const int StateReady = 2;

    private readonly PolyphaseSettings _settings;
    private readonly ChipPort _port;
    private readonly ChipTable _table;
    private readonly EnergyFollower _energy;
    private readonly StuckWatch _stuckWatch;
    private readonly int[] _values = new int[4 * PhaseCount];
    private int _state = StatePowerUp;
    private bool _isStarted;
    private long _dueAtMs;
    private int _scrubIndex;
    private int _counterMix;
    private int _period;

    /// <summary>Touches nothing; the first <see cref="TryRead"/> starts the chip.</summary>
    /// <param name="port">The chip's bus.</param>
    /// <param name="settings">Checked here.</param>
    /// <param name="table">What the chip must hold.</param>
    /// <param name="energyNumerator">µJ of a count of its counters, with the next.</param>
    /// <param name="energyDenominator">As <see cref="EnergyCounter"/> wants it.</param>
    protected PolyphasePowerSensor(
        ChipPort port, PolyphaseSettings settings, ChipTable table, long energyNumerator, long energyDenominator)
    {
        settings.Validate();
        _port = port;
        _settings = settings;
        _table = table;
        EnergyCounter counter = new EnergyCounter(32, true, energyNumerator, energyDenominator, CounterCount);
        _energy = new EnergyFollower(counter, settings.PowerMilliwattsMax);
        long restMicrojoulesMax = 2L * CounterUpdateMs * settings.PowerMilliwattsMax;
        _stuckWatch = new StuckWatch(settings.StuckPowerMilliwatts, settings.FrozenMsMax, restMicrojoulesMax);
    }

    public int Faults { get; private set; }

    public bool CountsEnergy => true;

    /// <summary>The longest time between two good readings (ms) that the counters bridge at the commissioned power.
    /// </summary>
    public long GapMsMax => _energy.GapMsMax;

    /// <summary>From power-up until the chip takes a command, ms.</summary>
    protected abstract int PowerUpMs { get; }

    /// <summary>From the soft reset until it is worth asking, ms.</summary>
    protected abstract int ResetMs { get; }

    /// <summary>Time between two updates of the counters, ms.</summary>
    protected abstract int CounterUpdateMs { get; }

    /// <summary>Line period of phase A.</summary>
    protected abstract int PeriodAddress { get; }

    /// <summary>A register whose value tells a chip that was restarted: read behind the counters of every reading.
    /// </summary>
    protected abstract int MarkAddress { get; }

    /// <summary>What the driver set it to.</summary>
    protected abstract int MarkValue { get; }

    /// <summary>What it holds after a restart.</summary>
    protected abstract int MarkAfterReset { get; }

    /// <summary>All its bits: what a line at rest reads.</summary>
    protected abstract int MarkMask { get; }

    public bool TryRead(long nowMs, Measurement measurement)
    {
        if (_state != StateReady && !TryStart(nowMs))
        {
            return false;
        }

        if (!TryReadRegisters() || !_port.TryRead(MarkAddress, out int first))
        {
            return Fail(SensorFault.Missing);
        }

        int mark = first;
        if (first != MarkValue && !_port.TryRead(MarkAddress, out mark))
        {
            return Fail(SensorFault.Missing);
        }

        if (mark != MarkValue)
        {
            return TakeStrangeMark(nowMs, mark, mark == first);
        }

        if (!_table.TryCheck(_port, _scrubIndex, out bool isKept))
        {
            return Fail(SensorFault.Missing);
        }

        if (!isKept)
        {
            return Restart(nowMs);
        }

        _scrubIndex = _scrubIndex + 1 == _table.Count ? 0 : _scrubIndex + 1;
        return TryHandOut(nowMs, measurement);
    }

    /// <summary>Register of a <see cref="PolyphaseQuantity"/>.</summary>
    protected abstract int AddressOf(int quantity, int phase);

    /// <summary>Starts the soft reset. False: a transfer failed.</summary>
    protected abstract bool TryReset();

    /// <summary>Awake, Missing, NotYet or Stranger.</summary>
    protected abstract int ReadAwake();

    /// <summary>Writes the whole table in the order that the chip wants. False: a transfer failed.</summary>
    protected abstract bool TryConfigure(ChipTable table);

    /// <summary>What comes when every register was read back: start, lock. False: a transfer failed.</summary>
    protected abstract bool TryFinish(long nowMs);

    /// <summary>The mark reads neither as it was set nor as after a reset.</summary>
    protected virtual void OnStrangeMark()
    {
    }

    /// <summary>The chip lost its configuration.</summary>
    protected virtual void OnRestart()
    {
    }

    /// <summary>mV, mA, mW or mvar of a register, by <see cref="PolyphaseQuantity"/>.</summary>
    protected abstract int Scaled(int quantity, int register);

    /// <summary>mHz of the line period's register.</summary>
    protected abstract int Millihertz(int period);

    private bool TryStart(long nowMs)
    {
        if (!_isStarted)
        {
            _isStarted = true;
            _dueAtMs = nowMs + PowerUpMs;
        }

        if (nowMs < _dueAtMs)
        {
            Faults = _energy.PendingFaults;
            return false;
        }

        if (_state == StatePowerUp)
        {
            if (!TryReset())
            {
                return Fail(SensorFault.Missing);
            }

            _state = StateReset;
            _dueAtMs = nowMs + ResetMs;
            Faults = _energy.PendingFaults;
            return false;
        }

        int awake = ReadAwake();
        if (awake == NotYet && nowMs - _dueAtMs < AwakeMsMax)
        {
            Faults = _energy.PendingFaults;
            return false;
        }

        // Whatever goes wrong, the next call begins with a reset.
        _state = StatePowerUp;
        return awake == Awake ? TryConfigureAll(nowMs)
            : Fail(awake == Stranger ? SensorFault.Implausible : SensorFault.Missing);
    }

    private bool TryConfigureAll(long nowMs)
    {
        if (!TryConfigure(_table))
        {
            return Fail(SensorFault.Missing);
        }

        for (int i = 0; i < _table.Count; i++)
        {
            if (!_table.TryCheck(_port, i, out bool isKept))
            {
                return Fail(SensorFault.Missing);
            }

            if (!isKept)
            {
                return Fail(SensorFault.Implausible);
            }
        }

        if (!TryFinish(nowMs))
        {
            return Fail(SensorFault.Missing);
        }

        _state = StateReady;
        _scrubIndex = 0;
        _stuckWatch.Restart(nowMs);
        return true;
    }

    private bool TryReadRegisters()
    {
        _counterMix = 0;
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            if (!TryReadCounter(PolyphaseQuantity.Energy, phase, phase)
                || !TryReadCounter(PolyphaseQuantity.ReactiveEnergy, phase, PhaseCount + phase))
            {
                return false;
            }
        }

        for (int quantity = PolyphaseQuantity.Voltage; quantity <= PolyphaseQuantity.Reactive; quantity++)
        {
            for (int phase = 0; phase < PhaseCount; phase++)
            {
                if (!_port.TryRead(AddressOf(quantity, phase), out _values[quantity * PhaseCount + phase]))
                {
                    return false;
                }
            }
        }

        return _port.TryRead(PeriodAddress, out _period);
    }

    private bool TryReadCounter(int quantity, int phase, int counter)
    {
        if (!_port.TryRead(AddressOf(quantity, phase), out int count))
        {
            return false;
        }

        _energy.Set(counter, count);
        _counterMix = quantity == PolyphaseQuantity.Energy ? _counterMix * 31 + count : _counterMix;
        return true;
    }

    private bool TryHandOut(long nowMs, Measurement measurement)
    {
        int mix = _counterMix ^ _period;
        int largest = 0;
        int highest = 0;
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            if (!TryScale(phase, measurement))
            {
                return Fail(SensorFault.Implausible);
            }

            int power = measurement.ActivePowerMilliwatts[phase];
            largest = Size(power) > Size(largest) ? power : largest;
            int voltage = measurement.VoltageMillivolts[phase];
            highest = voltage > highest ? voltage : highest;
        }

        for (int i = 0; i < _values.Length; i++)
        {
            mix = mix * 31 ^ _values[i];
        }

        if (_stuckWatch.IsStuck(nowMs, mix, _counterMix, highest, largest))
        {
            if (_stuckWatch.IsEnergyResting)
            {
                _energy.NoteGap();
            }

            return Fail(SensorFault.Stuck);
        }

        if (!_energy.TryTake(nowMs, _settings.FrozenMsMax > 0 ? _stuckWatch.ChangedAtMs : nowMs))
        {
            return Fail(SensorFault.Implausible);
        }

        int millihertz = Millihertz(_period);
        measurement.PhaseCount = PhaseCount;
        measurement.FrequencyMillihertz = millihertz < 35_000 || millihertz > 75_000 ? 0 : millihertz;
        measurement.HasEnergy = true;
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            long energy = _energy.Taken(phase);
            measurement.ImportMicrojoules[phase] = energy > 0 ? energy : 0;
            measurement.ExportMicrojoules[phase] = energy < 0 ? -energy : 0;
            measurement.ReactiveMicrovarSeconds[phase] = _energy.Taken(PhaseCount + phase);
        }

        Faults = _energy.TakeFaults();
        return true;
    }

    private bool TryScale(int phase, Measurement measurement)
    {
        PolyphaseSettings s = _settings;
        int voltage = ScaledValue(PolyphaseQuantity.Voltage, phase);
        int current = ScaledValue(PolyphaseQuantity.Current, phase);
        int power = ScaledValue(PolyphaseQuantity.Power, phase);
        int reactive = ScaledValue(PolyphaseQuantity.Reactive, phase);
        int apparent = ChipScale.Apparent(voltage, current);
        measurement.VoltageMillivolts[phase] = voltage;
        measurement.CurrentMilliamps[phase] = current;
        measurement.ActivePowerMilliwatts[phase] = power;
        measurement.ReactivePowerMillivars[phase] = reactive;
        measurement.ApparentPowerMillivoltamperes[phase] = apparent;
        measurement.PowerFactorTenThousandths[phase] = ChipScale.PowerFactor(power, apparent);
        return _values[PolyphaseQuantity.Voltage * PhaseCount + phase] != AllOnes
            && ChipScale.IsWithin(voltage, 0, s.VoltageMillivoltsMax)
            && ChipScale.IsWithin(current, 0, s.CurrentMilliampsMax)
            && ChipScale.IsWithin(power, -s.PowerMilliwattsMax, s.PowerMilliwattsMax)
            && ChipScale.IsWithin(reactive, -s.PowerMilliwattsMax, s.PowerMilliwattsMax);
    }

    private int ScaledValue(int quantity, int phase) => Scaled(quantity, _values[quantity * PhaseCount + phase]);

    /// <summary>A mark that is neither ours nor the reset's was disturbed in the chip when it comes twice the same and
    /// a line at rest cannot read it; every other one was disturbed on the line.</summary>
    private bool TakeStrangeMark(long nowMs, int mark, bool isTwice)
    {
        bool isLineAtRest = mark == 0 || mark == MarkMask;
        if (mark == MarkAfterReset || (isTwice && !isLineAtRest))
        {
            return Restart(nowMs);
        }

        // The line and not the chip; or a chip that has to be spoken to first.
        OnStrangeMark();
        return Fail(SensorFault.Implausible);
    }

    /// <summary>The chip lost its configuration: what it counted since the last reading is lost with it.</summary>
    private bool Restart(long nowMs)
    {
        _state = StatePowerUp;
        _dueAtMs = nowMs + PowerUpMs;
        _energy.Restart();
        OnRestart();
        return Fail(SensorFault.Reset);
    }

    private bool Fail(int fault)
    {
        Faults = fault | _energy.PendingFaults;
        return false;
    }

    private static int Size(int value) => value < 0 ? -value : value;
}
