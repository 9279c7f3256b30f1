using System;
using System.IO;
using System.Text;
using MeterFirmware.Boards.SettingsFile;
using nanoFramework.Json;

namespace MeterFirmware.Boards.Device;

/// <summary>settings.json of the internal storage, at most 2 KB, read once at start with nanoFramework.Json. Without it
/// a device counts and keeps its records, and says so.</summary>
public static class BoardSettingsFile
{
    private const int BytesMax = 2048;

    /// <summary>Reads the file. Never throws: where something is wrong nothing of it is used.</summary>
    /// <param name="sensors">What the board carries.</param>
    /// <param name="problem">What is wrong, or what of the file is taken but not looked at; null: nothing.</param>
    public static BoardSettings Load(string path, SensorTable sensors, out string problem)
    {
        BoardSettings settings = Read(path, sensors, out problem);
        if (sensors.Ignores(settings.Sensor))
        {
            problem = path + ": sensor " + settings.Sensor + " is not on this board: " + sensors.First + " is used";
        }

        settings.Sensor = settings.Sensor == "" || sensors.Ignores(settings.Sensor) ? sensors.First : settings.Sensor;
        return settings;
    }

    private static BoardSettings Read(string path, SensorTable sensors, out string problem)
    {
        try
        {
            if (!File.Exists(path))
            {
                problem = path + " not found: defaults, no network";
                return new BoardSettings();
            }

            byte[] bytes = File.ReadAllBytes(path);
            if (bytes.Length > BytesMax)
            {
                problem = path + " is longer than 2048 bytes: defaults, no network";
                return new BoardSettings();
            }

            JsonSerializerOptions options = new JsonSerializerOptions
            {
                PropertyNameCaseInsensitive = true,
                ThrowExceptionWhenPropertyNotFound = true,
            };
            string text = Encoding.UTF8.GetString(bytes, 0, bytes.Length);
            BoardSettings settings = (BoardSettings)JsonConvert.DeserializeObject(text, typeof(BoardSettings), options);
            string found = settings == null ? "holds no object" : settings.FirstProblem(sensors);
            problem = found == null ? null : path + ": " + found;
            return problem == null ? settings : new BoardSettings();
        }
        catch (Exception e)
        {
            problem = path + ": " + e.Message + ": defaults, no network";
            return new BoardSettings();
        }
    }
}
