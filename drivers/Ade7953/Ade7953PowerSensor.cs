using MeterFirmware.Drivers.MeteringChips;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Ade7953;

/// <summary>
/// Single-phase metering chip ADE7953 behind <see cref="IPowerSensor"/>, on I²C (address 0x38) or SPI.
///
///   power-up ──100 ms──► configure ──every register read back──► ready ──configuration lost──┐
///       ▲                    │ transfer failed: Missing, again next tick                     │
///       └────────────────────┴──────────────────── Reset, counters baselined anew ◄──────────┘
///
/// A reading that fails or is implausible takes no energy and keeps the baseline: the next good one covers the gap.
/// A gap in which the counter may have wrapped is not guessed: it raises <see cref="SensorFault.EnergyGap"/> and
/// counting goes on from there.
/// </summary>
public sealed class Ade7953PowerSensor : IPowerSensor, ICalibratedSensor
{
    /// <summary>From power-up until the chip answers (data sheet, "Power-Up Procedure").</summary>
    public const int PowerUpMs = 100;

    /// <summary>Counts that the energy register may owe before it counts as stuck.</summary>
    private const int RestCountsMax = 64;

    private const int EnergyBits = 24;
    private const int Active = 0;
    private const int Reactive = 1;
    private const int RegisterCount = 2;

    private const int AllOnes = unchecked((int)0xFFFF_FFFF);

    private readonly Ade7953Settings _settings;
    private readonly RegisterPort _port;
    private readonly EnergyFollower _energy;
    private readonly StuckWatch _stuckWatch;
    private readonly int _channel;
    private readonly int _sign;

    private RegisterTable _table;
    private RangeCorrection _correction;
    private RegisterTable _nextTable;
    private bool _isCalibrationDue;
    private bool _isStarted;
    private bool _isConfigured;
    private long _readyAtMs;
    private int _scrubIndex;

    private int _voltage;
    private int _current;
    private int _activePower;
    private int _reactivePower;
    private int _apparentPower;
    private int _powerFactor;
    private int _period;
    private int _activeEnergy;
    private int _reactiveEnergy;

    /// <summary>Touches nothing; the first <see cref="TryRead"/> starts the chip.</summary>
    public Ade7953PowerSensor(IRegisterBus bus, Ade7953Settings settings)
    {
        settings.Validate();
        _settings = settings;
        _port = new RegisterPort(bus, settings.IsSpi);
        _table = new RegisterTable(settings);
        long numerator = settings.EnergyNumerator;
        long denominator = settings.EnergyDenominator;
        _energy = new EnergyFollower(
            NewCounter(numerator, denominator),
            settings.PowerMilliwattsMax);
        _stuckWatch = new StuckWatch(
            settings.StuckPowerMilliwatts, settings.FrozenMsMax, RestCountsMax * numerator / denominator);
        UseRanges();
        _channel = (int)settings.Channel;
        _sign = settings.IsCurrentInverted ? -1 : 1;
    }

    public int Faults { get; private set; }

    public bool CountsEnergy => true;

    /// <summary>The longest time between two good readings (ms) that the 24-bit counter bridges at the commissioned
    /// maximum power.</summary>
    public long GapMsMax => _energy.GapMsMax;

    public string FindProblem(CalibrationRows rows, int channel) => ChannelCalibration.FindProblem(rows, channel);

    /// <summary>Written to the chip behind the next good reading, whose energy the old registers counted and the old
    /// ranges correct; so none is lost and none is corrected twice. Into a chip that is not configured yet, with its
    /// start.</summary>
    public void Use(CalibrationRows rows, int channel)
    {
        ChannelCalibration.Apply(rows, channel, _settings);
        _nextTable = new RegisterTable(_settings);
        if (!_isConfigured)
        {
            TakeNextTable(0);
        }
    }

