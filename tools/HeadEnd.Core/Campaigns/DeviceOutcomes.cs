namespace MeterFirmware.Tools.HeadEnds.Campaigns;

/// <summary>How far a campaign has come with one device.</summary>
public static class DeviceOutcomes
{
    /// <summary>Not begun: its wave comes later, or it is offline.</summary>
    public const string Waiting = "waiting";

    /// <summary>Begun: pieces go out one after the other.</summary>
    public const string Active = "active";

    /// <summary>It carried out every piece.</summary>
    public const string Done = "done";

    /// <summary>It refused; the answer says why.</summary>
    public const string Refused = "refused";

    /// <summary>No answer: it may have been carried out.</summary>
    public const string Silent = "silent";

    /// <summary>It got nothing, or not all of it; the answer says why.</summary>
    public const string Skipped = "skipped";
}
