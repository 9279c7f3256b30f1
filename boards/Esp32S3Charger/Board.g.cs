// Made out of board.json by `dotnet run --project tools/Generate`: change that file.
using MeterFirmware.Boards.ChargerDevice;
using MeterFirmware.Boards.Device;
using MeterFirmware.Boards.Sensors.Ade7953;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Hardware;
using nanoFramework.Hardware.Esp32;

namespace MeterFirmware.Boards.Esp32S3Charger;

/// <summary>What board.json says of this board (esp32-s3-n8r8).</summary>
internal static class Board
{
    public const string Drive = "I:";
    public const int PhaseCount = 1;
    public const bool StoreMayLoseTail = false;
    public const int PilotPwm = 4;
    public const int PilotHigh = 1;
    public const int PilotLow = 2;
    public const int Proximity = 5;
    public const int Temperature = 6;
    public const int Coil = 7;
    public const int Mirror = 16;
    public const int TickAlive = 15;
    public const int UpstreamTrip = 39;
    public const int ResidualAlternating = 17;
    public const int ResidualDirect = 18;
    public const int ResidualTest = 8;
    public const int Earth = 21;
    public const int LockRun = 40;
    public const int LockDirection = 41;
    public const int LockEndSwitch = 42;
    public const int LampRed = 9;
    public const int LampGreen = 47;
    public const int LampBlue = 48;
    public const int SpiClock = 12;
    public const int SpiDataIn = 13;
    public const int SpiDataOut = 11;
    public const int MeterSelect = 14;
    public const int CardSelect = 10;
    public const int SupplyFails = 38;
    public const int GridReceive = 3;
    public const int GridSend = 46;

    public static ChargerPins Pins() => new ChargerPins
    {
        PilotPwm = PilotPwm,
        PilotHighChannel = 0,
        PilotLowChannel = 1,
        ProximityChannel = 4,
        TemperatureChannel = 5,
        Coil = Coil,
        Mirror = Mirror,
        TickAlive = TickAlive,
        UpstreamTrip = UpstreamTrip,
        ResidualAlternating = ResidualAlternating,
        ResidualDirect = ResidualDirect,
        ResidualTest = ResidualTest,
        Earth = Earth,
        LockRun = LockRun,
        LockDirection = LockDirection,
        LockEndSwitch = LockEndSwitch,
        LampRed = LampRed,
        LampGreen = LampGreen,
        LampBlue = LampBlue,
        CardSelect = CardSelect,
        SupplyFails = SupplyFails,
    };

    /// <summary>Before anything is opened: a bus finds its pins by them.</summary>
    public static void AssignFunctions()
    {
        Configuration.SetPinFunction(PilotPwm, DeviceFunction.PWM1);
        Configuration.SetPinFunction(PilotHigh, DeviceFunction.ADC1_CH0);
        Configuration.SetPinFunction(PilotLow, DeviceFunction.ADC1_CH1);
        Configuration.SetPinFunction(Proximity, DeviceFunction.ADC1_CH4);
        Configuration.SetPinFunction(Temperature, DeviceFunction.ADC1_CH5);
        Configuration.SetPinFunction(SpiClock, DeviceFunction.SPI1_CLOCK);
        Configuration.SetPinFunction(SpiDataIn, DeviceFunction.SPI1_MISO);
        Configuration.SetPinFunction(SpiDataOut, DeviceFunction.SPI1_MOSI);
        Configuration.SetPinFunction(GridReceive, DeviceFunction.COM2_RX);
        Configuration.SetPinFunction(GridSend, DeviceFunction.COM2_TX);
    }

    /// <summary>Metering chips of the image; where the settings name none, the first.</summary>
    public static SensorTable Sensors()
    {
        SensorTable sensors = new SensorTable();
        sensors.Add("ade7953", new Ade7953Maker(new IRegisterBus[]
        {
            new SpiRegisterBus(1, MeterSelect, Ade7953Maker.SpiHertz, Ade7953Maker.SpiMode),
        }));
        sensors.AddIgnored("ina219");
        sensors.AddIgnored("ina219-binding");
        return sensors;
    }

    /// <summary>Null: no network.</summary>
    public static NetworkStarter StartNetwork(BoardSettings settings) =>
        settings.Ssid == "" ? null : NetworkStarter.StartWifi(settings.Ssid, settings.WifiPassword);
}
