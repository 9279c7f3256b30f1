using MeterFirmware.Boards.Device;
using MeterFirmware.Drivers.Ina219;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.MeterDevice;

/// <summary>An INA219 by our own driver.</summary>
public sealed class Ina219Maker : ISensorMaker
{
    private const int Address = 0x40;

    private readonly int _busId;

    /// <param name="busId">I²C.</param>
    public Ina219Maker(int busId)
    {
        _busId = busId;
    }

    public IPowerSensor Make(BoardSettings settings) => new Ina219PowerSensor(new I2cRegisterBus(_busId, Address),
        new Ina219Settings { IsCurrentInverted = settings.CurrentInverted });
}
