using System.Device.Gpio;
using MeterFirmware.Boards.Device;

namespace MeterFirmware.Boards.Stm32F769Discovery;

/// <summary>The meter on a 32F769IDISCOVERY with its own Ethernet: see README.md for the wiring.</summary>
public static class Program
{
    // A pin's number is 16 × port + pin, port A = 0.
    private const int RelayPin = (5 * 16) + 6;
    private const int SupplyPin = (2 * 16) + 8;
    private const int ProgrammingInputPin = (9 * 16) + 1;
    private const int NoFeedbackPin = -1;

    // I2C1 lies on PB8 and PB9 in this firmware image; there is nothing to assign.
    private const int I2cBusId = 1;

    // Held for the life of the device: a load-control relay rests open until the product closes it.
    private static GpioRelay _relay;

    public static void Main()
    {
        GpioController gpio = new GpioController();
        _relay = new GpioRelay(gpio, RelayPin, true, NoFeedbackPin);

        // No littlefs in this image: an SD card with FAT, which may lose the end of a file with the supply.
        MeterBoard board = new MeterBoard("D:") { StoreMayLoseTail = true, Relay = _relay };
        board.WatchSupply(gpio, SupplyPin);
        board.Programming = new ProgrammingPin(gpio, ProgrammingInputPin);
        board.Network = NetworkStarter.StartEthernet();
        board.Run(I2cBusId);
    }
}