    public bool TryRead(long nowMs, Measurement measurement)
    {
        if (!_isConfigured && !TryStart(nowMs))
        {
            return false;
        }

        if (_nextTable != null && Faults != SensorFault.None)
        {
            // A chip that reads nothing good now may do so with them.
            TakeNextTable(nowMs);
        }

        if (!TryWriteCalibration() || !TryReadRegisters())
        {
            return Fail(SensorFault.Missing);
        }

        if (_voltage == AllOnes)
        {
            return Fail(SensorFault.Implausible);
        }

        // After the energy registers: what was read before a reset that comes now is still good, what was read after
        // one is recognised here.
        bool isChecked = _port.TryReadByte(Ade7953Register.LineCycleMode, out int mode);
        bool isKept = false;
        if (!isChecked || !_table.TryCheck(_port, _scrubIndex, out isKept))
        {
            return Fail(SensorFault.Missing);
        }

        if (mode != RegisterTable.LineCycleMode || !isKept)
        {
            return Restart(nowMs);
        }

        _scrubIndex = _scrubIndex + 1 == _table.Count ? 0 : _scrubIndex + 1;
        Scale(measurement);
        if (!IsPlausible(measurement))
        {
            return Fail(SensorFault.Implausible);
        }

        int fingerprint = ((((((_voltage * 31) ^ _current) * 31) ^ _activePower) * 31) ^ _reactivePower)
            + (_activeEnergy ^ (_reactiveEnergy * 17));
        if (_stuckWatch.IsStuck(
            nowMs, fingerprint, _activeEnergy, measurement.VoltageMillivolts[0], measurement.ActivePowerMilliwatts[0]))
        {
            // A counter that rested did not count; one that was only frozen with everything else may have.
            if (_stuckWatch.IsEnergyResting)
            {
                _energy.NoteGap();
            }

            return Fail(SensorFault.Stuck);
        }

        return TakeEnergy(nowMs, measurement);
    }

