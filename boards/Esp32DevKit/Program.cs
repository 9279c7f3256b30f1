using System.Device.Gpio;
using MeterFirmware.Boards.Device;
using nanoFramework.Hardware.Esp32;

namespace MeterFirmware.Boards.Esp32DevKit;

/// <summary>The meter on an ESP32-DevKitC: see README.md for the wiring.</summary>
public static class Program
{
    private const int I2cDataPin = 21;
    private const int I2cClockPin = 22;
    private const int RelayPin = 26;
    private const int SupplyPin = 27;
    private const int PulsePin = 25;
    private const int CoverPin = 32;
    private const int TerminalCoverPin = 33;
    private const int MagnetPin = 13;
    private const int ProgrammingInputPin = 4;
    private const int NoFeedbackPin = -1;
    private const int I2cBusId = 1;

    // Held for the life of the device: a load-control relay rests open until the product closes it.
    private static GpioRelay _relay;

    public static void Main()
    {
        Configuration.SetPinFunction(I2cDataPin, DeviceFunction.I2C1_DATA);
        Configuration.SetPinFunction(I2cClockPin, DeviceFunction.I2C1_CLOCK);
        GpioController gpio = new GpioController();
        _relay = new GpioRelay(gpio, RelayPin, true, NoFeedbackPin);

        MeterBoard board = new MeterBoard("I:")
        {
            Relay = _relay,
            Pulse = new GpioRelay(gpio, PulsePin, true, NoFeedbackPin),
        };
        board.WatchSupply(gpio, SupplyPin);
        board.Programming = new ProgrammingPin(gpio, ProgrammingInputPin);
        if (board.Settings.CaseInputs)
        {
            board.Case = new CaseInputs(gpio, CoverPin, TerminalCoverPin, MagnetPin);
        }

        if (board.Settings.Ssid != "")
        {
            board.Network = NetworkStarter.StartWifi(board.Settings.Ssid, board.Settings.WifiPassword);
        }

        board.Run(I2cBusId);
    }
}
