namespace MeterFirmware.Tools.HeadEnds.Campaigns;

/// <summary>A campaign as somebody makes it.</summary>
/// <param name="Content">What it sends.</param>
/// <param name="Choice">Whom it is for.</param>
/// <param name="Waves">How it goes out.</param>
/// <param name="Hours">It ends so long after it was made.</param>
/// <param name="Why">The reason.</param>
/// <param name="Role">Whose key signs it.</param>
public sealed record NewCampaign(
    CampaignContent Content, DeviceChoice Choice, CampaignWaves Waves, int Hours, string Why, string Role = "utility");
