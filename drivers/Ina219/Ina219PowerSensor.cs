using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Ina219;

/// <summary>
/// INA219 on I²C (0x40 to 0x4F) behind <see cref="IPowerSensor"/>: DC voltage, signed current and power on phase 0.
/// The chip counts no energy, Metering integrates power over time.
///
///   configure ──registers read back, one conversion──► ready ──calibration or configuration lost──┐
///       ▲                                                                                         │
///       └──────────────────────────────────── Reset ◄─────────────────────────────────────────────┘
/// </summary>
public sealed class Ina219PowerSensor : IPowerSensor
{
    private const int OverflowBit = 1;
    private const int ConversionReadyBit = 2;
    private const int BusMillivoltsPerCount = 4;
    private const int ReadingsMin = 5;

    private readonly IRegisterBus _bus;
    private readonly Ina219Settings _settings;
    private readonly int _calibration;
    private readonly int _setup;
    private readonly int _sign;
    private readonly int _shuntCountsMax;
    private readonly byte[] _out = new byte[3];
    private readonly byte[] _in = new byte[2];

    private bool _isConfigured;
    private long _readyAtMs;
    private int _pendingFaults;
    private int _busVoltage;
    private int _shunt;
    private int _current;
    private int _power;
    private int _fingerprint;
    private int _frozenReadings;
    private long _changedAtMs;
    private int _unconvertedReadings;
    private int _contradictions;
    private long _convertedAtMs;

    /// <summary>Touches nothing; the first <see cref="TryRead"/> configures the chip.</summary>
    public Ina219PowerSensor(IRegisterBus bus, Ina219Settings settings)
    {
        settings.Validate();
        _bus = bus;
        _settings = settings;
        _calibration = settings.CalibrationRegister;
        _setup = settings.ConfigurationRegister;
        _sign = settings.IsCurrentInverted ? -1 : 1;
        _shuntCountsMax = 4000 << settings.ShuntRange;
    }

    public int Faults { get; private set; }

    public bool CountsEnergy => false;

    public bool TryRead(long nowMs, Measurement measurement)
    {
        if (!_isConfigured && !TryConfigure(nowMs))
        {
            return false;
        }

        if (nowMs < _readyAtMs)
        {
            Faults = _pendingFaults;
            return false;
        }

        if (!TryReadRegister(Ina219Register.Calibration, out int calibration))
        {
            return Fail(SensorFault.Missing);
        }

        if (calibration != _calibration)
        {
            return calibration == 0xFFFF ? Fail(SensorFault.Implausible) : Restart();
        }

        // Written again before every reading: a supply that dips now clears it, and current would read 0.
        if (!TryWriteRegister(Ina219Register.Calibration, _calibration) || !TryReadValues(out int setup))
        {
            return Fail(SensorFault.Missing);
        }

        if (setup != _setup)
        {
            return setup == 0xFFFF ? Fail(SensorFault.Implausible) : Restart();
        }

        return TryMeasure(nowMs, measurement);
    }

    private bool TryConfigure(long nowMs)
    {
        if (!TryWriteRegister(Ina219Register.Configuration, _setup)
            || !TryWriteRegister(Ina219Register.Calibration, _calibration)
            || !TryReadRegister(Ina219Register.Configuration, out int setup)
            || !TryReadRegister(Ina219Register.Calibration, out int calibration))
        {
            return Fail(SensorFault.Missing);
        }

        if (setup != _setup || calibration != _calibration)
        {
            // It acknowledges but does not hold what was written: another chip, or a floating bus.
            return Fail(SensorFault.Implausible);
        }

        _isConfigured = true;
        _readyAtMs = nowMs + _settings.ConversionMs;
        _frozenReadings = 0;
        _unconvertedReadings = 0;
        _changedAtMs = nowMs;
        _convertedAtMs = nowMs;
        return true;
    }

    private bool TryReadValues(out int setup)
    {
        setup = 0;

        // Power last: reading it clears the conversion-ready bit, by which a converter at rest is recognised.
        if (!TryReadRegister(Ina219Register.BusVoltage, out _busVoltage)
            || !TryReadRegister(Ina219Register.ShuntVoltage, out _shunt)
            || !TryReadRegister(Ina219Register.Current, out _current)
            || !TryReadRegister(Ina219Register.Power, out _power))
        {
            return false;
        }

        _shunt = (short)_shunt;
        _current = (short)_current;
        return TryReadRegister(Ina219Register.Configuration, out setup);
    }

