using System.Device.Gpio;
using MeterFirmware.Boards.Device;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.ChargerDevice;

/// <summary>Three lamps on three pins: what is brighter than a third is on.</summary>
public sealed class GpioIndicator : IIndicator
{
    private const int OnMin = 85;

    private readonly OutputPin _red;
    private readonly OutputPin _green;
    private readonly OutputPin _blue;

    public GpioIndicator(GpioController gpio, int redPin, int greenPin, int bluePin)
    {
        _red = new OutputPin(gpio, redPin, false);
        _green = new OutputPin(gpio, greenPin, false);
        _blue = new OutputPin(gpio, bluePin, false);
    }

    public void Set(int red, int green, int blue)
    {
        _red.Set(red >= OnMin);
        _green.Set(green >= OnMin);
        _blue.Set(blue >= OnMin);
    }
}
