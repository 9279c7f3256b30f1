using System.Globalization;
using MeterFirmware.Tools.HeadEnds.Alarms;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>Alarms: read, acknowledged, noted.</summary>
internal static class AlarmEndpoints
{
    public static void Map(WebApplication web)
    {
        RouteGroupBuilder api = web.MapGroup("/api/v1/alarms").WithTags("alarms");
        api.MapGet("", (HttpContext context, AlarmStore alarms, bool? open, long? cursor, int? limit) =>
            Paging.TryLimit(limit, out int most, out IResult problem)
                ? Results.Json(Paging.Of(Shown(context, alarms.List(cursor, most + 1, open ?? true)), most,
                    alarm => alarm.Id.ToString(CultureInfo.InvariantCulture))) : problem)
            .RequireAuthorization(Roles.Viewer).Produces<Page<Alarm>>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapPost("/{id}/acknowledge", Acknowledge).RequireAuthorization(Roles.Operator)
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict);
        api.MapGet("/{id}/notes", (AlarmStore alarms, long id) => Results.Json(alarms.Notes(id)))
            .RequireAuthorization(Roles.Viewer).Produces<IReadOnlyList<AlarmNote>>();
        api.MapPost("/{id}/notes", (HttpContext context, AlarmStore alarms, long id, NewNote note) =>
            alarms.AddNote(id, Checks.Who(context), note.Words ?? "") ? Results.NoContent() : BadNote())
            .RequireAuthorization(Roles.Operator).Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static IReadOnlyList<Alarm> Shown(HttpContext context, IReadOnlyList<Alarm> alarms) =>
        Roles.Has(context.User, Roles.Operator) ? alarms : [.. alarms.Select(alarm => alarm.WithoutHome())];

    private static IResult Acknowledge(HttpContext context, AlarmStore alarms, AccountStore accounts, long id,
        Acknowledgement acknowledgement)
    {
        string who = Checks.Who(context);
        if (acknowledgement.Words is { } words && !alarms.AddNote(id, who, words))
        {
            return BadNote();
        }

        if (!alarms.Acknowledge(id, who))
        {
            return Results.Problem("id: there is no such alarm, or somebody has acknowledged it",
                statusCode: StatusCodes.Status409Conflict);
        }

        accounts.Note(who, "alarm.acknowledge", id.ToString(CultureInfo.InvariantCulture), "");
        return Results.NoContent();
    }

    private static IResult BadNote() =>
        Checks.Bad($"id, words: an alarm that is there, and 1 to {AlarmStore.WordsMax} characters, were expected");
}
