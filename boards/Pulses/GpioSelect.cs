using System;
using System.Device.Gpio;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Pulses;

/// <summary>One output pin; it rests low until it is first set.</summary>
public sealed class GpioSelect : IDigitalOutput
{
    // Held for the life of the device: a controller that is collected closes its pins.
    private readonly GpioController _gpio = new GpioController();
    private readonly GpioPin _pin;

    /// <param name="pinNumber">GPIO number.</param>
    public GpioSelect(int pinNumber)
    {
        _pin = _gpio.OpenPin(pinNumber, PinMode.Output);
        TrySet(false);
    }

    public bool TrySet(bool isHigh)
    {
        try
        {
            _pin.Write(isHigh ? PinValue.High : PinValue.Low);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
