using System;
using System.IO;
using System.Text;
using MeterFirmware.Modbus;

namespace MeterFirmware.Boards.ChargerDevice;

/// <summary>A Modbus meter's data file on the board's drive.</summary>
internal static class ModbusFile
{
    private const int BytesMax = 4096;

    /// <summary>Null: it is not there or not good, and <paramref name="problem"/> says why.</summary>
    public static ModbusProfile Read(string path, out string problem)
    {
        problem = null;
        try
        {
            byte[] bytes = File.ReadAllBytes(path);
            if (bytes.Length > BytesMax)
            {
                problem = path + " is longer than 4096 bytes";
                return null;
            }

            ModbusProfileReader reader = new ModbusProfileReader();
            ModbusProfile profile = reader.Read(Encoding.UTF8.GetString(bytes, 0, bytes.Length));
            problem = profile == null ? path + ", line " + reader.ErrorLine.ToString() + ": " + reader.Error : null;
            return profile;
        }
        catch (Exception e)
        {
            problem = path + ": " + e.Message;
            return null;
        }
    }
}
