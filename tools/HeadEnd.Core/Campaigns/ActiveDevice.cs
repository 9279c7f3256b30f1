namespace MeterFirmware.Tools.HeadEnds.Campaigns;

/// <summary>A device that a campaign has begun with, and what became of its piece.</summary>
/// <param name="Address">Of the device.</param>
/// <param name="State">Active, or silent with an answer that came late.</param>
/// <param name="Piece">The one that is under way, from 0 on.</param>
/// <param name="Tries">How often it was begun anew.</param>
/// <param name="NotBefore">It is sent nothing before, s since 1970.</param>
/// <param name="Target">One of the order's target states; null: the piece is not ordered.</param>
/// <param name="Answer">Of the target.</param>
internal sealed record ActiveDevice(
    string Address, string State, int Piece, int Tries, long NotBefore, string? Target, string Answer)
{
    /// <summary>The piece has to be ordered anew: what was sent of it before does not count.</summary>
    public bool IsAgain { get; set; }
}
