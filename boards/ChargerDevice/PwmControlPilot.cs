using System;
using System.Device.Adc;
using System.Device.Pwm;
using MeterFirmware.Drivers.AnalogInputs;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.ChargerDevice;

/// <summary>The pilot: 1 kHz PWM into the ±12 V driver, and two peak holders on calibrated ADC channels. Allocates
/// nothing.</summary>
public sealed class PwmControlPilot : IControlPilot
{
    private const int FrequencyHertz = 1_000;
    private const int DutyMax = 10_000;

    private readonly PwmChannel _pwm;
    private readonly AdcChannel _high;
    private readonly AdcChannel _low;
    private readonly LinearInput _highScale;
    private readonly LinearInput _lowScale;

    /// <summary>Begins at steady +12 V: no offer.</summary>
    public PwmControlPilot(int pwmPin, AdcChannel high, LinearInput highScale, AdcChannel low, LinearInput lowScale)
    {
        _high = high;
        _low = low;
        _highScale = highScale;
        _lowScale = lowScale;
        _pwm = PwmChannel.CreateFromPin(pwmPin, FrequencyHertz, 1.0);
        _pwm.Start();
    }

    public bool TryRead(out int highMillivolts, out int lowMillivolts)
    {
        try
        {
            highMillivolts = _highScale.Millivolts(_high.ReadValue());
            lowMillivolts = _lowScale.Millivolts(_low.ReadValue());
            return true;
        }
        catch (Exception)
        {
            highMillivolts = 0;
            lowMillivolts = 0;
            return false;
        }
    }

    public bool TrySetDuty(int dutyHundredths)
    {
        try
        {
            _pwm.DutyCycle = (double)dutyHundredths / DutyMax;
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
