using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.Ina219;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Device;

/// <summary>The sensor that the settings name, on the board's first I²C bus.</summary>
public static class BoardSensors
{
    public const int Ade7953Address = 0x38;
    public const int Ina219Address = 0x40;

    public static IPowerSensor Create(BoardSettings settings, int i2cBusId)
    {
        if (settings.Sensor == "ina219")
        {
            return new Ina219PowerSensor(new I2cRegisterBus(i2cBusId, Ina219Address), Dc(settings));
        }

        if (settings.Sensor == "ina219-binding")
        {
            return new Ina219BindingPowerSensor(i2cBusId, Ina219Address, Dc(settings));
        }

        return new Ade7953PowerSensor(new I2cRegisterBus(i2cBusId, Ade7953Address), Ade7953(settings, false));
    }

    /// <summary>An ADE7953 as the settings calibrate it, in a meter or a charger.</summary>
    /// <param name="settings">Checked.</param>
    /// <param name="isSpi">True on SPI, false on I²C.</param>
    public static Ade7953Settings Ade7953(BoardSettings settings, bool isSpi) => new Ade7953Settings
    {
        IsSpi = isSpi,
        VoltageGain = settings.VoltageGain,
        CurrentGain = settings.CurrentGain,
        ActivePowerGain = settings.PowerGain,
        ReactivePowerGain = settings.PowerGain,
        ApparentPowerGain = settings.PowerGain,
        PhaseCalibration = settings.PhaseCalibration,
        ActivePowerOffset = settings.PowerOffset,
        NoLoadMilliwatts = settings.NoLoadMilliwatts,
        Ranges = CurrentRangeTable.Parse(settings.CurrentRanges, out _),
        IsCurrentInverted = settings.CurrentInverted,
    };

    private static Ina219Settings Dc(BoardSettings settings) =>
        new Ina219Settings { IsCurrentInverted = settings.CurrentInverted };
}
