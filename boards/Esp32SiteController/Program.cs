namespace MeterFirmware.Boards.Esp32SiteController;

/// <summary>A site controller on an ESP32-DevKitC. Its pins, buses and flash stand in board.json.</summary>
public static class Program
{
    public static void Main()
    {
        Board.AssignFunctions();
        SiteBoard board = new SiteBoard(Board.Drive, Board.Sensors, Board.StartNetwork, Board.HeapBytes);
        board.Run();
    }
}
