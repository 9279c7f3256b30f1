namespace MeterFirmware.Tools.HeadEnds.Campaigns;

/// <summary>What a campaign sends.</summary>
/// <param name="Kind">tariff or command.</param>
/// <param name="Name">For people.</param>
/// <param name="Command">Word of the catalogue.</param>
/// <param name="Pieces">Arguments of each message, in the order in which a device takes them.</param>
public sealed record CampaignContent(string Kind, string Name, string Command, IReadOnlyList<string> Pieces)
{
    /// <summary>A tariff table.</summary>
    public const string Tariff = "tariff";

    /// <summary>Any other command, a freeze for example.</summary>
    public const string Single = "command";

    /// <summary>Whether a device may get the same message again under a new number, when no answer came. These leave
    /// the device as the first one did, or begin a transfer anew: a tariff's piece at 0 does. A top-up is booked twice,
    /// a relay may have been moved by somebody else meanwhile: those are never repeated.</summary>
    public bool MayBeRepeated => MayRepeat(Command);

    /// <inheritdoc cref="MayBeRepeated"/>
    public static bool MayRepeat(string command) => command is "tariff" or "read" or "health" or "log" or "log-level";
}
