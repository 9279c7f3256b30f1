namespace MeterFirmware.Tools.HeadEnds.Orders;

/// <summary>A device of a simulation.</summary>
/// <param name="Address">Of the device.</param>
/// <param name="Outcome">ready, offline, protected or unknown.</param>
public sealed record PlannedDevice(string Address, string Outcome)
{
    /// <summary>It is connected.</summary>
    public const string Ready = "ready";

    /// <summary>It is not: it answers if it comes back while the message is good.</summary>
    public const string Offline = "offline";

    /// <summary>Never to be disconnected: it gets nothing.</summary>
    public const string Protected = "protected";

    /// <summary>Nobody has heard of it.</summary>
    public const string Unknown = "unknown";
}
