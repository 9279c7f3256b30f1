using System.Device.Gpio;
using MeterFirmware.Boards.Device;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.ChargerDevice;

/// <summary>A residual-current monitor with two outputs that conduct to 3.3 V while it is healthy: a torn wire, or a
/// monitor without supply, reads low and so as tripped.</summary>
public sealed class GpioResidualMonitor : IResidualCurrentMonitor
{
    private readonly GpioPin _alternating;
    private readonly GpioPin _direct;
    private readonly OutputPin _test;

    public GpioResidualMonitor(GpioController gpio, int alternatingPin, int directPin, int testPin)
    {
        _alternating = gpio.OpenPin(alternatingPin, PinMode.InputPullDown);
        _direct = gpio.OpenPin(directPin, PinMode.InputPullDown);
        _test = new OutputPin(gpio, testPin, false);
    }

    public bool TryRead(out bool acTripped, out bool dcTripped)
    {
        acTripped = (int)_alternating.Read() == 0;
        dcTripped = (int)_direct.Read() == 0;
        return true;
    }

    public void SetTest(bool active) => _test.Set(active);
}