    private bool TryStart(long nowMs)
    {
        if (!_isStarted)
        {
            _isStarted = true;
            _readyAtMs = nowMs + PowerUpMs;
        }

        if (nowMs < _readyAtMs)
        {
            Faults = _energy.PendingFaults;
            return false;
        }

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
                // It acknowledges but does not hold what was written: not an ADE7953, or a floating bus.
                return Fail(SensorFault.Implausible);
            }
        }

        _isConfigured = true;
        _isCalibrationDue = false;
        _scrubIndex = 0;
        _stuckWatch.Restart(nowMs);
        return true;
    }

    private bool TryReadRegisters() =>
        _port.TryReadLong(Ade7953Register.VoltageRms, out _voltage)
        && _port.TryReadLong(Ade7953Register.CurrentRmsA + _channel, out _current)
        && _port.TryReadLong(Ade7953Register.ActivePowerA + _channel, out _activePower)
        && _port.TryReadLong(Ade7953Register.ReactivePowerA + _channel, out _reactivePower)
        && _port.TryReadLong(Ade7953Register.ApparentPowerA + _channel, out _apparentPower)
        && _port.TryReadWord(Ade7953Register.PowerFactorA + _channel, out _powerFactor)
        && _port.TryReadWord(Ade7953Register.Period, out _period)
        && _port.TryReadLong(Ade7953Register.ActiveEnergyA + _channel, out _activeEnergy)
        && _port.TryReadLong(Ade7953Register.ReactiveEnergyA + _channel, out _reactiveEnergy);

    private void Scale(Measurement measurement)
    {
        Ade7953Settings c = _settings;
        measurement.PhaseCount = 1;
        measurement.VoltageMillivolts[0] = ChipScale.Scaled(_voltage, c.VoltageNumerator, c.VoltageDenominator);
        measurement.CurrentMilliamps[0] = ChipScale.Scaled(_current, c.CurrentNumerator, c.CurrentDenominator);
        measurement.ActivePowerMilliwatts[0] =
            _sign * ChipScale.Scaled(_activePower, c.PowerNumerator, c.PowerDenominator);
        measurement.ReactivePowerMillivars[0] =
            _sign * ChipScale.Scaled(_reactivePower, c.PowerNumerator, c.PowerDenominator);
        int apparent = ChipScale.Scaled(_apparentPower, c.PowerNumerator, c.PowerDenominator);
        measurement.ApparentPowerMillivoltamperes[0] = apparent < 0 ? -apparent : apparent;
        measurement.PowerFactorTenThousandths[0] = _sign * ChipScale.Scaled((short)_powerFactor, 10_000, 0x7FFF);
        measurement.FrequencyMillihertz = Frequency(_period);
    }

    /// <summary>223 750 Hz / (1 + period), in mHz; 0 when there are no zero crossings (outside 35 to 75 Hz).</summary>
    private static int Frequency(int period)
    {
        int divisor = 1 + period;
        int millihertz = (223_750_000 + divisor / 2) / divisor;
        return millihertz < 35_000 || millihertz > 75_000 ? 0 : millihertz;
    }

    private bool IsPlausible(Measurement measurement)
    {
        Ade7953Settings c = _settings;
        return IsUnsigned(_voltage) && IsUnsigned(_current) && IsSignExtended(_activePower)
            && IsSignExtended(_reactivePower) && IsSignExtended(_apparentPower) && IsSignExtended(_activeEnergy)
            && IsSignExtended(_reactiveEnergy)
            && ChipScale.IsWithin(measurement.VoltageMillivolts[0], 0, c.VoltageMillivoltsMax)
            && ChipScale.IsWithin(measurement.CurrentMilliamps[0], 0, c.CurrentMilliampsMax)
            && ChipScale.IsWithin(measurement.ActivePowerMilliwatts[0], -c.PowerMilliwattsMax, c.PowerMilliwattsMax)
            && ChipScale.IsWithin(measurement.ReactivePowerMillivars[0], -c.PowerMilliwattsMax, c.PowerMilliwattsMax)
            && ChipScale.IsWithin(measurement.ApparentPowerMillivoltamperes[0], 0, c.PowerMilliwattsMax);
    }

    private bool TakeEnergy(long nowMs, Measurement measurement)
    {
        _energy.Set(Active, _activeEnergy);
        _energy.Set(Reactive, _reactiveEnergy);

        // Readings that repeat to the bit prove nothing about the time since they first came.
        if (!_energy.TryTake(nowMs, _settings.FrozenMsMax > 0 ? _stuckWatch.ChangedAtMs : nowMs))
        {
            return Fail(SensorFault.Implausible);
        }

        if (!_energy.IsFollowed && _correction != null)
        {
            _correction.Restart(nowMs);
        }

        HandOut(nowMs, measurement, _sign * _energy.Taken(Active), _sign * _energy.Taken(Reactive));
        Faults = _energy.TakeFaults();
        if (_nextTable != null)
        {
            TakeNextTable(nowMs);

            // What fails now is written before the next reading.
            TryWriteCalibration();
        }

        return true;
    }

    private void TakeNextTable(long nowMs)
    {
        _table = _nextTable;
        _nextTable = null;
        _isCalibrationDue = true;
        UseRanges();
        if (_correction != null)
        {
            _correction.Restart(nowMs);
        }
    }

    private void UseRanges() =>
        _correction = _settings.Ranges == null ? null : new RangeCorrection(_settings.Ranges);

    private bool TryWriteCalibration()
    {
        _isCalibrationDue = _isCalibrationDue && !_table.TryWriteCalibration(_port);
        return !_isCalibrationDue;
    }

    private void HandOut(long nowMs, Measurement measurement, long active, long reactive)
    {
        if (_correction != null)
        {
            _correction.Follow(measurement.CurrentMilliamps[0]);
            long counted = active;
            active = _correction.TakeActive(nowMs, counted, reactive);
            reactive = _correction.TakeReactive(counted, reactive);
            _correction.Correct(measurement);
        }

        measurement.HasEnergy = true;
        measurement.ImportMicrojoules[0] = active > 0 ? active : 0;
        measurement.ExportMicrojoules[0] = active < 0 ? -active : 0;
        measurement.ReactiveMicrovarSeconds[0] = reactive;
    }

    /// <summary>The chip lost its configuration: what it counted since the last reading is lost with it.</summary>
    private bool Restart(long nowMs)
    {
        _isConfigured = false;
        _readyAtMs = nowMs + PowerUpMs;
        _energy.Restart();
        return Fail(SensorFault.Reset);
    }

    private bool Fail(int fault)
    {
        Faults = fault | _energy.PendingFaults;
        return false;
    }

    /// <summary>Both accumulation stages of the chip are signed and the register wraps modulo 2^24 (data sheet, "Active
    /// Energy Calculation"; only the lower 24 bits of the 32-bit view are valid, page 60).</summary>
    private static EnergyCounter NewCounter(long numerator, long denominator) =>
        new EnergyCounter(EnergyBits, true, numerator, denominator, RegisterCount);

    /// <summary>The upper byte of a 32-bit view repeats the sign; anything else was damaged on the bus.</summary>
    private static bool IsSignExtended(int value) => (value << 8) >> 8 == value;

    private static bool IsUnsigned(int value) => (value & 0xFF_FFFF) == value;
}
