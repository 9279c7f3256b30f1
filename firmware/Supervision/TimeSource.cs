namespace MeterFirmware.Supervision;

/// <summary>Where a time comes from, in the order of trust: the lower number wins.</summary>
public static class TimeSource
{
    public const int None = 0;

    /// <summary>A signed command, or the technician's tool.</summary>
    public const int Command = 1;

    /// <summary>The head-end's signed answer to one birth of this device.</summary>
    public const int HeadEnd = 2;

    /// <summary>SNTP: anybody on the way can forge it.</summary>
    public const int Sntp = 3;

    /// <summary>The board's battery-backed clock, at start-up.</summary>
    public const int Rtc = 4;

    /// <summary>DL/T 645 broadcast: no password, so at most 5 minutes and once a day, and never the first
    /// time.</summary>
    public const int Broadcast = 5;

    public const int SourceMax = 5;

    /// <summary>Its word in reports.</summary>
    public static string NameOf(int source)
    {
        switch (source)
        {
            case Command:
                return "command";
            case HeadEnd:
                return "head-end";
            case Sntp:
                return "sntp";
            case Rtc:
                return "rtc";
            case Broadcast:
                return "broadcast";
            default:
                return "none";
        }
    }
}
