using System.Device.Gpio;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.ChargerDevice;

/// <summary>The earth monitor's opto-coupler: high while the protective conductor carries its small test
/// current.</summary>
public sealed class GpioEarthMonitor : IEarthMonitor
{
    private readonly GpioPin _pin;

    public GpioEarthMonitor(GpioController gpio, int pinNumber)
    {
        _pin = gpio.OpenPin(pinNumber, PinMode.InputPullDown);
    }

    public bool TryRead(out bool earthPresent)
    {
        earthPresent = (int)_pin.Read() != 0;
        return true;
    }
}
