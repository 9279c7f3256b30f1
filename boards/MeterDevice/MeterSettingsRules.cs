#nullable disable // The PC's meterctl compiles this file too: it checks a settings.json by the board's own rules.
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Calibration;
using MeterFirmware.Dlt645;
using MeterFirmware.Dlt645Meter;
using MeterFirmware.Modbus;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Boards.MeterDevice;

/// <summary>What the members of settings.json that only a meter knows may be.</summary>
public static class MeterSettingsRules
{
    /// <summary>The name plate as the line answers it.</summary>
    public static NamePlate PlateOf(BoardSettings settings) => new NamePlate
    {
        AssetNumber = settings.AssetNumber,
        RatedVoltage = settings.RatedVoltage,
        RatedCurrent = settings.RatedCurrent,
        MaximumCurrent = settings.MaximumCurrent,
        ActiveClass = settings.AccuracyClass,
        ReactiveClass = settings.ReactiveClass,
        Model = settings.Model,
        ProductionDate = settings.ProductionDate,
        Software = new TelemetrySettings().Firmware,
        Hardware = settings.Hardware,
        Maker = settings.Maker,
    };

    /// <summary>The first thing that is wrong, with what was expected; null: nothing.</summary>
    public static string FirstProblem(BoardSettings settings)
    {
        if (AccuracyLimit.Of(settings.AccuracyClass) < 0)
        {
            return "accuracyClass must be one of " + AccuracyLimit.Names;
        }

        Dlt645Settings line = new Dlt645Settings();
        if (!Dlt645SettingTexts.TryAddress(settings.Dlt645Address, line)
            || !Dlt645SettingTexts.TryPassword(settings.Dlt645Password, line))
        {
            return "dlt645Address must be 12 digits, dlt645Password empty or like 02:123456";
        }

        if (!LineProtocol.IsKnown(settings.LineProtocol))
        {
            return "lineProtocol must be " + LineProtocol.Names;
        }

        if (settings.LineBaud != 0 && (settings.LineBaud < 300 || settings.LineBaud > 115_200))
        {
            return "lineBaud must be 300 to 115200, or 0 for the protocol's own";
        }

        if (settings.ModbusUnit < 1 || settings.ModbusUnit > ModbusProtocol.UnitMax
            || settings.ModbusParity < 0 || settings.ModbusParity > 2)
        {
            return "modbusUnit must be 1 to 247, modbusParity 0 (none), 1 (odd) or 2 (even)";
        }

        return PlateOf(settings).FindProblem();
    }
}
