using MeterFirmware.Tools.HeadEnds.Orders;

namespace MeterFirmware.Tools.HeadEnds.Campaigns;

/// <summary>What a campaign would do: nothing is sent for it.</summary>
/// <param name="Name">What goes out.</param>
/// <param name="Pieces">Messages for one device.</param>
/// <param name="IsDangerous">It opens a load relay or lowers a limit below 6 A.</param>
/// <param name="NeedsTwo">A second person has to approve it.</param>
/// <param name="WaveSizes">Devices of each wave, when all were online.</param>
/// <param name="Devices">Each with what is to be expected.</param>
public sealed record CampaignPlan(
    string Name, int Pieces, bool IsDangerous, bool NeedsTwo, IReadOnlyList<int> WaveSizes,
    IReadOnlyList<PlannedDevice> Devices);
