using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Drivers.ChipName;
using MeterFirmware.Drivers.MeteringChips;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Sensors.ChipName;

/// <summary>A CHIPNAME on I²C. Gains of settings.json multiply the driver's scales.</summary>
public sealed class ChipNameMaker : ISensorMaker
{
    public const int Address = 0x40;

    private readonly IRegisterBus _bus;

    public ChipNameMaker(IRegisterBus bus)
    {
        _bus = bus;
    }

    public string FirstProblem(BoardSettings settings)
    {
        if (settings.PhaseCalibration != 0 || settings.PowerOffset != 0 || settings.CurrentRanges != "")
        {
            return "phaseCalibration, powerOffset and currentRanges: a CHIPNAME takes none";
        }

        return TrySettings(settings, new ChipNameSettings())
            ? null : "a gain of a CHIPNAME must be 3355444 to 5033164 (4194304 = 1.0)";
    }

    public IPowerSensor Make(BoardSettings settings)
    {
        ChipNameSettings chip = new ChipNameSettings { IsCurrentInverted = settings.CurrentInverted };
        TrySettings(settings, chip);
        return new ChipNamePowerSensor(_bus, chip);
    }

    private static bool TrySettings(BoardSettings settings, ChipNameSettings chip) =>
        ScaleCalibration.TryAdjust(chip.VoltageNumerator, chip.VoltageDenominator, settings.VoltageGain,
            BoardSettings.GainUnity, out chip.VoltageNumerator, out chip.VoltageDenominator)
        && ScaleCalibration.TryAdjust(chip.CurrentNumerator, chip.CurrentDenominator, settings.CurrentGain,
            BoardSettings.GainUnity, out chip.CurrentNumerator, out chip.CurrentDenominator)
        && ScaleCalibration.TryAdjust(chip.PowerNumerator, chip.PowerDenominator, settings.PowerGain,
            BoardSettings.GainUnity, out chip.PowerNumerator, out chip.PowerDenominator);
}