    private bool TryMeasure(long nowMs, Measurement measurement)
    {
        // Unsigned before the shift: as a signed number the register goes negative above 16.384 V.
        int millivolts = (_busVoltage >> 3) * BusMillivoltsPerCount;
        long microamps = (long)_current * _settings.CurrentStepMicroamps * _sign;
        int milliamps = Rounded(microamps, 1000);
        if (!IsPlausible(millivolts, milliamps))
        {
            return Fail(SensorFault.Implausible);
        }

        if (IsStuck(nowMs, milliamps))
        {
            return Fail(SensorFault.Stuck);
        }

        // The product, not the power register: that one is unsigned and cut off, half a step too low on average.
        int milliwatts = Rounded(microamps * millivolts, 1_000_000);
        measurement.PhaseCount = 1;
        measurement.VoltageMillivolts[0] = millivolts;
        measurement.CurrentMilliamps[0] = milliamps;
        measurement.ActivePowerMilliwatts[0] = milliwatts;
        measurement.ReactivePowerMillivars[0] = 0;
        measurement.ApparentPowerMillivoltamperes[0] = milliwatts < 0 ? -milliwatts : milliwatts;
        measurement.PowerFactorTenThousandths[0] = milliwatts < 0 ? -10_000 : 10_000;
        measurement.FrequencyMillihertz = 0;
        measurement.HasEnergy = false;
        measurement.ImportMicrojoules[0] = 0;
        measurement.ExportMicrojoules[0] = 0;
        measurement.ReactiveMicrovarSeconds[0] = 0;
        Faults = _pendingFaults;
        _pendingFaults = SensorFault.None;
        return true;
    }

    private bool IsPlausible(int millivolts, int milliamps)
    {
        int shunt = _shunt < 0 ? -_shunt : _shunt;
        int current = milliamps < 0 ? -milliamps : milliamps;

        // A shunt voltage at the end of its range is cut off, and the overflow bit voids current and power.
        return (_busVoltage & OverflowBit) == 0
            && shunt < _shuntCountsMax
            && millivolts <= _settings.VoltageMillivoltsMax
            && current <= _settings.CurrentMilliampsMax
            && AgreesWithPowerRegister();
    }

    /// <summary>Power = |current| × bus / 5000 in the chip's counts. A step of the load inside one reading shows old
    /// and new values side by side, so only a gross contradiction in two readings on end counts.</summary>
    private bool AgreesWithPowerRegister()
    {
        int current = _current < 0 ? -_current : _current;
        int expected = (int)((long)current * (_busVoltage >> 3) / 5000);
        int difference = expected > _power ? expected - _power : _power - expected;
        bool isContradiction = difference > 100 && difference > expected / 4;
        _contradictions = isContradiction ? _contradictions + 1 : 0;
        return _contradictions < 2;
    }

    private bool IsStuck(long nowMs, int milliamps)
    {
        int magnitude = milliamps < 0 ? -milliamps : milliamps;
        int fingerprint = (((_busVoltage & ~ConversionReadyBit) * 31) ^ (_shunt * 17)) + _current * 7 + _power;
        if (fingerprint != _fingerprint || magnitude < _settings.StuckMilliamps)
        {
            _fingerprint = fingerprint;
            _frozenReadings = 0;
            _changedAtMs = nowMs;
        }
        else
        {
            _frozenReadings++;
        }

        if ((_busVoltage & ConversionReadyBit) != 0)
        {
            _unconvertedReadings = 0;
            _convertedAtMs = nowMs;
        }
        else
        {
            _unconvertedReadings++;
        }

        bool isFrozen = _settings.FrozenMsMax > 0 && _frozenReadings >= ReadingsMin
            && nowMs - _changedAtMs >= _settings.FrozenMsMax;
        bool isResting = _unconvertedReadings >= ReadingsMin
            && nowMs - _convertedAtMs > 2 * _settings.ConversionMs;
        return isFrozen || isResting;
    }

    private bool Restart()
    {
        _isConfigured = false;
        _pendingFaults |= SensorFault.Reset;
        return Fail(SensorFault.Reset);
    }

    private bool Fail(int fault)
    {
        Faults = fault | _pendingFaults;
        return false;
    }

    private bool TryReadRegister(int register, out int value)
    {
        _out[0] = (byte)register;
        bool isRead = _bus.TryWriteRead(_out, 1, _in, 2);
        value = (_in[0] << 8) | _in[1];
        return isRead;
    }

    private bool TryWriteRegister(int register, int value)
    {
        _out[0] = (byte)register;
        _out[1] = (byte)(value >> 8);
        _out[2] = (byte)value;
        return _bus.TryWrite(_out, 3);
    }

    private static int Rounded(long value, int divisor) =>
        (int)((value < 0 ? value - divisor / 2 : value + divisor / 2) / divisor);
}
