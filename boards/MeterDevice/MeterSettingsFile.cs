using MeterFirmware.Boards.Device;
using MeterFirmware.Boards.SettingsFile;

namespace MeterFirmware.Boards.MeterDevice;

/// <summary>The part of settings.json that only a meter knows: accuracy class, serial line, name plate.</summary>
public static class MeterSettingsFile
{
    /// <summary>Reads the file. Never throws: what is wrong with it goes into <paramref name="problem"/> (null:
    /// nothing), and then nothing of it is used.</summary>
    public static BoardSettings Load(string path, SensorTable sensors, out string problem)
    {
        BoardSettings settings = BoardSettingsFile.Load(path, sensors, out problem);
        if (problem != null)
        {
            return settings;
        }

        string found = MeterSettingsRules.FirstProblem(settings);
        if (found == null)
        {
            return settings;
        }

        problem = path + ": " + found;
        return new BoardSettings { Sensor = sensors.First };
    }
}
