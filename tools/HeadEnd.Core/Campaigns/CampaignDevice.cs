namespace MeterFirmware.Tools.HeadEnds.Campaigns;

/// <summary>One device of a campaign.</summary>
/// <param name="Address">Of the device.</param>
/// <param name="State">One of <see cref="DeviceOutcomes"/>.</param>
/// <param name="Wave">Of which it is; 0: none yet.</param>
/// <param name="Piece">Pieces that it took.</param>
/// <param name="Tries">How often it was begun anew.</param>
/// <param name="Ended">When its outcome was known; null: not yet.</param>
/// <param name="Answer">What it said last, or why it got nothing.</param>
public sealed record CampaignDevice(
    string Address, string State, int Wave, int Piece, int Tries, DateTimeOffset? Ended, string Answer);
