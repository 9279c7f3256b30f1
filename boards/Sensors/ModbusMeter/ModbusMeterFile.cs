using System;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Hardware;
using MeterFirmware.Modbus;

namespace MeterFirmware.Boards.Sensors.ModbusMeter;

/// <summary>A Modbus meter's data file on the board's drive, and the meter on its line.</summary>
public static class ModbusMeterFile
{
    private const int LengthMax = 4096;

    /// <summary>Null: it is not there or not good, and <paramref name="problem"/> says why.</summary>
    public static ModbusProfile Read(TextFileSource files, string path, out string problem)
    {
        try
        {
            string text = files(path);
            if (text.Length > LengthMax)
            {
                problem = path + " is longer than 4096 characters";
                return null;
            }

            ModbusProfileReader reader = new ModbusProfileReader();
            ModbusProfile profile = reader.Read(text);
            problem = profile == null ? path + ", line " + reader.ErrorLine.ToString() + ": " + reader.Error : null;
            return profile;
        }
        catch (Exception e)
        {
            problem = path + ": " + e.Message;
            return null;
        }
    }

    /// <summary>The meter, on a line of its own.</summary>
    /// <param name="unit">1 to 247.</param>
    public static ModbusPowerSensor Sensor(ISerialLine line, ModbusProfile profile, int unit)
    {
        ModbusClient client = new ModbusClient(line, ModbusFraming.Rtu)
        {
            Baud = profile.Baud,
            Parity = profile.Parity,
            RestMs = profile.RestMs,
        };
        return new ModbusPowerSensor(client, profile, unit);
    }
}
