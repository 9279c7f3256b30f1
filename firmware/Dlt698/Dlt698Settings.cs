namespace MeterFirmware.Dlt698;

/// <summary>How a server stands on its line.</summary>
public sealed class Dlt698Settings
{
    public int Baud { get; set; } = Dlt698Protocol.DefaultBaud;

    /// <summary>0 none, 1 odd, 2 even.</summary>
    public int Parity { get; set; } = Dlt698Protocol.EvenParity;

    /// <summary>FE bytes in front of a frame: four on a serial line, none on TCP.</summary>
    public int WakeUpCount { get; set; } = 4;

    /// <summary>Time from the request's last byte to the answer.</summary>
    public int ReplyDelayMs { get; set; } = 20;

    /// <summary>Longest pause inside a frame.</summary>
    public int PauseMs { get; set; } = 500;

    /// <summary>How long a block waits for its acknowledge. The server repeats none by itself: the line is the
    /// client's.</summary>
    public int AcknowledgeMs { get; set; } = 5_000;

    /// <summary>User data of the longest frame, both ways.</summary>
    public int FrameDataBytes { get; set; } = 512;

    /// <summary>Longest request, joined from its fragments.</summary>
    public int RequestBytes { get; set; } = 704;

    /// <summary>Longest answer, before it is parted; of a longer list or more rows each block.</summary>
    public int AnswerBytes { get; set; } = 1024;

    /// <summary>Longest time a connection lives without a request.</summary>
    public int ConnectionSecondsMax { get; set; } = 3600;

    /// <summary>Seconds between heartbeats over TCP, where the meter logs in and reports events; 0, as on a serial
    /// line: the meter speaks when asked.</summary>
    public int HeartbeatSeconds { get; set; }

    /// <summary>Four letters or digits, as the next ones; dates are YYMMDD.</summary>
    public string Maker { get; set; } = "MFW";

    public string Software { get; set; } = "";

    public string SoftwareDate { get; set; } = "";

    public string Hardware { get; set; } = "";

    public string HardwareDate { get; set; } = "";
}
