using System.Text.Json;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Orders;

namespace MeterFirmware.Tools.HeadEnds.Campaigns;

/// <summary>Takes campaigns: says what one would do, and who has to agree.</summary>
/// <param name="campaigns">Keeps them.</param>
/// <param name="orders">Checks commands.</param>
/// <param name="fleet">Knows the devices.</param>
public sealed class CampaignDesk(CampaignStore campaigns, OrderDesk orders, FleetStore fleet)
{
    /// <summary>Devices of one campaign.</summary>
    public const int DevicesMax = 10_000;

    /// <summary>A campaign waits for devices so long at most: 90 days.</summary>
    public const int HoursMax = 90 * 24;

    private const int PiecesMax = 64;
    private const int NameCharsMax = 64;

    /// <summary>What a campaign would do; nothing is kept, nothing is sent.</summary>
    public (CampaignPlan? Plan, string? Problem) Simulate(NewCampaign campaign) => Plan(campaign);

    /// <summary>Takes a campaign. A dangerous one waits for a second person, all others begin.</summary>
    /// <param name="campaign">What, to whom, how.</param>
    /// <param name="who">Name of the account or the token.</param>
    /// <param name="isPerson">False: a machine's token.</param>
    /// <returns>Its number, or what is wrong.</returns>
    public (long? Id, string? Problem) Start(NewCampaign campaign, string who, bool isPerson)
    {
        (CampaignPlan? plan, string? problem) = Plan(campaign);
        if (plan == null)
        {
            return (null, problem);
        }

        if (plan.NeedsTwo && !isPerson)
        {
            return (null, "command: two persons have to agree to that; a machine is none");
        }

        bool isPaced = campaign.Content.Pieces.Any(piece => Asks(piece, CommandDanger.IsPaced, campaign));
        NewCampaign kept = campaign with
        {
            Content = campaign.Content with { Pieces = [.. campaign.Content.Pieces.Select(OrderDesk.Compact)!] },
        };
        return (campaigns.Add(kept, [.. plan.Devices.Select(one => one.Address)], plan.IsDangerous, isPaced,
            plan.NeedsTwo ? CampaignStates.Waiting : CampaignStates.Running, who), null);
    }

    /// <summary>A second person agrees.</summary>
    /// <returns>What is wrong; null: it runs.</returns>
    public string? Approve(long id, string who, bool isPerson) =>
        !isPerson ? "a person has to agree; a machine is none"
        : campaigns.Approve(id, who) ? null
        : "id: a campaign of somebody else's that waits, made within a day, was expected";

    private (CampaignPlan? Plan, string? Problem) Plan(NewCampaign campaign)
    {
        if (Problem(campaign) is { } problem)
        {
            return (null, problem);
        }

        List<KnownDevice> known = [.. fleet.Known()];
        DeviceChoice choice = campaign.Choice;
        if (choice.Devices?.Except(known.Select(one => one.Address)).FirstOrDefault() is { } unknown)
        {
            return (null, $"devices: {unknown}: nobody has heard of it");
        }

        IReadOnlySet<string>? areas = string.IsNullOrEmpty(choice.Area) ? null : fleet.TransformersOf(choice.Area);
        if (areas is { Count: 0 })
        {
            return (null, $"area: '{choice.Area}': there is no such area now");
        }

        bool isDangerous = campaign.Content.Pieces.Any(piece => Asks(piece, CommandDanger.Is, campaign));
        HashSet<string>? named = choice.Devices is { Count: > 0 } ? [.. choice.Devices] : null;
        List<PlannedDevice> devices = [.. known.Where(one => named?.Contains(one.Address) ?? true)
            .Where(one => areas == null || (one.Area != null && areas.Contains(one.Area)))
            .Where(one => string.IsNullOrEmpty(choice.Model) || one.Model == choice.Model)
            .Where(one => string.IsNullOrEmpty(choice.Firmware) || one.Firmware == choice.Firmware)
            .Select(one => new PlannedDevice(one.Address, isDangerous && one.IsProtected ? PlannedDevice.Protected
                : one.IsOnline ? PlannedDevice.Ready : PlannedDevice.Offline))];
        if (devices.Count is 0 or > DevicesMax)
        {
            return (null, $"devices: {devices.Count} fit the choice, 1 to {DevicesMax} were expected");
        }

        return (new CampaignPlan(campaign.Content.Name, campaign.Content.Pieces.Count, isDangerous, isDangerous,
            Sizes(campaign.Waves, devices.Count), devices), null);
    }

    private string? Problem(NewCampaign campaign) =>
        campaign.Content.Pieces.Count is 0 or > PiecesMax ? $"pieces: 1 to {PiecesMax} were expected"
        : campaign.Content.Name.Length is 0 or > NameCharsMax || campaign.Content.Name.Any(char.IsControl)
            ? $"name: 1 to {NameCharsMax} characters without control characters were expected"
        : campaign.Content.Pieces.Select(piece => orders.Problem(campaign.Content.Command, piece, campaign.Role))
            .FirstOrDefault(problem => problem != null)
        ?? (campaign.Choice.IsEmpty ? "devices: a list, an area, a model or a firmware was expected"
        : campaign.Choice.Devices is { } list && (list.Count > DevicesMax || !list.All(TelemetrySettings.IsDevice)
            || list.Distinct().Count() < list.Count)
            ? $"devices: at most {DevicesMax} different addresses were expected"
        : campaign.Hours is < 1 or > HoursMax ? $"hours: 1 to {HoursMax} were expected"
        : campaign.Waves.Problem() ?? OrderDesk.ProblemOfReason(campaign.Why));

    private static bool Asks(string piece, Func<string, JsonElement, bool> question, NewCampaign campaign)
    {
        using JsonDocument arguments = JsonDocument.Parse(piece);
        return question(campaign.Content.Command, arguments.RootElement);
    }

    private static List<int> Sizes(CampaignWaves waves, int devices)
    {
        List<int> sizes = [];
        for (int left = devices; left > 0; left -= sizes[^1])
        {
            sizes.Add(Math.Min(left, waves.SizeOf(sizes.Count + 1)));
        }

        return sizes;
    }
}
