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
    public static ModbusPowerSensor Sensor(ISerialLine line, ModbusProfile profile, int unit) =>
        new ModbusPowerSensor(Client(line, profile), profile, unit);

    /// <summary>A line that meters share.</summary>
    /// <param name="profile">One of theirs, for the line's speed.</param>
    public static ModbusTurns Turns(ISerialLine line, ModbusProfile profile) =>
        new ModbusTurns(Client(line, profile));

    /// <summary>Another meter on a line: the longer rest of the two holds for both.</summary>
    /// <param name="unit">1 to 247.</param>
    public static ModbusPowerSensor Sensor(ModbusTurns turns, ModbusProfile profile, int unit)
    {
        turns.Client.RestMs = profile.RestMs > turns.Client.RestMs ? profile.RestMs : turns.Client.RestMs;
        return new ModbusPowerSensor(turns, profile, unit);
    }

    /// <summary>Why two meters cannot be on one line; null: they can.</summary>
    public static string SharedProblem(ModbusProfile first, int firstUnit, ModbusProfile second, int secondUnit)
    {
        if (firstUnit == secondUnit)
        {
            return "two meters on one line must have two units, not " + firstUnit.ToString() + " both";
        }

        return first.Baud == second.Baud && first.Parity == second.Parity ? null
            : "two meters on one line must speak at one speed and parity: " + LineOf(first) + " and "
                + LineOf(second);
    }

    private static ModbusClient Client(ISerialLine line, ModbusProfile profile) =>
        new ModbusClient(line, ModbusFraming.Rtu)
        {
            Baud = profile.Baud,
            Parity = profile.Parity,
            RestMs = profile.RestMs,
        };

    private static string LineOf(ModbusProfile profile) => profile.Baud.ToString()
        + (profile.Parity == 0 ? " none" : profile.Parity == 1 ? " odd" : " even");
}
