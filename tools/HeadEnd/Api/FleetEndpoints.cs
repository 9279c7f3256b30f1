using System.Text;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>Fleet and topology as files: out, changed in a spreadsheet, and in again, whole or not at all.</summary>
internal static class FleetEndpoints
{
    private const string Csv = "text/csv";

    /// <summary>Exchanges that a list names.</summary>
    private const int ExchangesMax = 1_000;

    public static void Map(WebApplication web)
    {
        RouteGroupBuilder api = web.MapGroup("/api/v1/fleet").WithTags("fleet");
        api.MapGet("/areas.csv", (FleetStore fleet) => File(FleetCsv.Write(fleet.Areas()), "areas.csv"))
            .RequireAuthorization(Roles.Viewer).Produces<string>(StatusCodes.Status200OK, Csv);
        api.MapGet("/places.csv", (FleetStore fleet) => File(FleetCsv.Write(fleet.Places()), "places.csv"))
            .RequireAuthorization(Roles.Operator).Produces<string>(StatusCodes.Status200OK, Csv);
        api.MapPut("/areas.csv", (HttpContext context, FleetStore fleet, AccountStore accounts) =>
            ReplaceAsync(context, accounts, "fleet.areas", fleet.ReplaceAreas)).RequireAuthorization(Roles.Engineer)
            .Accepts<string>(Csv).Produces(StatusCodes.Status204NoContent)
            .Produces<IReadOnlyList<FleetFault>>(StatusCodes.Status422UnprocessableEntity);
        api.MapPut("/places.csv", (HttpContext context, FleetStore fleet, AccountStore accounts) =>
            ReplaceAsync(context, accounts, "fleet.places", fleet.ReplacePlaces)).RequireAuthorization(Roles.Engineer)
            .Accepts<string>(Csv).Produces(StatusCodes.Status204NoContent)
            .Produces<IReadOnlyList<FleetFault>>(StatusCodes.Status422UnprocessableEntity);
        api.MapGet("/exchanges", (ExchangeStore exchanges) => Results.Json(exchanges.All(ExchangesMax)))
            .RequireAuthorization(Roles.Operator).Produces<IReadOnlyList<Exchange>>();
        api.MapPost("/exchanges", Exchange).RequireAuthorization(Roles.Engineer)
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static IResult Exchange(HttpContext context, ExchangeStore exchanges, AccountStore accounts,
        Exchange exchange)
    {
        string who = Checks.Who(context);
        if (exchanges.Do(exchange, who) is { } problem)
        {
            return Checks.Bad(problem);
        }

        accounts.Note(who, "fleet.exchange", exchange.OldAddress, exchange.NewAddress);
        return Results.NoContent();
    }

    private static IResult File(string text, string name) =>
        Results.File(Encoding.UTF8.GetBytes(text), "text/csv; charset=utf-8", name);

    internal static async Task<IResult> ReplaceAsync(HttpContext context, AccountStore accounts, string what,
        Func<string, IReadOnlyList<FleetFault>> replace)
    {
        // A cookie alone must not change anything: another site's form cannot send this header (OWASP, CSRF).
        if (context.Request.ContentType?.StartsWith(Csv, StringComparison.Ordinal) != true)
        {
            return Results.Problem($"Content-Type: {Csv} was expected",
                statusCode: StatusCodes.Status415UnsupportedMediaType);
        }

        using StreamReader reader = new(context.Request.Body, new UTF8Encoding(false, throwOnInvalidBytes: true));
        string text;
        try
        {
            text = await reader.ReadToEndAsync(context.RequestAborted);
        }
        catch (DecoderFallbackException)
        {
            return Results.Json(new[] { new FleetFault(0, "", "UTF-8 was expected") },
                statusCode: StatusCodes.Status422UnprocessableEntity);
        }

        string who = context.User.Identity!.Name!;
        IReadOnlyList<FleetFault> faults = replace(text);
        accounts.Note(who, what, "", faults.Count == 0 ? "replaced" : $"refused: {faults[0]}");
        return faults.Count == 0 ? Results.NoContent()
            : Results.Json(faults, statusCode: StatusCodes.Status422UnprocessableEntity);
    }
}
