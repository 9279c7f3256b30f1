using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.SettingsFile;

/// <summary>
/// Makes the sensor of one metering chip. It is constructed with the bus that the chip hangs at, one bus a phase where
/// each phase has a chip of its own. A maker of your own: see boards/README.md.
/// </summary>
public interface ISensorMaker
{
    /// <summary>What of the settings this chip cannot do, with what was expected; null: nothing.</summary>
    string FirstProblem(BoardSettings settings);

    /// <summary>Touches no chip yet.</summary>
    /// <param name="settings">Checked by <see cref="FirstProblem"/>.</param>
    IPowerSensor Make(BoardSettings settings);
}
