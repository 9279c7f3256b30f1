// Made out of board.json by `dotnet run --project tools/Generate`: change that file.
using MeterFirmware.Boards.Device;
using MeterFirmware.Boards.MeterDevice;
using MeterFirmware.Boards.Sensors.Ade7953;
using MeterFirmware.Boards.Sensors.ModbusMeter;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Hardware;
using MeterFirmware.SmartMeter;
using nanoFramework.Hardware.Esp32;

namespace MeterFirmware.Boards.Esp32ThreePhase;

/// <summary>What board.json says of this board (esp32-s3-n8r8).</summary>
internal static class Board
{
    public const string Drive = "I:";
    public const int PhaseCount = 3;
    public const bool StoreMayLoseTail = false;
    public const int SpiClock = 12;
    public const int SpiDataIn = 13;
    public const int SpiDataOut = 11;
    public const int SelectL1 = 10;
    public const int SelectL2 = 14;
    public const int SelectL3 = 9;
    public const int Relay = 5;
    public const int Pulse = 6;
    public const int Cover = 15;
    public const int TerminalCover = 16;
    public const int Magnet = 17;
    public const int Programming = 7;
    public const int SupplyFails = 4;
    public const int LineReceive = 18;
    public const int LineSend = 8;
    public const int LineDirection = 21;

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
        Configuration.SetPinFunction(SpiClock, DeviceFunction.SPI1_CLOCK);
        Configuration.SetPinFunction(SpiDataIn, DeviceFunction.SPI1_MISO);
        Configuration.SetPinFunction(SpiDataOut, DeviceFunction.SPI1_MOSI);
        Configuration.SetPinFunction(LineReceive, DeviceFunction.COM2_RX);
        Configuration.SetPinFunction(LineSend, DeviceFunction.COM2_TX);
        Configuration.SetPinFunction(LineDirection, DeviceFunction.COM2_RTS);
    }

    /// <summary>Metering chips of the image; where the settings name none, the first.</summary>
    public static SensorTable Sensors()
    {
        SensorTable sensors = new SensorTable();
        sensors.Add("ade7953", new Ade7953Maker(new IRegisterBus[]
        {
            new SpiRegisterBus(1, SelectL1, Ade7953Maker.SpiHertz, Ade7953Maker.SpiMode),
            new SpiRegisterBus(1, SelectL2, Ade7953Maker.SpiHertz, Ade7953Maker.SpiMode),
            new SpiRegisterBus(1, SelectL3, Ade7953Maker.SpiHertz, Ade7953Maker.SpiMode),
        }));
        sensors.Add("modbus", new ModbusMeterMaker(
            new SerialPortLine("COM2", true), "COM2", BoardFiles.ReadText));
        return sensors;
    }

    public const int FramBlocks = 0;

    /// <summary>The first blocks of the plan lie there; null: all are files.</summary>
    public static IStoreSource Fram() => null;

    /// <summary>Null: none with a battery.</summary>
    public static IBatteryClock Clock() => null;

    /// <summary>Null: no network.</summary>
    public static NetworkStarter StartNetwork(BoardSettings settings) =>
        settings.Ssid == "" ? null : NetworkStarter.StartWifi(settings.Ssid, settings.WifiPassword);
}
