using MeterFirmware.Basics;
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

    /// <summary>How far the moment of a reading may lie from the tick that asked for it: a bus can block for 1 s.</summary>
    private const int ReadingDelayMsMax = 1000;

    /// <summary>Counts that the energy register may owe before it counts as stuck.</summary>
    private const int RestCountsMax = 64;

    /// <summary>Readings that have to agree on a jump of the counter before it is believed.</summary>
    private const int JumpReadingsMax = 3;

    private const int AllOnes = unchecked((int)0xFFFF_FFFF);

    private readonly Ade7953Configuration _configuration;
    private readonly RegisterPort _port;
    private readonly EnergyCounter _active;
    private readonly EnergyCounter _reactive;
    private readonly EnergyCounter _jumpedActive;
    private readonly EnergyCounter _jumpedReactive;
    private readonly StuckWatch _stuckWatch;
    private readonly int _channel;
    private readonly int _sign;
    private readonly long _gapMsMax;

    private RegisterTable _table;
    private RangeCorrection _correction;
    private RegisterTable _nextTable;
    private bool _isCalibrationDue;
    private bool _isStarted;
    private bool _isConfigured;
    private bool _hasBaseline;
    private long _readyAtMs;
    private long _takenAtMs;
    private int _scrubIndex;
    private int _jumpReadings;
    private long _jumpedAtMs;

    // Raised by a reset or a gap; stand until a reading after them has been handed out with them.
    private int _pendingFaults;

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
    public Ade7953PowerSensor(IRegisterBus bus, Ade7953Configuration configuration)
    {
        configuration.Validate();
        _configuration = configuration;
        _port = new RegisterPort(bus, configuration.IsSpi);
        _table = new RegisterTable(configuration);
        long numerator = configuration.EnergyNumerator;
        long denominator = configuration.EnergyDenominator;
        _active = new EnergyCounter(numerator, denominator);
        _reactive = new EnergyCounter(numerator, denominator);
        _jumpedActive = new EnergyCounter(numerator, denominator);
        _jumpedReactive = new EnergyCounter(numerator, denominator);
        _stuckWatch = new StuckWatch(
            configuration.StuckPowerMilliwatts, configuration.FrozenMsMax, RestCountsMax * numerator / denominator);
        UseRanges();
        _channel = (int)configuration.Channel;
        _sign = configuration.IsCurrentInverted ? -1 : 1;
        _gapMsMax = EnergyCounter.CountsMax * numerator / denominator / configuration.PowerMilliwattsMax
            - ReadingDelayMsMax;
        Invariant.Require(_gapMsMax > 0, "ADE7953: at the commissioned power the counter wraps within a second");
    }

    public int Faults { get; private set; }

    public bool CountsEnergy => true;

    /// <summary>The longest time between two good readings (ms) that the 24-bit counter bridges at the commissioned
    /// maximum power.</summary>
    public long GapMsMax => _gapMsMax;

    public string FindProblem(CalibrationRows rows, int channel) => ChannelCalibration.FindProblem(rows, channel);

    /// <summary>Written to the chip behind the next good reading, whose energy the old registers counted and the old ranges
    /// correct; so none is lost and none is corrected twice. Into a chip that is not configured yet, with its start.</summary>
    public void Use(CalibrationRows rows, int channel)
    {
        ChannelCalibration.Apply(rows, channel, _configuration);
        _nextTable = new RegisterTable(_configuration);
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
            _pendingFaults |= _stuckWatch.IsEnergyResting ? SensorFault.EnergyGap : SensorFault.None;
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
            Faults = _pendingFaults;
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
        Ade7953Configuration c = _configuration;
        measurement.PhaseCount = 1;
        measurement.VoltageMillivolts[0] = Scaled(_voltage, c.VoltageNumerator, c.VoltageDenominator);
        measurement.CurrentMilliamps[0] = Scaled(_current, c.CurrentNumerator, c.CurrentDenominator);
        measurement.ActivePowerMilliwatts[0] = _sign * Scaled(_activePower, c.PowerNumerator, c.PowerDenominator);
        measurement.ReactivePowerMillivars[0] = _sign * Scaled(_reactivePower, c.PowerNumerator, c.PowerDenominator);
        int apparent = Scaled(_apparentPower, c.PowerNumerator, c.PowerDenominator);
        measurement.ApparentPowerMillivoltamperes[0] = apparent < 0 ? -apparent : apparent;
        measurement.PowerFactorTenThousandths[0] = _sign * Scaled((short)_powerFactor, 10_000, 0x7FFF);
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
        Ade7953Configuration c = _configuration;
        return IsUnsigned(_voltage) && IsUnsigned(_current) && IsSignExtended(_activePower)
            && IsSignExtended(_reactivePower) && IsSignExtended(_apparentPower) && IsSignExtended(_activeEnergy)
            && IsSignExtended(_reactiveEnergy)
            && IsWithin(measurement.VoltageMillivolts[0], 0, c.VoltageMillivoltsMax)
            && IsWithin(measurement.CurrentMilliamps[0], 0, c.CurrentMilliampsMax)
            && IsWithin(measurement.ActivePowerMilliwatts[0], -c.PowerMilliwattsMax, c.PowerMilliwattsMax)
            && IsWithin(measurement.ReactivePowerMillivars[0], -c.PowerMilliwattsMax, c.PowerMilliwattsMax)
            && IsWithin(measurement.ApparentPowerMillivoltamperes[0], 0, c.PowerMilliwattsMax);
    }

    private bool TakeEnergy(long nowMs, Measurement measurement)
    {
        long active = 0;
        long reactive = 0;
        long elapsedMs = nowMs - _takenAtMs;
        bool isFollowed = _hasBaseline && elapsedMs <= _gapMsMax;
        if (isFollowed && !IsPossible(_active, _reactive, elapsedMs))
        {
            if (!HasJumpedForGood(nowMs))
            {
                return Fail(SensorFault.Implausible);
            }

            isFollowed = false;
        }

        if (isFollowed)
        {
            active = _sign * _active.Take(_activeEnergy);
            reactive = _sign * _reactive.Take(_reactiveEnergy);
        }
        else
        {
            // Never guess: what flowed since the last reading is not known.
            _pendingFaults |= _hasBaseline ? SensorFault.EnergyGap : SensorFault.None;
            _active.Restart(_activeEnergy);
            _reactive.Restart(_reactiveEnergy);
            _hasBaseline = true;
            if (_correction != null)
            {
                _correction.Restart(nowMs);
            }
        }

        HandOut(nowMs, measurement, active, reactive);

        // Readings that repeat to the bit prove nothing about the time since they first came.
        _takenAtMs = _configuration.FrozenMsMax > 0 ? _stuckWatch.ChangedAtMs : nowMs;
        _jumpReadings = 0;
        Faults = _pendingFaults;
        _pendingFaults = SensorFault.None;
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
        _correction = _configuration.Ranges == null ? null : new RangeCorrection(_configuration.Ranges);

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

    private bool IsPossible(EnergyCounter active, EnergyCounter reactive, long elapsedMs)
    {
        long microjoulesMax = (elapsedMs + ReadingDelayMsMax) * _configuration.PowerMilliwattsMax;
        return active.IsWithin(active.DifferenceTo(_activeEnergy), microjoulesMax)
            && reactive.IsWithin(reactive.DifferenceTo(_reactiveEnergy), microjoulesMax);
    }

    /// <summary>A jump that one bad transfer made is gone with the next reading. When several readings agree with each
    /// other and not with the baseline, the counter itself has jumped, and waiting until so much energy could have
    /// flowed would count it.</summary>
    private bool HasJumpedForGood(long nowMs)
    {
        bool agrees = _jumpReadings > 0 && IsPossible(_jumpedActive, _jumpedReactive, nowMs - _jumpedAtMs);
        _jumpReadings = agrees ? _jumpReadings + 1 : 1;
        _jumpedActive.Restart(_activeEnergy);
        _jumpedReactive.Restart(_reactiveEnergy);
        _jumpedAtMs = nowMs;
        return _jumpReadings >= JumpReadingsMax;
    }

    /// <summary>The chip lost its configuration: what it counted since the last reading is lost with it.</summary>
    private bool Restart(long nowMs)
    {
        _isConfigured = false;
        _readyAtMs = nowMs + PowerUpMs;
        _pendingFaults |= SensorFault.Reset;
        if (_hasBaseline)
        {
            _pendingFaults |= SensorFault.EnergyGap;
            _hasBaseline = false;
        }

        return Fail(SensorFault.Reset);
    }

    private bool Fail(int fault)
    {
        Faults = fault | _pendingFaults;
        return false;
    }

    private static int Scaled(int value, int numerator, int denominator)
    {
        long product = (long)value * numerator;
        long half = denominator / 2;
        long scaled = (product < 0 ? product - half : product + half) / denominator;

        // A full register of a large transformer: not plausible, and not a small number either.
        return scaled > int.MaxValue ? int.MaxValue : scaled < -int.MaxValue ? -int.MaxValue : (int)scaled;
    }

    /// <summary>The upper byte of a 32-bit view repeats the sign; anything else was damaged on the bus.</summary>
    private static bool IsSignExtended(int value) => (value << 8) >> 8 == value;

    private static bool IsUnsigned(int value) => (value & 0xFF_FFFF) == value;

    private static bool IsWithin(int value, int min, int max) => value >= min && value <= max;
}
