using System.Device.Gpio;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.ChargerDevice;

/// <summary>One edge a good tick into the capacitor-coupled monostable: a level that is stuck either way does not hold
/// it.</summary>
public sealed class GpioTickAlive : ITickAlive
{
    private readonly GpioPin _pin;

    public GpioTickAlive(GpioController gpio, int pinNumber)
    {
        _pin = gpio.OpenPin(pinNumber, PinMode.Output);
    }

    /// <summary>One native call, without the wrapper and the structs of a write.</summary>
    public void Feed() => _pin.Toggle();
}
