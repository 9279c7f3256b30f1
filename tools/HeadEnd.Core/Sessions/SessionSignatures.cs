namespace MeterFirmware.Tools.HeadEnds.Sessions;

/// <summary>What the check of a session's signature said.</summary>
public static class SessionSignatures
{
    /// <summary>The record is signed with the charger's billing key, and the message says what it says.</summary>
    public const string Valid = "valid";

    /// <summary>The tag is not the key's, or the message says something else than the record.</summary>
    public const string Wrong = "wrong";

    /// <summary>The charger's billing key is not known here.</summary>
    public const string NoKey = "no-key";

    /// <summary>Not looked at yet: a few seconds after it came.</summary>
    public const string Waiting = "waiting";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [Valid, Wrong, NoKey, Waiting];
}
