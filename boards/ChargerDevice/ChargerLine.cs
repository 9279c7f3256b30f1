using MeterFirmware.Boards.Device;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.ChargerSafety;
using MeterFirmware.EvCharger;
using MeterFirmware.Modbus;
using MeterFirmware.ModbusCharger;

namespace MeterFirmware.Boards.ChargerDevice;

/// <summary>The charger on a Modbus line, read only. Made only where settings.json names a line: a charger without one
/// spends no heap on it.</summary>
public sealed class ChargerLine
{
    private readonly ModbusServer _server;

    /// <param name="product">Ticked by the board.</param>
    /// <param name="safety">What the station is wired for.</param>
    public ChargerLine(BoardSettings settings, EvChargerProduct product, SafetySettings safety)
    {
        ModbusSettings line = new ModbusSettings { Unit = settings.ModbusUnit, Parity = settings.ModbusParity };
        line.Baud = settings.LineBaud > 0 ? settings.LineBaud : line.Baud;
        ChargerPlate plate = new ChargerPlate
        {
            Maker = settings.Maker,
            Model = settings.Model,
            Version = settings.Hardware,
            Serial = settings.AssetNumber,
            Unit = settings.ModbusUnit,
        };
        _server = new ModbusServer(
            new SerialPortLine(settings.Dlt645Line, settings.Dlt645Rs485), line,
            ChargerMaps.Create(product, safety, plate));
    }

    /// <summary>Why the line is not served; null: it is.</summary>
    public static string Problem(BoardSettings settings, ChargerSettings charger)
    {
        if (settings.LineProtocol != LineProtocol.Modbus)
        {
            return "lineProtocol must be modbus: a charger speaks nothing else there";
        }

        if (settings.Dlt645Line == charger.MeterLine || settings.Dlt645Line == charger.GridLine
            || settings.Dlt645Line == charger.SiteLine)
        {
            return "dlt645Line must be another line than meterLine, gridLine and siteLine";
        }

        if (settings.LineBaud != 0 && (settings.LineBaud < 300 || settings.LineBaud > 115_200))
        {
            return "lineBaud must be 300 to 115200, or 0 for 9600";
        }

        return settings.ModbusUnit < 1 || settings.ModbusUnit > ModbusProtocol.UnitMax || settings.ModbusParity < 0
            || settings.ModbusParity > 2
            ? "modbusUnit must be 1 to 247, modbusParity 0 (none), 1 (odd) or 2 (even)" : null;
    }

    /// <summary>Behind the safety loop.</summary>
    public void Tick(long nowMs) => _server.Tick(nowMs);
}
