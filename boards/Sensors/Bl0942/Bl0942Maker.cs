using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Drivers.Bl0942;
using MeterFirmware.Drivers.MeteringChips;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Sensors.Bl0942;

/// <summary>A BL0942 on a UART of 4 800 baud (address 0), or on SPI. Gains of settings.json multiply the driver's
/// theory: the chip has no gain registers.</summary>
public sealed class Bl0942Maker : ISensorMaker
{
    /// <summary>At 900 kHz half of the check sums were wrong on one board.</summary>
    public const int SpiHertz = 800_000;

    public const int SpiMode = 1;

    private readonly ISerialLine _line;
    private readonly IRegisterBus _bus;

    public Bl0942Maker(ISerialLine line)
    {
        _line = line;
    }

    /// <param name="spi">Of the one phase.</param>
    public Bl0942Maker(IRegisterBus[] spi)
    {
        _bus = spi[0];
    }

    public string FirstProblem(BoardSettings settings)
    {
        if (settings.PhaseCalibration != 0 || settings.PowerOffset != 0 || settings.CurrentRanges != "")
        {
            return "phaseCalibration, powerOffset and currentRanges: a BL0942 takes none";
        }

        return TrySettings(settings, new Bl0942Settings())
            ? null : "a gain of a BL0942 must be 3355444 to 5033164 (4194304 = 1.0)";
    }

    public IPowerSensor Make(BoardSettings settings)
    {
        Bl0942Settings chip = new Bl0942Settings { IsCurrentInverted = settings.CurrentInverted };
        TrySettings(settings, chip);
        return _bus == null ? new Bl0942PowerSensor(_line, chip) : new Bl0942PowerSensor(_bus, chip);
    }

    private static bool TrySettings(BoardSettings settings, Bl0942Settings chip) =>
        ScaleCalibration.TryAdjust(chip.VoltageNumerator, chip.VoltageDenominator, settings.VoltageGain,
            BoardSettings.GainUnity, out chip.VoltageNumerator, out chip.VoltageDenominator)
        && ScaleCalibration.TryAdjust(chip.CurrentNumerator, chip.CurrentDenominator, settings.CurrentGain,
            BoardSettings.GainUnity, out chip.CurrentNumerator, out chip.CurrentDenominator)
        && ScaleCalibration.TryAdjust(chip.PowerNumerator, chip.PowerDenominator, settings.PowerGain,
            BoardSettings.GainUnity, out chip.PowerNumerator, out chip.PowerDenominator);
}
