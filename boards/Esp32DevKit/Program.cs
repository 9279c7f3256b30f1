using MeterFirmware.Boards.MeterDevice;

namespace MeterFirmware.Boards.Esp32DevKit;

/// <summary>The meter on an ESP32-DevKitC. Its pins, buses and flash stand in board.json.</summary>
public static class Program
{
    public static void Main()
    {
        Board.AssignFunctions();
        MeterBoard board = new MeterBoard(Board.Drive, Board.Pins(), Board.Sensors, Board.StartNetwork)
        {
            PhaseCount = Board.PhaseCount,
            Plan = Board.Plan(),
            StoreMayLoseTail = Board.StoreMayLoseTail,
            Fram = Board.Fram,
            FramBlocks = Board.FramBlocks,
            BatteryClock = Board.Clock,
        };
        board.Run();
    }
}
