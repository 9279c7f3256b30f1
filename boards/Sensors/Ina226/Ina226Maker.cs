using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Drivers.Ina226;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Sensors.Ina226;

/// <summary>An INA226 on I²C by our own driver.</summary>
public sealed class Ina226Maker : ISensorMaker
{
    public const int Address = 0x40;

    private readonly IRegisterBus _bus;

    public Ina226Maker(IRegisterBus bus)
    {
        _bus = bus;
    }

    /// <summary>Nothing: calibration of a mains chip is not looked at, as an INA219's.</summary>
    public string FirstProblem(BoardSettings settings) => null;

    public IPowerSensor Make(BoardSettings settings) =>
        new Ina226PowerSensor(_bus, new Ina226Settings { IsCurrentInverted = settings.CurrentInverted });
}
