// Made out of board.json by `dotnet run --project tools/Generate`: change that file.
using MeterFirmware.Boards.Device;
using MeterFirmware.Boards.Sensors.Ade7953;
using MeterFirmware.Boards.Sensors.ModbusMeter;
using MeterFirmware.Boards.SettingsFile;
using nanoFramework.Hardware.Esp32;

namespace MeterFirmware.Boards.Esp32SiteController;

/// <summary>What board.json says of this board (esp32).</summary>
internal static class Board
{
    public const string Drive = "I:";
    public const int PhaseCount = 1;
    public const bool StoreMayLoseTail = false;
    public const int HeapBytes = 73728;
    public const int I2cData = 21;
    public const int I2cClock = 22;
    public const int LineReceive = 16;
    public const int LineSend = 17;
    public const int LineDirection = 4;

    /// <summary>Before anything is opened: a bus finds its pins by them.</summary>
    public static void AssignFunctions()
    {
        Configuration.SetPinFunction(I2cData, DeviceFunction.I2C1_DATA);
        Configuration.SetPinFunction(I2cClock, DeviceFunction.I2C1_CLOCK);
        Configuration.SetPinFunction(LineReceive, DeviceFunction.COM2_RX);
        Configuration.SetPinFunction(LineSend, DeviceFunction.COM2_TX);
        Configuration.SetPinFunction(LineDirection, DeviceFunction.COM2_RTS);
    }

    /// <summary>Metering chips of the image; where the settings name none, the first.</summary>
    public static SensorTable Sensors()
    {
        SensorTable sensors = new SensorTable();
        sensors.Add("ade7953", new Ade7953Maker(new I2cRegisterBus(1, Ade7953Maker.Address)));
        sensors.Add("modbus", new ModbusMeterMaker(
            new SerialPortLine("COM2", true), "COM2", BoardFiles.ReadText));
        sensors.AddIgnored("ina219");
        sensors.AddIgnored("ina219-binding");
        return sensors;
    }

    /// <summary>Null: no network.</summary>
    public static NetworkStarter StartNetwork(BoardSettings settings) =>
        settings.Ssid == "" ? null : NetworkStarter.StartWifi(settings.Ssid, settings.WifiPassword);
}
