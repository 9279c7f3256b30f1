using MeterFirmware.Basics;
using MeterFirmware.Drivers.MeteringChips;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Atm90e32;

/// <summary>
/// Three-phase metering chip ATM90E32AS (M90E32AS) behind <see cref="IPowerSensor"/>, on SPI mode 3.
/// <code>
///   power-up --50 ms--> soft reset --10 ms--> configure --every register read back--> ready --mark lost--+
///      ^                    ^ a transfer failed: again                                                   |
///      +--------------------+------------------------------------------------ Reset, EnergyGap <---------+
/// </code>
/// The energy counters are cleared by reading: <see cref="Atm90e32Port"/> says why nothing is lost when a read fails.
/// </summary>
public sealed class Atm90e32PowerSensor : IPowerSensor
{
    /// <summary>From power-up until the chip answers (section 4.4), with a margin.</summary>
    public const int PowerUpMs = 50;

    /// <summary>From the soft reset until it does; open drivers wait 6 ms.</summary>
    public const int ResetMs = 10;

    private const int PhaseCount = 3;
    private const int SoftResetKey = 0x789A;
    private const int AllOnes = 0xFFFF;
    private const int DelayMsMax = 1000;

    /// <summary>Counts that the counters may owe before they count as stuck.</summary>
    private const long RestMicrojoulesMax = 16 * Atm90e32Energy.MicrojoulesPerCount;

    private const int StatePowerUp = 0;
    private const int StateReset = 1;
    private const int StateReady = 2;

    private readonly Atm90e32Settings _settings;
    private readonly Atm90e32Port _port;
    private readonly Atm90e32Table _table;
    private readonly Atm90e32Energy _energy;
    private readonly StuckWatch _stuckWatch;
    private readonly int[] _voltages = new int[PhaseCount];
    private readonly int[] _currents = new int[PhaseCount];
    private readonly int[] _powers = new int[PhaseCount];
    private readonly int[] _reactivePowers = new int[PhaseCount];

    private int _state = StatePowerUp;
    private bool _isStarted;
    private bool _hasCounted;
    private long _dueAtMs;
    private long _clearedAtMs;
    private int _scrubIndex;
    private int _frequency;
    private int _pendingFaults;

    /// <summary>Touches nothing; the first <see cref="TryRead"/> starts the chip.</summary>
    public Atm90e32PowerSensor(IRegisterBus bus, Atm90e32Settings settings)
    {
        settings.Validate();
        _settings = settings;
        _port = new Atm90e32Port(bus);
        _table = new Atm90e32Table(settings);
        _energy = new Atm90e32Energy(_port);
        _stuckWatch = new StuckWatch(settings.StuckPowerMilliwatts, settings.FrozenMsMax, RestMicrojoulesMax);
        GapMsMax = (Atm90e32Port.Mark - 1) * Atm90e32Energy.MicrojoulesPerCount * settings.Multiplier
            / settings.PowerMilliwattsMax - DelayMsMax;
        Invariant.Require(GapMsMax > 0, "ATM90E32: at the commissioned power a counter overflows within a second");
    }

    public int Faults { get; private set; }

    public bool CountsEnergy => true;

    /// <summary>The longest time between two readings of the counters (ms) in which none overflows at the commissioned
    /// power.</summary>
    public long GapMsMax { get; }

    public bool TryRead(long nowMs, Measurement measurement)
    {
        if (_state != StateReady && !TryStart(nowMs))
        {
            return false;
        }

        int result = _energy.TakeAll();
        if (result == Atm90e32Port.Unmarked)
        {
            return FailUnmarked(nowMs);
        }

        if (result != Atm90e32Port.Good)
        {
            return Fail(result == Atm90e32Port.Missing ? SensorFault.Missing : SensorFault.Implausible);
        }

        if (_hasCounted && nowMs - _clearedAtMs > GapMsMax)
        {
            // What is there has flowed, but a counter may have turned besides.
            _pendingFaults |= SensorFault.EnergyGap;
        }

        _hasCounted = true;
        _clearedAtMs = nowMs;
        if (!TryReadValues() || !_table.TryCheck(_port, _scrubIndex, out bool isKept))
        {
            return Fail(SensorFault.Missing);
        }

        if (!isKept)
        {
            return FailUnmarked(nowMs);
        }

        _scrubIndex = _scrubIndex + 1 == _table.Count ? 0 : _scrubIndex + 1;
        return TryHandOut(nowMs, measurement);
    }

    private bool TryStart(long nowMs)
    {
        if (!_isStarted)
        {
            _isStarted = true;
            _dueAtMs = nowMs + PowerUpMs;
        }

        if (nowMs < _dueAtMs)
        {
            Faults = _pendingFaults;
            return false;
        }

        if (_state == StatePowerUp)
        {
            if (!_port.TryWrite(Atm90e32Register.SoftReset, SoftResetKey))
            {
                return Fail(SensorFault.Missing);
            }

            _state = StateReset;
            _dueAtMs = nowMs + ResetMs;
            Faults = _pendingFaults;
            return false;
        }

        return TryConfigure(nowMs);
    }

