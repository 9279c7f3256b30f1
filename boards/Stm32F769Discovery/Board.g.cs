// Made out of board.json by `dotnet run --project tools/Generate`: change that file.
using MeterFirmware.Boards.Device;
using MeterFirmware.Boards.MeterDevice;
using MeterFirmware.Boards.Sensors.Ade7953;
using MeterFirmware.Boards.Sensors.Ina219;
using MeterFirmware.Boards.Sensors.Ina219Binding;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.SmartMeter;

namespace MeterFirmware.Boards.Stm32F769Discovery;

/// <summary>What board.json says of this board (stm32f769i-discovery).</summary>
internal static class Board
{
    public const string Drive = "D:";
    public const int PhaseCount = 1;
    public const bool StoreMayLoseTail = true;
    public const int I2cData = 25;
    public const int I2cClock = 24;
    public const int Relay = 86;
    public const int Programming = 145;
    public const int SupplyFails = 40;

    public static MeterPins Pins() => new MeterPins
    {
        Relay = Relay,
        Programming = Programming,
        SupplyFails = SupplyFails,
    };

    public static MeterPlan Plan() => MeterPlan.Of4Megabytes();

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
        NetworkStarter.StartEthernet();
}
