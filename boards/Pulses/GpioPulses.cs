using System;
using System.Device.Gpio;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Pulses;

/// <summary>Rising edges of one pin, counted by the ESP32's pulse counter unit while the loop does something else.
/// </summary>
public sealed class GpioPulses : IPulseCounter
{
    private readonly GpioPulseCounter _counter;

    /// <param name="pinNumber">GPIO number.</param>
    public GpioPulses(int pinNumber)
    {
        _counter = new GpioPulseCounter(pinNumber) { Polarity = GpioPulsePolarity.Rising };
        _counter.Start();
    }

    public bool TryRead(out long pulses)
    {
        try
        {
            pulses = _counter.Read().Count;
            return true;
        }
        catch (Exception)
        {
            pulses = 0;
            return false;
        }
    }
}