    private bool TryConfigure(long nowMs)
    {
        // Whatever goes wrong, the next call begins with a reset.
        _state = StatePowerUp;
        if (!_table.TryWriteAll(_port))
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
                // All ones or zeros: nobody there. Else not this chip, or not SPI mode 3.
                return Fail(SensorFault.Implausible);
            }
        }

        _state = StateReady;
        _clearedAtMs = nowMs;
        _scrubIndex = 0;
        _energy.Forget();
        _stuckWatch.Restart(nowMs);
        return true;
    }

    /// <summary>The mark, or another register, is not as it was set. The chip was reset when it no longer runs; when a
    /// register alone was disturbed it is configured anew too. A line that reads all ones tells nothing.</summary>
    private bool FailUnmarked(long nowMs)
    {
        if (!_port.TryRead(Atm90e32Register.MeterEnable, out int enabled))
        {
            return Fail(SensorFault.Missing);
        }

        if (enabled != 0 && enabled != 1)
        {
            return Fail(SensorFault.Implausible);
        }

        _state = StatePowerUp;
        _dueAtMs = nowMs + PowerUpMs;
        _pendingFaults |= SensorFault.Reset;
        if (_hasCounted)
        {
            _pendingFaults |= SensorFault.EnergyGap;
            _hasCounted = false;
        }

        return Fail(SensorFault.Reset);
    }

    private bool TryReadValues()
    {
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            if (!_port.TryRead(Atm90e32Register.VoltageA + phase, out _voltages[phase])
                || !_port.TryRead(Atm90e32Register.CurrentA + phase, out _currents[phase])
                || !TryReadPower(Atm90e32Register.PowerA + phase, out _powers[phase])
                || !TryReadPower(Atm90e32Register.ReactivePowerA + phase, out _reactivePowers[phase]))
            {
                return false;
            }
        }

        return _port.TryRead(Atm90e32Register.Frequency, out _frequency);
    }

    private bool TryReadPower(int register, out int value)
    {
        bool isRead = _port.TryRead(register, out value);
        isRead &= _port.TryRead(register + Atm90e32Register.LowWordDistance, out int low);
        value = (value << 16) | low;
        return isRead;
    }

    private bool TryHandOut(long nowMs, Measurement measurement)
    {
        int fingerprint = _frequency;
        int largest = 0;
        int highest = 0;
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            if (_voltages[phase] == AllOnes || !TryScale(phase, measurement))
            {
                return Fail(SensorFault.Implausible);
            }

            fingerprint = (((fingerprint * 31) ^ _voltages[phase]) * 31 ^ _currents[phase]) * 31 + _powers[phase];
            int power = measurement.ActivePowerMilliwatts[phase];
            largest = Size(power) > Size(largest) ? power : largest;
            int voltage = measurement.VoltageMillivolts[phase];
            highest = voltage > highest ? voltage : highest;
        }

        if (_stuckWatch.IsStuck(nowMs, fingerprint, _energy.Total, highest, largest))
        {
            _pendingFaults |= _stuckWatch.IsEnergyResting ? SensorFault.EnergyGap : SensorFault.None;
            return Fail(SensorFault.Stuck);
        }

        int hertz = _frequency * 10;
        measurement.PhaseCount = PhaseCount;
        measurement.FrequencyMillihertz = hertz < 35_000 || hertz > 75_000 ? 0 : hertz;
        measurement.HasEnergy = true;
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            TakeEnergy(phase, measurement);
        }

        Faults = _pendingFaults;
        _pendingFaults = SensorFault.None;
        return true;
    }

    private bool TryScale(int phase, Measurement measurement)
    {
        Atm90e32Settings s = _settings;

        // 0.01 V, 1 mA and 0.32 mW a count.
        int voltage = _voltages[phase] * 10;
        int current = _currents[phase] * s.Multiplier;
        int power = ChipScale.Scaled(_powers[phase], 8 * s.Multiplier, 25);
        int reactive = ChipScale.Scaled(_reactivePowers[phase], 8 * s.Multiplier, 25);
        int apparent = ChipScale.Apparent(voltage, current);
        measurement.VoltageMillivolts[phase] = voltage;
        measurement.CurrentMilliamps[phase] = current;
        measurement.ActivePowerMilliwatts[phase] = power;
        measurement.ReactivePowerMillivars[phase] = reactive;
        measurement.ApparentPowerMillivoltamperes[phase] = apparent;
        measurement.PowerFactorTenThousandths[phase] = ChipScale.PowerFactor(power, apparent);
        return voltage <= s.VoltageMillivoltsMax && current <= s.CurrentMilliampsMax
            && ChipScale.IsWithin(power, -s.PowerMilliwattsMax, s.PowerMilliwattsMax)
            && ChipScale.IsWithin(reactive, -s.PowerMilliwattsMax, s.PowerMilliwattsMax);
    }

    private void TakeEnergy(int phase, Measurement measurement)
    {
        int multiplier = _settings.Multiplier;
        measurement.ImportMicrojoules[phase] = _energy.TakeMicrojoules(Atm90e32Energy.Forward + phase) * multiplier;
        measurement.ExportMicrojoules[phase] = _energy.TakeMicrojoules(Atm90e32Energy.Reverse + phase) * multiplier;
        measurement.ReactiveMicrovarSeconds[phase] = multiplier
            * (_energy.TakeMicrojoules(Atm90e32Energy.ForwardReactive + phase)
                - _energy.TakeMicrojoules(Atm90e32Energy.ReverseReactive + phase));
    }

    private bool Fail(int fault)
    {
        Faults = fault | _pendingFaults;
        return false;
    }

    private static int Size(int value) => value < 0 ? -value : value;
}
