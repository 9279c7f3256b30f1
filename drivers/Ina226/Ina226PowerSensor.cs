using MeterFirmware.Basics;
using MeterFirmware.Drivers.MeteringChips;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Ina226;

/// <summary>
/// INA226 behind <see cref="IPowerSensor"/>, on I²C: DC voltage, signed current and power on phase 0.
/// <code>
///   power-up --PowerUpMs--> configure --read back, ConversionMs--> ready --configuration lost--> Reset --> configure
/// </code>
/// A reading that fails or is implausible takes nothing: the next good one covers its time.
/// </summary>
public sealed class Ina226PowerSensor : IPowerSensor
{
    /// <summary>From power-up until the chip answers (data sheet, electrical characteristics).</summary>
    public const int PowerUpMs = 50;

    /// <summary>From the configuration until current was converted with it: 16 × 2 × 1.1 ms, with the clock's
    /// tolerance.</summary>
    public const int ConversionMs = 40;

    // 16 samples averaged, 1.1 ms each, shunt and bus, continuous.
    private const int Configuration = 0x4527;

    /// <summary>What a line at rest reads.</summary>
    private const int AllOnes = 0xFFFF;

    private readonly IRegisterBus _bus;
    private readonly Ina226Settings _settings;
    private readonly StuckWatch _stuckWatch;
    private readonly int _sign;
    private readonly byte[] _out = new byte[3];
    private readonly byte[] _in = new byte[2];

    private bool _isStarted;
    private bool _isConfigured;
    private long _readyAtMs;
    private int _pendingFaults;
    private int _voltage;
    private int _current;

    /// <summary>Touches nothing; the first <see cref="TryRead"/> starts the chip.</summary>
    public Ina226PowerSensor(IRegisterBus bus, Ina226Settings settings)
    {
        settings.Validate();
        _bus = bus;
        _settings = settings;
        _sign = settings.IsCurrentInverted ? -1 : 1;
        const long restMicrojoulesMax = long.MaxValue;
        _stuckWatch = new StuckWatch(settings.StuckPowerMilliwatts, settings.FrozenMsMax, restMicrojoulesMax);
    }

    public int Faults { get; private set; }

    public bool CountsEnergy => false;

    private int PendingFaults => _pendingFaults;

    public bool TryRead(long nowMs, Measurement measurement)
    {
        if (!_isConfigured && !TryStart(nowMs))
        {
            return false;
        }

        if (nowMs < _readyAtMs)
        {
            Faults = PendingFaults;
            return false;
        }

        // The marks last: a reset at any place of the reading voids it.
        if (!TryReadValues() || !TryReadMark(Ina226Register.Calibration, _settings.CalibrationRegister, out int scale)
            || !TryReadMark(Ina226Register.Configuration, Configuration, out int mark))
        {
            return Fail(SensorFault.Missing);
        }

        if (mark != Configuration || scale != _settings.CalibrationRegister)
        {
            return mark == AllOnes || scale == AllOnes ? Fail(SensorFault.Implausible) : Restart(nowMs);
        }

        Scale(measurement);
        if (!IsPlausible(measurement))
        {
            return Fail(SensorFault.Implausible);
        }

        return TryHandOut(nowMs, measurement);
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
            Faults = PendingFaults;
            return false;
        }

        if (!TryWrite(Ina226Register.Configuration, Configuration)
            || !TryWrite(Ina226Register.Calibration, _settings.CalibrationRegister)
            || !TryRead(Ina226Register.Calibration, out int calibration)
            || !TryRead(Ina226Register.Configuration, out int mark))
        {
            return Fail(SensorFault.Missing);
        }

        if (mark != Configuration || calibration != _settings.CalibrationRegister)
        {
            // It acknowledges but does not hold what was written: another chip, or a floating bus.
            return Fail(SensorFault.Implausible);
        }

        _isConfigured = true;
        _readyAtMs = nowMs + ConversionMs;
        _stuckWatch.Restart(nowMs);
        return true;
    }

    private bool TryReadValues()
    {
        bool isRead = TryRead(Ina226Register.Voltage, out _voltage) && TryRead(Ina226Register.Current, out _current);
        _current = (short)_current;
        return isRead;
    }

    /// <summary>What is not as it was set is read again: a bit may have fallen over on the line.</summary>
    private bool TryReadMark(int register, int expected, out int value) =>
        TryRead(register, out value) && (value == expected || TryRead(register, out value));

    private void Scale(Measurement measurement)
    {
        // 1.25 mV a count; the power register is unsigned, so the product is taken.
        int voltage = ChipScale.Scaled(_voltage, 5, 4);
        long microamps = (long)_current * _settings.CurrentStepMicroamps * _sign;
        int power = (int)Scaling.DivideRounded(microamps * voltage, 1_000_000);
        measurement.PhaseCount = 1;
        measurement.VoltageMillivolts[0] = voltage;
        measurement.CurrentMilliamps[0] = (int)Scaling.DivideRounded(microamps, 1000);
        measurement.ActivePowerMilliwatts[0] = power;
        measurement.ReactivePowerMillivars[0] = 0;
        measurement.ApparentPowerMillivoltamperes[0] = power < 0 ? -power : power;
        measurement.PowerFactorTenThousandths[0] = power < 0 ? -10_000 : 10_000;
        measurement.FrequencyMillihertz = 0;
    }

    private bool IsPlausible(Measurement measurement) =>
        ChipScale.IsWithin(measurement.VoltageMillivolts[0], 0, _settings.VoltageMillivoltsMax)
        && ChipScale.IsWithin(
            measurement.CurrentMilliamps[0], -_settings.CurrentMilliampsMax, _settings.CurrentMilliampsMax)
        && ChipScale.IsWithin(
            measurement.ActivePowerMilliwatts[0], -_settings.PowerMilliwattsMax, _settings.PowerMilliwattsMax);

    private bool TryHandOut(long nowMs, Measurement measurement)
    {
        // Under load the lowest bits never rest; the watch's own limit of voltage is for the mains.
        int milliwatts = measurement.ActivePowerMilliwatts[0];
        int magnitude = milliwatts < 0 ? -milliwatts : milliwatts;
        int watched = magnitude >= _settings.StuckPowerMilliwatts ? StuckWatch.VoltageMillivoltsMin : 0;
        int fingerprint = (_voltage * 31) ^ _current;
        if (_stuckWatch.IsStuck(nowMs, fingerprint, _current, watched, milliwatts))
        {
            return Fail(SensorFault.Stuck);
        }

        measurement.HasEnergy = false;
        measurement.ImportMicrojoules[0] = 0;
        measurement.ExportMicrojoules[0] = 0;
        Faults = _pendingFaults;
        _pendingFaults = SensorFault.None;
        measurement.ReactiveMicrovarSeconds[0] = 0;
        return true;
    }

    private bool Restart(long nowMs)
    {
        _isConfigured = false;
        _readyAtMs = nowMs + PowerUpMs;
        _pendingFaults |= SensorFault.Reset;
        return Fail(SensorFault.Reset);
    }

    private bool Fail(int fault)
    {
        Faults = fault | PendingFaults;
        return false;
    }

    private bool TryRead(int register, out int value)
    {
        _out[0] = (byte)register;
        bool isRead = _bus.TryWriteRead(_out, 1, _in, 2);
        value = (_in[0] << 8) | _in[1];
        return isRead;
    }

    private bool TryWrite(int register, int value)
    {
        _out[0] = (byte)register;
        _out[1] = (byte)(value >> 8);
        _out[2] = (byte)value;
        return _bus.TryWrite(_out, 3);
    }
}
