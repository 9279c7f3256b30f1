using MeterFirmware.Basics;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Drivers.Atm90e32;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Sensors.Atm90e32;

/// <summary>One ATM90E32AS for three phases, on SPI with one select pin. What settings.json says holds for every phase.
/// </summary>
public sealed class Atm90e32Maker : ISensorMaker
{
    public const int SpiHertz = 1_000_000;

    public const int SpiMode = 3;

    private const int PhaseCyclesMax = 255;
    private const int NoLoadMilliwattsMax = 5000;

    // Counts of the chip's gain registers for 1.0, of gains of settings.json.
    private const int GainPerCount = BoardSettings.GainUnity / Atm90e32Settings.UnityGain;

    private readonly IRegisterBus _bus;

    /// <param name="spi">One bus for the chip's three phases.</param>
    public Atm90e32Maker(IRegisterBus[] spi)
    {
        _bus = spi[0];
    }

    public string FirstProblem(BoardSettings settings)
    {
        if (settings.PhaseCalibration < -PhaseCyclesMax || settings.PhaseCalibration > PhaseCyclesMax)
        {
            return "phaseCalibration of an ATM90E32 must be -255 to 255 cycles of 2.048 MHz";
        }

        if (settings.PowerOffset < short.MinValue || settings.PowerOffset > short.MaxValue)
        {
            return "powerOffset of an ATM90E32 must be -32768 to 32767 counts of 0.32 mW";
        }

        if (settings.NoLoadMilliwatts < 0 || settings.NoLoadMilliwatts > NoLoadMilliwattsMax)
        {
            return "noLoadMilliwatts of an ATM90E32 must be 0 to 5000 mW";
        }

        return settings.CurrentRanges == "" && !settings.CurrentInverted
            ? null : "currentRanges and currentInverted: an ATM90E32 takes none";
    }

    public IPowerSensor Make(BoardSettings settings)
    {
        Atm90e32Settings chip = new Atm90e32Settings { NoLoadMilliwatts = settings.NoLoadMilliwatts };
        for (int phase = 0; phase < chip.VoltageGain.Length; phase++)
        {
            chip.VoltageGain[phase] = CountsOf(settings.VoltageGain);
            chip.CurrentGain[phase] = CountsOf(settings.CurrentGain);
            chip.PowerGain[phase] = CountsOf(settings.PowerGain) - Atm90e32Settings.UnityGain;
            chip.PowerOffset[phase] = settings.PowerOffset;
            chip.PhaseAngle[phase] = Atm90e32Calibration.PhaseRegister(settings.PhaseCalibration);
        }

        return new Atm90e32PowerSensor(_bus, chip);
    }

    private static int CountsOf(int gain) => (int)Scaling.DivideRounded(gain, GainPerCount);
}
