namespace MeterFirmware.Supervision;

/// <summary>Asks a time server. The platform's client does not say when an answer comes: it sets the board's
/// clock.</summary>
public interface ISntpClient
{
    /// <summary>Asks server 1 or 2, and returns at once.</summary>
    void Ask(int server);
}
