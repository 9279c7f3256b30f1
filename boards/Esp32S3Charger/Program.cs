using System.Device.Gpio;
using MeterFirmware.Boards.ChargerDevice;
using MeterFirmware.Boards.Device;
using nanoFramework.Hardware.Esp32;

namespace MeterFirmware.Boards.Esp32S3Charger;

/// <summary>A charge point on an ESP32-S3-DevKitC-1: pins, bus, network; see README.md for the wiring.</summary>
public static class Program
{
    private const int ClockPin = 12;
    private const int DataInPin = 13;
    private const int DataOutPin = 11;
    private const int GridReceivePin = 3;
    private const int GridSendPin = 46;

    public static void Main()
    {
        ChargerPins pins = new ChargerPins
        {
            PilotPwm = 4,
            PilotHighChannel = 0,
            PilotLowChannel = 1,
            ProximityChannel = 4,
            TemperatureChannel = 5,
            Coil = 7,
            Mirror = 16,
            TickAlive = 15,
            ThreePhases = -1,
            UpstreamTrip = 39,
            ResidualAlternating = 17,
            ResidualDirect = 18,
            ResidualTest = 8,
            Earth = 21,
            LockRun = 40,
            LockDirection = 41,
            LockEndSwitch = 42,
            LampRed = 9,
            LampGreen = 47,
            LampBlue = 48,
            MeterSelect = 14,
            CardSelect = 10,
            SupplyFails = 38,
        };
        Configuration.SetPinFunction(pins.PilotPwm, DeviceFunction.PWM1);
        Configuration.SetPinFunction(1, DeviceFunction.ADC1_CH0);
        Configuration.SetPinFunction(2, DeviceFunction.ADC1_CH1);
        Configuration.SetPinFunction(5, DeviceFunction.ADC1_CH4);
        Configuration.SetPinFunction(6, DeviceFunction.ADC1_CH5);
        Configuration.SetPinFunction(ClockPin, DeviceFunction.SPI1_CLOCK);
        Configuration.SetPinFunction(DataInPin, DeviceFunction.SPI1_MISO);
        Configuration.SetPinFunction(DataOutPin, DeviceFunction.SPI1_MOSI);
        Configuration.SetPinFunction(GridReceivePin, DeviceFunction.COM2_RX);
        Configuration.SetPinFunction(GridSendPin, DeviceFunction.COM2_TX);
        ChargerBoard board = new ChargerBoard("I:", pins, new GpioController());
        if (board.Settings.Ssid != "")
        {
            board.Network = NetworkStarter.StartWifi(board.Settings.Ssid, board.Settings.WifiPassword);
        }

        board.Run();
    }
}
