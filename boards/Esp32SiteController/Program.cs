using MeterFirmware.Boards.Device;
using nanoFramework.Hardware.Esp32;

namespace MeterFirmware.Boards.Esp32SiteController;

/// <summary>A site controller on an ESP32-DevKitC: see README.md for the wiring.</summary>
public static class Program
{
    private const int I2cDataPin = 21;
    private const int I2cClockPin = 22;
    private const int LineReceivePin = 16;
    private const int LineSendPin = 17;
    private const int LineDirectionPin = 4;
    private const int I2cBusId = 1;

    public static void Main()
    {
        Configuration.SetPinFunction(I2cDataPin, DeviceFunction.I2C1_DATA);
        Configuration.SetPinFunction(I2cClockPin, DeviceFunction.I2C1_CLOCK);
        Configuration.SetPinFunction(LineReceivePin, DeviceFunction.COM2_RX);
        Configuration.SetPinFunction(LineSendPin, DeviceFunction.COM2_TX);
        Configuration.SetPinFunction(LineDirectionPin, DeviceFunction.COM2_RTS);
        SiteBoard board = new SiteBoard("I:", I2cBusId);
        if (board.Settings.Ssid != "")
        {
            board.Network = NetworkStarter.StartWifi(board.Settings.Ssid, board.Settings.WifiPassword);
        }

        board.Run();
    }
}
