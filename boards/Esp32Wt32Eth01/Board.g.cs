// Made out of board.json by `dotnet run --project tools/Generate`: change that file.
using MeterFirmware.Boards.Device;
using MeterFirmware.Boards.MeterDevice;
using MeterFirmware.Boards.Sensors.Bl0942;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Hardware;
using MeterFirmware.SmartMeter;
using nanoFramework.Hardware.Esp32;

namespace MeterFirmware.Boards.Esp32Wt32Eth01;

/// <summary>What board.json says of this board (esp32-wt32-eth01).</summary>
internal static class Board
{
    public const string Drive = "I:";
    public const int PhaseCount = 1;
    public const bool StoreMayLoseTail = false;
    public const int MeterReceive = 35;
    public const int MeterSend = 33;
    public const int Relay = 32;
    public const int Pulse = 14;
    public const int Programming = 4;
    public const int SupplyFails = 17;

    public static MeterPins Pins() => new MeterPins
    {
        Relay = Relay,
        Pulse = Pulse,
        Programming = Programming,
        SupplyFails = SupplyFails,
    };

    public static MeterPlan Plan() => MeterPlan.Of4Megabytes();

    /// <summary>Before anything is opened: a bus finds its pins by them.</summary>
    public static void AssignFunctions()
    {
        Configuration.SetPinFunction(MeterReceive, DeviceFunction.COM2_RX);
        Configuration.SetPinFunction(MeterSend, DeviceFunction.COM2_TX);
    }

    /// <summary>Metering chips of the image; where the settings name none, the first.</summary>
    public static SensorTable Sensors()
    {
        SensorTable sensors = new SensorTable();
        sensors.Add("bl0942", new Bl0942Maker(new SerialPortLine("COM2", false)));
        return sensors;
    }

    public const int FramBlocks = 0;

    /// <summary>The first blocks of the plan lie there; null: all are files.</summary>
    public static IStoreSource Fram() => null;

    /// <summary>Null: none with a battery.</summary>
    public static IBatteryClock Clock() => null;

    /// <summary>Null: no network.</summary>
    public static NetworkStarter StartNetwork(BoardSettings settings) =>
        NetworkStarter.StartEthernet();
}
