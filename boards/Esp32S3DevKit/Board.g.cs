// Made out of board.json by `dotnet run --project tools/Generate`: change that file.
using MeterFirmware.Boards.Device;
using MeterFirmware.Boards.MeterDevice;
using MeterFirmware.Boards.Sensors.Ade7953;
using MeterFirmware.Boards.Sensors.Ina219;
using MeterFirmware.Boards.Sensors.Ina219Binding;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.SmartMeter;
using nanoFramework.Hardware.Esp32;

namespace MeterFirmware.Boards.Esp32S3DevKit;

/// <summary>What board.json says of this board (esp32-s3-n8r8).</summary>
internal static class Board
{
    public const string Drive = "I:";
    public const int PhaseCount = 1;
    public const bool StoreMayLoseTail = false;
    public const int I2cData = 8;
    public const int I2cClock = 9;
    public const int Relay = 5;
    public const int Pulse = 6;
    public const int Cover = 10;
    public const int TerminalCover = 11;
    public const int Magnet = 12;
    public const int Programming = 7;
    public const int SupplyFails = 4;

    public static MeterPins Pins() => new MeterPins
    {
        Relay = Relay,
        Pulse = Pulse,
        Cover = Cover,
        TerminalCover = TerminalCover,
        Magnet = Magnet,
        Programming = Programming,
        SupplyFails = SupplyFails,
    };

    public static MeterPlan Plan() => MeterPlan.Of4Megabytes();

    /// <summary>Before anything is opened: a bus finds its pins by them.</summary>
    public static void AssignFunctions()
    {
        Configuration.SetPinFunction(I2cData, DeviceFunction.I2C1_DATA);
        Configuration.SetPinFunction(I2cClock, DeviceFunction.I2C1_CLOCK);
    }

    /// <summary>Metering chips of the image; where the settings name none, the first.</summary>
    public static SensorTable Sensors()
    {
        SensorTable sensors = new SensorTable();
        sensors.Add("ade7953", new Ade7953Maker(new I2cRegisterBus(1, Ade7953Maker.Address)));
        sensors.Add("ina219", new Ina219Maker(new I2cRegisterBus(1, Ina219Maker.Address)));
        sensors.Add("ina219-binding", new Ina219BindingMaker(1));
        return sensors;
    }

    /// <summary>Null: no network.</summary>
    public static NetworkStarter StartNetwork(BoardSettings settings) =>
        settings.Ssid == "" ? null : NetworkStarter.StartWifi(settings.Ssid, settings.WifiPassword);
}
