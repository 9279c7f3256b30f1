namespace MeterFirmware.DeviceCore;

/// <summary>Parts that the watchdog knows, and who asks for a restart, told apart from a loss of supply. The numbers
/// are stored: a new firmware adds at the end.</summary>
public static class RestartPart
{
    public const int Sensor = 0;

    public const int Link = 1;

    public const int Storage = 2;

    public const int Command = 3;

    public const int Settings = 4;

    /// <summary>A bug that reached the board's top.</summary>
    public const int Fault = 5;

    /// <summary>A loop that stood still.</summary>
    public const int Loop = 6;

    public const int Network = 7;
}
