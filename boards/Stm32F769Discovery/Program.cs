using MeterFirmware.Boards.MeterDevice;

namespace MeterFirmware.Boards.Stm32F769Discovery;

/// <summary>The meter on a 32F769IDISCOVERY with its own Ethernet. Its pins, buses and flash stand in
/// board.json.</summary>
public static class Program
{
    public static void Main()
    {
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
