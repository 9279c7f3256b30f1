using System.Device.Gpio;

namespace MeterFirmware.Boards.Device;

/// <summary>
/// An output that is written only when its level changes. Each write goes through a wrapper that takes a lock and makes
/// structs: 300 µs on an ESP32 (nanoframework/Home issue 1013), where a comparison costs a few.
/// </summary>
public sealed class OutputPin
{
    private const int Unknown = -1;

    private readonly GpioPin _pin;
    private int _level = Unknown;

    /// <summary>Opens the pin and drives it.</summary>
    /// <param name="gpio">The board's one controller.</param>
    /// <param name="pinNumber">GPIO number.</param>
    /// <param name="isHigh">Its level at rest.</param>
    public OutputPin(GpioController gpio, int pinNumber, bool isHigh)
    {
        _pin = gpio.OpenPin(pinNumber, PinMode.Output);
        Set(isHigh);
    }

    /// <summary>Drives the pin. A write that throws is tried again by the next call,
    /// whatever level that asks for.</summary>
    public void Set(bool isHigh)
    {
        int level = isHigh ? 1 : 0;
        if (level == _level)
        {
            return;
        }

        _level = Unknown;
        _pin.Write(isHigh ? PinValue.High : PinValue.Low);
        _level = level;
    }
}
