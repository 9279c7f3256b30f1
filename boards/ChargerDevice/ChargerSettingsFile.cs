using System;
using System.IO;
using System.Text;
using MeterFirmware.Boards.Device;
using MeterFirmware.Boards.Sensors.ModbusMeter;
using MeterFirmware.Dlt645;
using MeterFirmware.EvCharger;
using MeterFirmware.Hardware;
using MeterFirmware.Modbus;
using nanoFramework.Json;

namespace MeterFirmware.Boards.ChargerDevice;

/// <summary>charger.json of the internal storage, and the meters on lines that it names.</summary>
public static class ChargerSettingsFile
{
    /// <summary>Reads the file. Null: it is not there or not good, and <paramref name="problem"/> says why.</summary>
    public static ChargerSettings Load(string path, out string problem)
    {
        try
        {
            byte[] bytes = File.ReadAllBytes(path);
            if (bytes.Length > ChargerSettings.BytesMax)
            {
                problem = path + " is longer than 2048 bytes";
                return null;
            }

            JsonSerializerOptions options = new JsonSerializerOptions
            {
                PropertyNameCaseInsensitive = true,
                ThrowExceptionWhenPropertyNotFound = true,
            };
            string text = Encoding.UTF8.GetString(bytes, 0, bytes.Length);
            ChargerSettings settings = (ChargerSettings)JsonConvert.DeserializeObject(text,
                typeof(ChargerSettings), options);
            problem = settings == null ? "no object" : settings.FirstProblem(BoardFiles.ReadText);
            problem = problem == null ? null : path + ": " + problem;
            return problem == null ? settings : null;
        }
        catch (Exception e)
        {
            problem = path + ": " + e.Message;
            return null;
        }
    }

    /// <summary>The charger's own energy meter beside its chip; null: the chip counts.</summary>
    /// <param name="shared">Its line while the meter at the grid point is on it too; null: it is not.</param>
    public static EnergyMeterPair CreateMeter(ChargerSettings settings, IPowerSensor chip, out ModbusTurns shared)
    {
        shared = null;
        if (settings.MeterLine == "")
        {
            return null;
        }

        ModbusProfile profile = Profile(settings.MeterFile);
        ModbusTurns turns = ModbusMeterFile.Turns(new SerialPortLine(settings.MeterLine, false), profile);
        shared = settings.MeterLine == settings.GridLine ? turns : null;
        return new EnergyMeterPair(chip, ModbusMeterFile.Sensor(turns, profile, settings.MeterUnit));
    }

    /// <summary>The meter at the grid point; null: none.</summary>
    /// <param name="shared">What <see cref="CreateMeter"/> told.</param>
    public static IPowerSensor CreateGridMeter(ChargerSettings settings, ModbusTurns shared)
    {
        if (settings.GridLine == "")
        {
            return null;
        }

        if (shared != null)
        {
            return GridMeter(ModbusMeterFile.Sensor(shared, Profile(settings.GridMeterFile), settings.GridUnit));
        }

        SerialPortLine line = new SerialPortLine(settings.GridLine, false);
        if (settings.GridMeterFile != "")
        {
            return GridMeter(ModbusMeterFile.Sensor(line, Profile(settings.GridMeterFile), settings.GridUnit));
        }

        Dlt645Settings address = new Dlt645Settings();
        Dlt645SettingTexts.TryAddress(settings.GridAddress, address);
        Dlt645Client client = new Dlt645Client(line, Dlt645TotalPower.AnswerBytes) { Baud = settings.GridBaud };
        return new Dlt645TotalPower(client, address.Address);
    }

    private static ModbusPowerSensor GridMeter(ModbusPowerSensor meter)
    {
        meter.GivesOnlyNew = true;
        return meter;
    }

    private static ModbusProfile Profile(string file) => ModbusMeterFile.Read(BoardFiles.ReadText, file, out _);
}
