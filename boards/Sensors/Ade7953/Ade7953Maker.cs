using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.PhaseGroup;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Sensors.Ade7953;

/// <summary>One ADE7953 on I²C, or one a phase on SPI, each with its own select pin.</summary>
public sealed class Ade7953Maker : ISensorMaker
{
    /// <summary>On I²C.</summary>
    public const int Address = 0x38;

    /// <summary>The chip takes 5 MHz.</summary>
    public const int SpiHertz = 2_000_000;

    public const int SpiMode = 0;

    private const int NoLoadMilliwattsMax = 5000;

    private readonly IRegisterBus[] _phases;
    private readonly bool _isSpi;

    /// <param name="i2c">Of a single phase.</param>
    public Ade7953Maker(IRegisterBus i2c)
    {
        _phases = new IRegisterBus[] { i2c };
    }

    /// <param name="spi">One a phase, phase 0 first.</param>
    public Ade7953Maker(IRegisterBus[] spi)
    {
        _phases = spi;
        _isSpi = true;
    }

    public string FirstProblem(BoardSettings settings)
    {
        if (settings.PhaseCalibration < -Ade7953Calibration.PhaseStepsMax
            || settings.PhaseCalibration > Ade7953Calibration.PhaseStepsMax)
        {
            return "phaseCalibration must be -383 to 383";
        }

        if (settings.PowerOffset < -Ade7953Calibration.PowerOffsetMax
            || settings.PowerOffset > Ade7953Calibration.PowerOffsetMax)
        {
            return "powerOffset must be -10000 to 10000 counts";
        }

        if (settings.NoLoadMilliwatts != 0 && (settings.NoLoadMilliwatts < Ade7953Settings.NoLoadMilliwattsMin
            || settings.NoLoadMilliwatts > NoLoadMilliwattsMax))
        {
            return "noLoadMilliwatts must be 0, or 345 to 5000 mW";
        }

        CurrentRangeTable.Parse(settings.CurrentRanges, out string problem);
        return problem == null ? null : "currentRanges: " + problem;
    }

    public IPowerSensor Make(BoardSettings settings)
    {
        IPowerSensor[] phases = new IPowerSensor[_phases.Length];
        for (int phase = 0; phase < phases.Length; phase++)
        {
            phases[phase] = new Ade7953PowerSensor(_phases[phase], SettingsOf(settings));
        }

        return phases.Length == 1 ? phases[0] : new PhaseGroupPowerSensor(phases);
    }

    // Gains of settings.json hold for every phase; a calibration record corrects each phase by itself. The chip's own
    // 1.0 is that of settings.json.
    private Ade7953Settings SettingsOf(BoardSettings settings) => new Ade7953Settings
    {
        IsSpi = _isSpi,
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
