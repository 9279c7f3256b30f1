using System.Device.Gpio;
using MeterFirmware.Boards.ChargerDevice;

namespace MeterFirmware.Boards.Esp32S3Charger;

/// <summary>A charge point on an ESP32-S3-DevKitC-1. Its pins, buses and flash stand in board.json.</summary>
public static class Program
{
    public static void Main()
    {
        Board.AssignFunctions();
        ChargerBoard board = new ChargerBoard(
            Board.Drive, Board.Pins(), new GpioController(), Board.Sensors, Board.StartNetwork);
        board.Run();
    }
}
