using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Device;

/// <summary>Makes the sensor of one metering chip where a board has it: its bus, its phases.</summary>
public interface ISensorMaker
{
    /// <summary>Opens its bus and touches no chip yet.</summary>
    /// <param name="settings">Checked.</param>
    IPowerSensor Make(BoardSettings settings);
}
