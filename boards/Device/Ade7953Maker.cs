using System.Device.Spi;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.PhaseGroup;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Device;

/// <summary>One ADE7953 on I²C, or one a phase on SPI, each with its own select pin.</summary>
public sealed class Ade7953Maker : ISensorMaker
{
    private const int Address = 0x38;

    // The chip takes 5 MHz.
    private const int SpiHertz = 2_000_000;

    private readonly int _busId;
    private readonly int[] _selects;

    /// <param name="busId">I²C.</param>
    public Ade7953Maker(int busId)
    {
        _busId = busId;
    }

    /// <param name="busId">SPI.</param>
    /// <param name="selects">GPIO numbers, phase 0 first.</param>
    public Ade7953Maker(int busId, int[] selects)
    {
        _busId = busId;
        _selects = selects;
    }

    public IPowerSensor Make(BoardSettings settings)
    {
        if (_selects == null)
        {
            return new Ade7953PowerSensor(new I2cRegisterBus(_busId, Address), SettingsOf(settings, false));
        }

        IPowerSensor[] phases = new IPowerSensor[_selects.Length];
        for (int phase = 0; phase < phases.Length; phase++)
        {
            phases[phase] = new Ade7953PowerSensor(
                new SpiRegisterBus(_busId, _selects[phase], SpiHertz, SpiMode.Mode0), SettingsOf(settings, true));
        }

        return phases.Length == 1 ? phases[0] : new PhaseGroupPowerSensor(phases);
    }

    // Gains of settings.json hold for every phase; a calibration record corrects each phase by itself.
    private static Ade7953Settings SettingsOf(BoardSettings settings, bool isSpi) => new Ade7953Settings
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
}
