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

    /// <summary>The meter at the grid point; null: none.</summary>
    public static IPowerSensor CreateGridMeter(ChargerSettings settings)
    {
        if (settings.GridLine == "")
        {
            return null;
        }

        SerialPortLine line = new SerialPortLine(settings.GridLine, false);
        if (settings.GridMeterFile != "")
        {
            ModbusPowerSensor meter = ModbusMeterFile.Sensor(
                line, ModbusMeterFile.Read(BoardFiles.ReadText, settings.GridMeterFile, out _), settings.GridUnit);
            meter.GivesOnlyNew = true;
            return meter;
        }

        Dlt645Settings address = new Dlt645Settings();
        Dlt645SettingTexts.TryAddress(settings.GridAddress, address);
        Dlt645Client client = new Dlt645Client(line, Dlt645TotalPower.AnswerBytes) { Baud = settings.GridBaud };
        return new Dlt645TotalPower(client, address.Address);
    }

    /// <summary>The charger's own energy meter beside its chip; null: the chip counts.</summary>
    public static EnergyMeterPair CreateMeter(ChargerSettings settings, IPowerSensor chip) =>
        settings.MeterLine == "" ? null
        : new EnergyMeterPair(chip, ModbusMeterFile.Sensor(new SerialPortLine(settings.MeterLine, false),
            ModbusMeterFile.Read(BoardFiles.ReadText, settings.MeterFile, out _), settings.MeterUnit));
}
