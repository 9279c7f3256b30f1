using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Drivers.Ina219;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Sensors.Ina219Binding;

/// <summary>An INA219 by the package nanoFramework.Iot.Device.Ina219, which opens the bus by itself.</summary>
public sealed class Ina219BindingMaker : ISensorMaker
{
    private const int Address = 0x40;

    private readonly int _busId;

    /// <param name="busId">I²C.</param>
    public Ina219BindingMaker(int busId)
    {
        _busId = busId;
    }

    /// <summary>Nothing: calibration of a mains chip is not looked at, as ever.</summary>
    public string FirstProblem(BoardSettings settings) => null;

    public IPowerSensor Make(BoardSettings settings) => new Ina219BindingPowerSensor(_busId, Address,
        new Ina219Settings { IsCurrentInverted = settings.CurrentInverted });
}
