using System;
using System.Device.I2c;
using Iot.Device.Adc;
using MeterFirmware.Boards.Device;
using MeterFirmware.Drivers.Ina219;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Sensors.Ina219Binding;

/// <summary>
/// nanoFramework.Iot.Device.Ina219 behind <see cref="IPowerSensor"/>, for boards whose users expect that package. Its
/// known faults are corrected here:
/// bus voltage is cast to a signed number and reads 32.768 V too low above 16.384 V;
/// its setter for the shunt converter writes the bus converter's bits and leaves the shunt's at 9 bits, so the
/// configuration register is written past it; with a converter set it waits 68 ms a reading without need;
/// it ignores the result of every transfer, so presence and configuration are asked before each reading;
/// currentLsb is in amperes. Allocates a few objects a reading. Our own driver (drivers/Ina219) finds more faults and
/// is the one that is tested on a simulated chip; I²C cannot be simulated below this class.
/// </summary>
public sealed class Ina219BindingPowerSensor : IPowerSensor
{
    private readonly Ina219Settings _settings;
    private readonly I2cRegisterBus _bus;
    private readonly Ina219 _chip;
    private readonly byte[] _out = new byte[3];
    private readonly byte[] _in = new byte[2];
    private bool _isConfigured;
    private long _readyAtMs;
    private int _pendingFaults;

    /// <param name="busId">1 or 2; its pins have to be assigned before.</param>
    /// <param name="address">0x40 to 0x4F.</param>
    /// <param name="settings">Shunt, ranges and limits, as for our own driver.</param>
    public Ina219BindingPowerSensor(int busId, int address, Ina219Settings settings)
    {
        settings.Validate();
        _settings = settings;
        I2cDevice device = I2cDevice.Create(new I2cConnectionSettings(busId, address, I2cBusSpeed.FastMode));
        _bus = new I2cRegisterBus(device);
        _chip = new Ina219(device);
    }

    public int Faults { get; private set; }

    public bool CountsEnergy => false;

    public bool TryRead(long nowMs, Measurement measurement)
    {
        if (!_isConfigured)
        {
            return TryConfigure(nowMs);
        }

        if (nowMs < _readyAtMs)
        {
            Faults = _pendingFaults;
            return false;
        }

        _out[0] = Ina219Register.Configuration;
        if (!_bus.TryWriteRead(_out, 1, _in, 2))
        {
            return Fail(SensorFault.Missing);
        }

        if (((_in[0] << 8) | _in[1]) != _settings.ConfigurationRegister)
        {
            _isConfigured = false;
            _pendingFaults |= SensorFault.Reset;
            return Fail(SensorFault.Reset);
        }

        return TryMeasure(measurement);
    }

    /// <summary>Always false: the first conversion has to end.</summary>
    private bool TryConfigure(long nowMs)
    {
        int setup = _settings.ConfigurationRegister;
        _out[0] = Ina219Register.Configuration;
        _out[1] = (byte)(setup >> 8);
        _out[2] = (byte)setup;
        if (!_bus.TryWrite(_out, 3))
        {
            return Fail(SensorFault.Missing);
        }

        // Kept by the binding, which writes it again before every reading of the current: a supply that dips clears it.
        _chip.SetCalibration(
            (ushort)_settings.CalibrationRegister, _settings.CurrentStepMicroamps / 1_000_000f);
        _isConfigured = true;
        _readyAtMs = nowMs + _settings.ConversionMs;
        Faults = _pendingFaults;
        return false;
    }

    private bool TryMeasure(Measurement measurement)
    {
        int millivolts = Rounded(_chip.ReadBusVoltage().Millivolts);
        if (millivolts < 0)
        {
            millivolts += 32_768;
        }

        double current = _chip.ReadCurrent().Milliamperes;
        current = _settings.IsCurrentInverted ? -current : current;
        int milliamps = Rounded(current);
        if (_chip.MathOverflowFlag || millivolts > _settings.VoltageMillivoltsMax
            || milliamps > _settings.CurrentMilliampsMax || milliamps < -_settings.CurrentMilliampsMax)
        {
            return Fail(SensorFault.Implausible);
        }

        int milliwatts = Rounded(current * millivolts / 1000);
        measurement.PhaseCount = 1;
        measurement.VoltageMillivolts[0] = millivolts;
        measurement.CurrentMilliamps[0] = milliamps;
        measurement.ActivePowerMilliwatts[0] = milliwatts;
        measurement.ReactivePowerMillivars[0] = 0;
        measurement.ApparentPowerMillivoltamperes[0] = milliwatts < 0 ? -milliwatts : milliwatts;
        measurement.PowerFactorTenThousandths[0] = milliwatts < 0 ? -10_000 : 10_000;
        measurement.FrequencyMillihertz = 0;
        measurement.HasEnergy = false;
        Faults = _pendingFaults;
        _pendingFaults = SensorFault.None;
        return true;
    }

    private bool Fail(int fault)
    {
        Faults = fault | _pendingFaults;
        return false;
    }

    private static int Rounded(double value) => (int)(value < 0 ? value - 0.5 : value + 0.5);
}
