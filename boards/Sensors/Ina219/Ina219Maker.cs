using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Drivers.Ina219;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Sensors.Ina219;

/// <summary>An INA219 by our own driver.</summary>
public sealed class Ina219Maker : ISensorMaker
{
    public const int Address = 0x40;

    private readonly IRegisterBus _bus;

    /// <param name="bus">I²C.</param>
    public Ina219Maker(IRegisterBus bus)
    {
        _bus = bus;
    }

    /// <summary>Nothing: calibration of a mains chip is not looked at, as ever.</summary>
    public string FirstProblem(BoardSettings settings) => null;

    public IPowerSensor Make(BoardSettings settings) =>
        new Ina219PowerSensor(_bus, new Ina219Settings { IsCurrentInverted = settings.CurrentInverted });
}
