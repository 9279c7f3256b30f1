using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Drivers.Hlw8012;
using MeterFirmware.Drivers.MeteringChips;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Sensors.Hlw8012;

/// <summary>An HLW8012 or a BL0937: two pulse outputs and a select pin. Gains of settings.json multiply what a pulse
/// stands for.</summary>
public sealed class Hlw8012Maker : ISensorMaker
{
    private readonly IPulseCounter _pulses;
    private readonly IPulseCounter _selectedPulses;
    private readonly IDigitalOutput _select;
    private readonly bool _isBl0937;

    /// <param name="pulses">CF.</param>
    /// <param name="selectedPulses">CF1.</param>
    /// <param name="select">SEL.</param>
    /// <param name="isBl0937">Which of the two chips.</param>
    public Hlw8012Maker(IPulseCounter pulses, IPulseCounter selectedPulses, IDigitalOutput select, bool isBl0937)
    {
        _pulses = pulses;
        _selectedPulses = selectedPulses;
        _select = select;
        _isBl0937 = isBl0937;
    }

    public string FirstProblem(BoardSettings settings)
    {
        if (settings.PhaseCalibration != 0 || settings.PowerOffset != 0 || settings.CurrentRanges != ""
            || settings.CurrentInverted)
        {
            return "phaseCalibration, powerOffset, currentRanges and currentInverted: an HLW8012 or BL0937 takes none";
        }

        return TrySettings(settings, NewChip())
            ? null : "a gain of an HLW8012 or BL0937 must be 3355444 to 5033164 (4194304 = 1.0)";
    }

    public IPowerSensor Make(BoardSettings settings)
    {
        Hlw8012Settings chip = NewChip();
        TrySettings(settings, chip);
        return new Hlw8012PowerSensor(_pulses, _selectedPulses, _select, chip);
    }

    private Hlw8012Settings NewChip() => _isBl0937 ? Hlw8012Settings.ForBl0937() : new Hlw8012Settings();

    private static bool TrySettings(BoardSettings settings, Hlw8012Settings chip)
    {
        const int Unity = BoardSettings.GainUnity;
        return ScaleCalibration.TryAdjust(
                chip.MicrovoltsPerHertz, settings.VoltageGain, Unity, out chip.MicrovoltsPerHertz)
            && ScaleCalibration.TryAdjust(
                chip.MicroampsPerHertz, settings.CurrentGain, Unity, out chip.MicroampsPerHertz)
            && ScaleCalibration.TryAdjust(
                chip.MicrojoulesPerPulse, settings.PowerGain, Unity, out chip.MicrojoulesPerPulse);
    }
}
