using System.Text.Json;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;
using MeterFirmware.Tools.HeadEnds.Web.Bills;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>Tariffs by the days that they hold for.</summary>
internal static class TariffEndpoints
{
    public static void Map(WebApplication web)
    {
        RouteGroupBuilder api = web.MapGroup("/api/v1/tariffs").WithTags("tariffs");
        api.MapGet("", (TariffStore tariffs) => Results.Json(tariffs.All().Select(View)))
            .RequireAuthorization(Roles.Viewer).Produces<IReadOnlyList<TariffView>>();
        api.MapGet("/{name}/{from}", Document).RequireAuthorization(Roles.Viewer)
            .Produces<string>(StatusCodes.Status200OK, "application/json")
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("/{name}", Add).RequireAuthorization(Roles.Engineer).Produces(StatusCodes.Status201Created)
            .Produces<IReadOnlyList<TariffProblem>>(StatusCodes.Status422UnprocessableEntity);
        api.MapPatch("/{name}/{from}", (HttpContext context, TariffStore tariffs, AccountStore accounts, string name,
            DateOnly from, TariffEnd end) => Answer(context, accounts, "tariff.end", $"{name} from {from:yyyy-MM-dd}",
                tariffs.End(name, from, end.Until))).RequireAuthorization(Roles.Engineer)
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status409Conflict);
        api.MapDelete("/{name}/{from}", (HttpContext context, TariffStore tariffs, AccountStore accounts, string name,
            DateOnly from) => Answer(context, accounts, "tariff.remove", $"{name} from {from:yyyy-MM-dd}",
                tariffs.Remove(name, from))).RequireAuthorization(Roles.Engineer)
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static TariffView View(TariffVersion one) => new(one.Name, one.From, one.Until, one.Who, one.At);

    private static IResult Document(TariffStore tariffs, string name, DateOnly from) =>
        tariffs.Versions(name).FirstOrDefault(one => one.From == from) is { } found
            ? Results.Text(found.Document, "application/json")
            : Results.Problem("there is no such document", statusCode: StatusCodes.Status404NotFound);

    private static IResult Add(HttpContext context, TariffStore tariffs, AccountStore accounts, string name,
        NewTariff tariff)
    {
        string who = Checks.Who(context);
        string document = tariff.Document.ValueKind == JsonValueKind.Undefined ? "" : tariff.Document.GetRawText();
        IReadOnlyList<TariffProblem> problems = tariffs.Add(name, tariff.From, tariff.Until, document, who);
        if (problems.Count > 0)
        {
            return Results.Json(problems, statusCode: StatusCodes.Status422UnprocessableEntity);
        }

        accounts.Note(who, "tariff.add", $"{name} from {tariff.From:yyyy-MM-dd}", "");
        return Results.Created($"/api/v1/tariffs/{name}/{tariff.From:yyyy-MM-dd}", null);
    }

    private static IResult Answer(HttpContext context, AccountStore accounts, string action, string subject,
        string? problem)
    {
        if (problem != null)
        {
            return Results.Problem(problem, statusCode: StatusCodes.Status409Conflict);
        }

        accounts.Note(Checks.Who(context), action, subject, "");
        return Results.NoContent();
    }
}
