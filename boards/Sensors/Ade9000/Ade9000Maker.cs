using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Drivers.Ade9000;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Sensors.Ade9000;

/// <summary>One ADE9000 for three phases, on SPI with one select pin. What settings.json says holds for every phase.
/// </summary>
public sealed class Ade9000Maker : ISensorMaker
{
    /// <summary>The chip takes 20 MHz.</summary>
    public const int SpiHertz = 5_000_000;

    public const int SpiMode = 0;

    private const int NoLoadMilliwattsMax = 5000;

    // Counts of the chip's gain registers, of gains of settings.json.
    private const int CountsPerGain = Ade9000Settings.UnityGain / BoardSettings.GainUnity;

    private readonly IRegisterBus _bus;

    /// <param name="spi">One bus for the chip's three phases.</param>
    public Ade9000Maker(IRegisterBus[] spi)
    {
        _bus = spi[0];
    }

    public string FirstProblem(BoardSettings settings)
    {
        if (settings.PhaseCalibration <= -Ade9000Settings.UnityGain
            || settings.PhaseCalibration >= Ade9000Settings.UnityGain)
        {
            return "phaseCalibration of an ADE9000 must be -134217727 to 134217727";
        }

        if (settings.PowerOffset < -Ade9000Settings.PowerFullScale
            || settings.PowerOffset > Ade9000Settings.PowerFullScale)
        {
            return "powerOffset of an ADE9000 must be -20694066 to 20694066 counts";
        }

        if (settings.NoLoadMilliwatts < 0 || settings.NoLoadMilliwatts > NoLoadMilliwattsMax)
        {
            return "noLoadMilliwatts of an ADE9000 must be 0 to 5000 mW";
        }

        return settings.CurrentRanges == "" && !settings.CurrentInverted
            ? null : "currentRanges and currentInverted: an ADE9000 takes none";
    }

    public IPowerSensor Make(BoardSettings settings)
    {
        Ade9000Settings chip = new Ade9000Settings { NoLoadMilliwatts = settings.NoLoadMilliwatts };
        for (int phase = 0; phase < chip.VoltageGain.Length; phase++)
        {
            chip.VoltageGain[phase] = CountsOf(settings.VoltageGain);
            chip.CurrentGain[phase] = CountsOf(settings.CurrentGain);
            chip.PowerGain[phase] = CountsOf(settings.PowerGain);
            chip.PowerOffset[phase] = settings.PowerOffset;
            chip.PhaseAngle[phase] = settings.PhaseCalibration;
        }

        return new Ade9000PowerSensor(_bus, chip);
    }

    private static int CountsOf(int gain) => (gain - BoardSettings.GainUnity) * CountsPerGain;
}
