namespace MeterFirmware.Boards.VirtualDevice;

public static class Program
{
    public static void Main()
    {
    }
}
