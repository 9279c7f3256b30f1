using System;
using System.Device.Gpio;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Device;

/// <summary>A relay coil on one pin and, if there is one, its feedback contact on another. Starts open.</summary>
public sealed class GpioRelay : IRelay
{
    private readonly OutputPin _coil;
    private readonly GpioPin _feedback;
    private readonly bool _isActiveHigh;

    /// <param name="gpio">The board's one controller.</param>
    /// <param name="coilPin">GPIO number of the coil's driver.</param>
    /// <param name="isActiveHigh">True: high closes the relay.</param>
    /// <param name="feedbackPin">GPIO number of the feedback contact (closed = low, pulled up); −1 = none.</param>
    public GpioRelay(GpioController gpio, int coilPin, bool isActiveHigh, int feedbackPin)
    {
        _isActiveHigh = isActiveHigh;
        _coil = new OutputPin(gpio, coilPin, !isActiveHigh);
        _feedback = feedbackPin < 0 ? null : gpio.OpenPin(feedbackPin, PinMode.InputPullUp);
    }

    public bool IsClosed { get; private set; }

    public bool TrySet(bool closed)
    {
        try
        {
            _coil.Set(closed == _isActiveHigh);
            IsClosed = closed;
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    public bool TryReadFeedback(out bool closed)
    {
        closed = false;
        if (_feedback == null)
        {
            return false;
        }

        closed = (int)_feedback.Read() == 0;
        return true;
    }
}
