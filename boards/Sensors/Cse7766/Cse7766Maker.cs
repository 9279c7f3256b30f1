using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Drivers.Cse7766;
using MeterFirmware.Drivers.MeteringChips;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Sensors.Cse7766;

/// <summary>A CSE7766 or HLW8032 on a UART's receive line. Gains of settings.json multiply what the chip's own
/// coefficients give.</summary>
public sealed class Cse7766Maker : ISensorMaker
{
    private readonly ISerialLine _line;
    private readonly bool _isHlw8032;

    /// <param name="isHlw8032">True: an HLW8032 with its divider of 4 × 470 kΩ over 1 kΩ.</param>
    public Cse7766Maker(ISerialLine line, bool isHlw8032)
    {
        _line = line;
        _isHlw8032 = isHlw8032;
    }

    public string FirstProblem(BoardSettings settings)
    {
        if (settings.PhaseCalibration != 0 || settings.PowerOffset != 0 || settings.CurrentRanges != ""
            || settings.CurrentInverted)
        {
            return "phaseCalibration, powerOffset, currentRanges and currentInverted: "
                + "a CSE7766 or HLW8032 takes none";
        }

        return TrySettings(settings, Theory())
            ? null : "a gain of a CSE7766 or HLW8032 must be 3355444 to 5033164 (4194304 = 1.0)";
    }

    public IPowerSensor Make(BoardSettings settings)
    {
        Cse7766Settings chip = Theory();
        TrySettings(settings, chip);
        return new Cse7766PowerSensor(_line, chip);
    }

    private Cse7766Settings Theory() => _isHlw8032 ? Cse7766Settings.ForHlw8032() : new Cse7766Settings();

    private static bool TrySettings(BoardSettings settings, Cse7766Settings chip) =>
        ScaleCalibration.TryAdjust(chip.VoltageNumerator, chip.VoltageDenominator, settings.VoltageGain,
            BoardSettings.GainUnity, out chip.VoltageNumerator, out chip.VoltageDenominator)
        && ScaleCalibration.TryAdjust(chip.CurrentNumerator, chip.CurrentDenominator, settings.CurrentGain,
            BoardSettings.GainUnity, out chip.CurrentNumerator, out chip.CurrentDenominator)
        && ScaleCalibration.TryAdjust(chip.PowerNumerator, chip.PowerDenominator, settings.PowerGain,
            BoardSettings.GainUnity, out chip.PowerNumerator, out chip.PowerDenominator);
}
