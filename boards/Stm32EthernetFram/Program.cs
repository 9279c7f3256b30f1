using MeterFirmware.Boards.MeterDevice;

namespace MeterFirmware.Boards.Stm32EthernetFram;

/// <summary>A meter on a 32F769IDISCOVERY with Ethernet, and registers in FRAM. Its pins, buses and flash stand in
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
