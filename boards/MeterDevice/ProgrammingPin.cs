using System.Device.Gpio;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.MeterDevice;

/// <summary>The button or link under the seal, from the pin to ground.</summary>
public sealed class ProgrammingPin : IProgrammingInput
{
    private readonly GpioPin _pin;

    /// <param name="pinNumber">Pull-up.</param>
    public ProgrammingPin(GpioController gpio, int pinNumber)
    {
        _pin = gpio.OpenPin(pinNumber, PinMode.InputPullUp);
    }

    public bool IsClosed => (int)_pin.Read() == 0;
}
