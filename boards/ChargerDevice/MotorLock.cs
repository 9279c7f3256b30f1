using System;
using System.Device.Gpio;
using MeterFirmware.Boards.Device;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.ChargerDevice;

/// <summary>The lock's motor behind a bridge (run, direction) and its end switch. The run ends by the next reading of
/// the switch after its time; the bridge's own current limit stands behind that.</summary>
public sealed class MotorLock : IConnectorLock
{
    private const int RunMs = 600;

    private readonly OutputPin _run;
    private readonly OutputPin _direction;
    private readonly GpioPin _endSwitch;
    private long _untilMs;
    private bool _isRunning;

    /// <param name="gpio">The board's one controller.</param>
    /// <param name="runPin">High: the motor runs.</param>
    /// <param name="directionPin">High: towards locked.</param>
    /// <param name="endSwitchPin">Pulled up; low = locked, so that a torn wire is unlocked and nothing is
    /// offered.</param>
    public MotorLock(GpioController gpio, int runPin, int directionPin, int endSwitchPin)
    {
        _run = new OutputPin(gpio, runPin, false);
        _direction = new OutputPin(gpio, directionPin, false);
        _endSwitch = gpio.OpenPin(endSwitchPin, PinMode.InputPullUp);
    }

    public bool TrySet(bool locked)
    {
        _direction.Set(locked);
        _run.Set(true);
        _untilMs = Environment.TickCount64 + RunMs;
        _isRunning = true;
        return true;
    }

    public bool TryReadFeedback(out bool locked)
    {
        if (_isRunning && Environment.TickCount64 >= _untilMs)
        {
            _run.Set(false);
            _isRunning = false;
        }

        locked = (int)_endSwitch.Read() == 0;
        return true;
    }
}
