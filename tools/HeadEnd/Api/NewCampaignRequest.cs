using System.Text.Json;
using MeterFirmware.Tools.HeadEnds.Campaigns;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>A campaign to make: exactly one of tariff, document and command.</summary>
/// <param name="Tariff">Name of a tariff document, the utility's own or one that ships.</param>
/// <param name="Document">A tariff document itself.</param>
/// <param name="Command">Word of the catalogue: freeze, for example.</param>
/// <param name="Arguments">Of the command; null: an empty object.</param>
/// <param name="Devices">These; null: all that fit the rest.</param>
/// <param name="Area">Of this substation, feeder or transformer.</param>
/// <param name="Model">Of this model, as places.csv names it.</param>
/// <param name="Firmware">That say to have this firmware.</param>
/// <param name="Waves">How it goes out; null: 5 devices, then twice as many, a minute between.</param>
/// <param name="Hours">It ends so long after it was made.</param>
/// <param name="Why">Reason: 1 to 200 characters.</param>
/// <param name="Role">Whose key signs it; null: utility.</param>
/// <param name="Simulate">True: only what it would do.</param>
public sealed record NewCampaignRequest(
    string Why,
    string? Tariff = null,
    JsonElement? Document = null,
    string? Command = null,
    JsonElement? Arguments = null,
    IReadOnlyList<string>? Devices = null,
    string? Area = null,
    string? Model = null,
    string? Firmware = null,
    CampaignWaves? Waves = null,
    int Hours = 168,
    string? Role = null,
    bool Simulate = false);
