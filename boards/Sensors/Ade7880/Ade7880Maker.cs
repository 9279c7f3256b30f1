using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Drivers.Ade7880;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Sensors.Ade7880;

/// <summary>One ADE7880 for three phases, on I²C or on SPI with one select pin. What settings.json says holds for every
/// phase.</summary>
public sealed class Ade7880Maker : ISensorMaker
{
    /// <summary>On I²C.</summary>
    public const int Address = 0x38;

    /// <summary>The chip takes 2.5 MHz.</summary>
    public const int SpiHertz = 2_000_000;

    public const int SpiMode = 3;

    private const int PhaseStepsMax = 1023;
    private const int NoLoadMilliwatts = 500;

    // Counts of the chip's gain registers, of gains of settings.json.
    private const int CountsPerGain = Ade7880Settings.UnityGain / BoardSettings.GainUnity;

    private readonly IRegisterBus _bus;
    private readonly bool _isSpi;

    public Ade7880Maker(IRegisterBus bus)
    {
        _bus = bus;
    }

    /// <param name="spi">One bus for the chip's three phases.</param>
    public Ade7880Maker(IRegisterBus[] spi)
    {
        _bus = spi[0];
        _isSpi = true;
    }

    public string FirstProblem(BoardSettings settings)
    {
        if (settings.PhaseCalibration < 0 || settings.PhaseCalibration > PhaseStepsMax)
        {
            return "phaseCalibration of an ADE7880 must be 0 to 1023";
        }

        if (settings.PowerOffset < -Ade7880Settings.UnityGain || settings.PowerOffset >= Ade7880Settings.UnityGain)
        {
            return "powerOffset of an ADE7880 must be -8388608 to 8388607 counts";
        }

        return settings.CurrentRanges == "" && !settings.CurrentInverted
            && settings.NoLoadMilliwatts == NoLoadMilliwatts
            ? null : "currentRanges, currentInverted and noLoadMilliwatts: an ADE7880 takes none";
    }

    public IPowerSensor Make(BoardSettings settings)
    {
        Ade7880Settings chip = new Ade7880Settings { IsSpi = _isSpi };
        for (int phase = 0; phase < chip.VoltageGain.Length; phase++)
        {
            chip.VoltageGain[phase] = CountsOf(settings.VoltageGain);
            chip.CurrentGain[phase] = CountsOf(settings.CurrentGain);
            chip.PowerGain[phase] = CountsOf(settings.PowerGain);
            chip.PowerOffset[phase] = settings.PowerOffset;
            chip.PhaseAngle[phase] = settings.PhaseCalibration;
        }

        return new Ade7880PowerSensor(_bus, chip);
    }

    private static int CountsOf(int gain) => (gain - BoardSettings.GainUnity) * CountsPerGain;
}
