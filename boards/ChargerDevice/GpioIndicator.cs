using System.Device.Gpio;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.ChargerDevice;

/// <summary>Three lamps on three pins: what is brighter than a third is on.</summary>
public sealed class GpioIndicator : IIndicator
{
    private const int OnMin = 85;

    private readonly GpioPin _red;
    private readonly GpioPin _green;
    private readonly GpioPin _blue;

    public GpioIndicator(GpioController gpio, int redPin, int greenPin, int bluePin)
    {
        _red = gpio.OpenPin(redPin, PinMode.Output);
        _green = gpio.OpenPin(greenPin, PinMode.Output);
        _blue = gpio.OpenPin(bluePin, PinMode.Output);
        Set(0, 0, 0);
    }

    public void Set(int red, int green, int blue)
    {
        _red.Write(red >= OnMin ? PinValue.High : PinValue.Low);
        _green.Write(green >= OnMin ? PinValue.High : PinValue.Low);
        _blue.Write(blue >= OnMin ? PinValue.High : PinValue.Low);
    }
}
