using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Hardware;
using MeterFirmware.Modbus;

namespace MeterFirmware.Boards.Sensors.ModbusMeter;

/// <summary>Another maker's meter or inverter on a Modbus line instead of a chip: a site's grid point, a PV plant. Its
/// line's speed and registers stand in its data file (firmware/Modbus/Meters).</summary>
public sealed class ModbusMeterMaker : ISensorMaker, ISensorLine
{
    private readonly ISerialLine _line;
    private readonly TextFileSource _files;

    /// <param name="line">Nobody else speaks there.</param>
    /// <param name="lineName">Its name.</param>
    /// <param name="files">The board's drive.</param>
    public ModbusMeterMaker(ISerialLine line, string lineName, TextFileSource files)
    {
        _line = line;
        LineName = lineName;
        _files = files;
    }

    public string LineName { get; }

    public string FirstProblem(BoardSettings settings)
    {
        if (settings.VoltageGain != BoardSettings.GainUnity || settings.CurrentGain != BoardSettings.GainUnity
            || settings.PowerGain != BoardSettings.GainUnity || settings.PhaseCalibration != 0
            || settings.PowerOffset != 0 || settings.CurrentRanges != "" || settings.CurrentInverted)
        {
            return "gains, phaseCalibration, powerOffset, currentRanges and currentInverted: a Modbus meter takes none";
        }

        if (settings.MeterUnit < 1 || settings.MeterUnit > ModbusProtocol.UnitMax)
        {
            return "meterUnit must be 1 to 247";
        }

        if (settings.Dlt645Line == LineName)
        {
            return "dlt645Line must be another line than the Modbus meter's, " + LineName;
        }

        if (settings.MeterFile == "")
        {
            return "meterFile must name the data file of the Modbus meter, such as I:\\sdm630.txt";
        }

        ModbusMeterFile.Read(_files, settings.MeterFile, out string problem);
        return problem;
    }

    public IPowerSensor Make(BoardSettings settings) => ModbusMeterFile.Sensor(
        _line, ModbusMeterFile.Read(_files, settings.MeterFile, out string _), settings.MeterUnit);
}
