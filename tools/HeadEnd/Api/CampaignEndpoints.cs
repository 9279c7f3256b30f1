using System.Globalization;
using System.Text;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.HeadEnds.Campaigns;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;
using MeterFirmware.Tools.HeadEnds.Web.Bills;
using MeterFirmware.Tools.HeadEnds.Web.Campaigns;
using MeterFirmware.Tools.HeadEnds.Web.Settings;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>Campaigns: simulated, made, approved by a second person, paused, resumed, stopped, and what each device
/// answered.</summary>
internal static class CampaignEndpoints
{
    public static void Map(WebApplication web)
    {
        RouteGroupBuilder api = web.MapGroup("/api/v1/campaigns").WithTags("campaigns");
        api.MapPost("", Make).RequireAuthorization(Roles.Engineer).Produces<CampaignPlan>()
            .Produces<CampaignView>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict);
        api.MapGet("", List).RequireAuthorization(Roles.Operator).Produces<Page<Campaign>>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/{id}", (CampaignStore campaigns, long id) => View(campaigns, id) is { } view
            ? Results.Json(view) : Results.NotFound()).RequireAuthorization(Roles.Operator).Produces<CampaignView>()
            .Produces(StatusCodes.Status404NotFound);
        api.MapGet("/{id}/devices", Devices).RequireAuthorization(Roles.Operator).Produces<Page<CampaignDevice>>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        Change(api, "approve", Roles.Engineer, (context, desk, _, id) =>
            desk.Approve(id, Checks.Who(context), CommandEndpoints.IsPerson(context)));
        Change(api, "pause", Roles.Operator, (context, _, campaigns, id) =>
            campaigns.Pause(id, Checks.Who(context)) ? null : "id: a campaign that runs was expected");
        Change(api, "resume", Roles.Engineer, (context, _, campaigns, id) =>
            campaigns.Resume(id, Checks.Who(context)) ? null : "id: a campaign that is paused was expected");
        Change(api, "stop", Roles.Operator, (context, _, campaigns, id) =>
            campaigns.Stop(id, Checks.Who(context)) ? null : "id: a campaign that is not over was expected");
    }

    private static void Change(RouteGroupBuilder api, string verb, string role,
        Func<HttpContext, CampaignDesk, CampaignStore, long, string?> change) =>
        api.MapPost($"/{{id}}/{verb}", (HttpContext context, CampaignDesk desk, CampaignStore campaigns,
            AccountStore accounts, long id) =>
        {
            if (change(context, desk, campaigns, id) is { } problem)
            {
                return Conflict(problem);
            }

            accounts.Note(Checks.Who(context), $"campaign.{verb}", Text(id), "");
            return Results.NoContent();
        }).RequireAuthorization(role).Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status409Conflict);

    private static IResult Make(HttpContext context, CampaignDesk desk, CampaignStore campaigns, TariffShelf shelf,
        AccountStore accounts, HeadEndSettings settings, NewCampaignRequest asked)
    {
        (CampaignContent? content, IResult? wrong) = Content(asked, shelf);
        if (content == null)
        {
            return wrong!;
        }

        NewCampaign campaign = new(content,
            new DeviceChoice(asked.Devices, asked.Area, asked.Model, asked.Firmware),
            asked.Waves ?? new CampaignWaves(), asked.Hours, asked.Why ?? "", asked.Role ?? "utility");
        if (asked.Simulate)
        {
            (CampaignPlan? plan, string? bad) = desk.Simulate(campaign);
            return plan == null ? Checks.Bad(bad!) : Results.Json(plan);
        }

        if (settings.SignerSocket.Length == 0)
        {
            return Conflict("no signing service is set: HeadEnd:SignerSocket");
        }

        string who = Checks.Who(context);
        (long? id, string? problem) = desk.Start(campaign, who, CommandEndpoints.IsPerson(context));
        if (id == null)
        {
            return Checks.Bad(problem!);
        }

        accounts.Note(who, "campaign.make", Text(id.Value), content.Name);
        return Results.Json(View(campaigns, id.Value), statusCode: StatusCodes.Status201Created);
    }

    private static (CampaignContent? Content, IResult? Wrong) Content(NewCampaignRequest asked, TariffShelf shelf)
    {
        int named = (asked.Tariff != null ? 1 : 0) + (asked.Document != null ? 1 : 0) + (asked.Command != null ? 1 : 0);
        if (named != 1)
        {
            return (null, Checks.Bad("exactly one of tariff, document and command was expected"));
        }

        if (asked.Command != null)
        {
            return (new CampaignContent(CampaignContent.Single, asked.Command, asked.Command,
                [asked.Arguments?.GetRawText() ?? "{}"]), null);
        }

        List<TariffProblem> problems = [];
        try
        {
            byte[] utf8 = asked.Tariff != null ? shelf.Read(asked.Tariff)
                : Encoding.UTF8.GetBytes(asked.Document!.Value.GetRawText());
            return TariffContent.Of(utf8, asked.Tariff ?? "document", problems) is { } content ? (content, null)
                : (null, Wrong(problems));
        }
        catch (InputException e)
        {
            return (null, Checks.Bad(e.Message));
        }
    }

    private static IResult Wrong(List<TariffProblem> problems) => Results.Problem(
        problems[0].Describe("document"), statusCode: StatusCodes.Status400BadRequest,
        extensions: new Dictionary<string, object?> { ["errors"] = problems });

    private static IResult List(CampaignStore campaigns, long? cursor, int? limit) =>
        Paging.TryLimit(limit, out int most, out IResult problem)
            ? Results.Json(Paging.Of(campaigns.List(cursor, most + 1), most, one => Text(one.Id))) : problem;

    private static IResult Devices(CampaignStore campaigns, long id, string? cursor, int? limit, string? state) =>
        Checks.Cursor(cursor) ?? (Paging.TryLimit(limit, out int most, out IResult problem)
            ? Results.Json(Paging.Of(campaigns.Devices(id, cursor, most + 1, state), most, one => one.Address))
            : problem);

    private static CampaignView? View(CampaignStore campaigns, long id) =>
        campaigns.Find(id) is { } campaign ? new CampaignView(campaign, campaigns.Counts(id)) : null;

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    private static IResult Conflict(string why) => Results.Problem(why, statusCode: StatusCodes.Status409Conflict);
}
