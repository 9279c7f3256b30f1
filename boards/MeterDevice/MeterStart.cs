using System.Device.Gpio;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.MeterDevice;

/// <summary>Opens what hangs at a meter board's pins.</summary>
public static class MeterStart
{
    private const int NoFeedbackPin = -1;

    // Held for the life of the device: a load-control relay rests open until the product closes it.
    private static IRelay _relay;

    /// <summary>Gives the board what its pins have.</summary>
    /// <param name="board">With its settings loaded.</param>
    /// <param name="pins">Functions of buses are assigned already.</param>
    public static void Open(MeterBoard board, MeterPins pins)
    {
        GpioController gpio = new GpioController();
        _relay = pins.Relay < 0 ? null : new Device.GpioRelay(gpio, pins.Relay, true, NoFeedbackPin);
        board.Relay = _relay;
        board.Pulse = pins.Pulse < 0 ? null : new Device.GpioRelay(gpio, pins.Pulse, true, NoFeedbackPin);
        board.Programming = pins.Programming < 0 ? null : new ProgrammingPin(gpio, pins.Programming);
        if (pins.Cover >= 0 && board.Settings.CaseInputs)
        {
            board.Case = new CaseInputs(gpio, pins.Cover, pins.TerminalCover, pins.Magnet);
        }

        if (pins.SupplyFails >= 0)
        {
            board.WatchSupply(gpio, pins.SupplyFails);
        }
    }
}
