namespace MeterFirmware.Tools.HeadEnds.Orders;

/// <summary>How far an order has come with one device.</summary>
public static class TargetStates
{
    /// <summary>Not sent yet.</summary>
    public const string Waiting = "waiting";

    /// <summary>Signed and handed to the broker.</summary>
    public const string Sent = "sent";

    /// <summary>The device carried it out.</summary>
    public const string Done = "done";

    /// <summary>The device refused it.</summary>
    public const string Refused = "refused";

    /// <summary>No answer while the message was good, or the broker did not confirm it: it may have been carried
    /// out.</summary>
    public const string Silent = "silent";

    /// <summary>Never to be disconnected: not sent.</summary>
    public const string Protected = "protected";

    /// <summary>Not sent: stopped before.</summary>
    public const string Stopped = "stopped";

    /// <summary>Not signed and not sent; the answer says why.</summary>
    public const string Failed = "failed";
}
