using MeterFirmware.Tools.HeadEnds.Campaigns;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>A campaign and how far it has come.</summary>
/// <param name="Campaign">What goes out, and how.</param>
/// <param name="Devices">How many devices have each outcome.</param>
public sealed record CampaignView(Campaign Campaign, IReadOnlyDictionary<string, int> Devices);
