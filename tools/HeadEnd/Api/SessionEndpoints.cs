using System.Text;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Sessions;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>Charging sessions, with what the check of their signatures said. They say when somebody is at home: each
/// read is noted.</summary>
internal static class SessionEndpoints
{
    public static void Map(WebApplication web)
    {
        RouteGroupBuilder api = web.MapGroup("/api/v1").RequireAuthorization(Roles.Operator).WithTags("sessions");
        api.MapGet("/sessions", List).Produces<Page<ChargingSession>>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/sessions.csv", ListCsv).Produces<string>(StatusCodes.Status200OK, "text/csv")
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static IResult List(HttpContext context, SessionStore sessions, AccountStore accounts, DateTimeOffset from,
        DateTimeOffset to, string? device, string? signature, string? cursor, int? limit)
    {
        if (Problem(from, to, device, signature, cursor) is { } problem)
        {
            return problem;
        }

        if (!Paging.TryLimit(limit, out int most, out IResult wrong))
        {
            return wrong;
        }

        accounts.Note(Checks.Who(context), "sessions.read", device ?? "", Checks.Text(from, to));
        return Results.Json(Paging.Of(sessions.List(from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds(), device, signature,
            cursor, most + 1), most, one => one.Id));
    }

    private static IResult ListCsv(HttpContext context, SessionStore sessions, AccountStore accounts,
        DateTimeOffset from, DateTimeOffset to, string? device, string? signature)
    {
        if (Problem(from, to, device, signature, null) is { } problem)
        {
            return problem;
        }

        accounts.Note(Checks.Who(context), "sessions.read", device ?? "", Checks.Text(from, to));
        return Results.Stream(async body =>
        {
            await using StreamWriter text = new(body, new UTF8Encoding(false), leaveOpen: true);
            await text.WriteAsync(CsvText.Line(["device", "session", "start", "end", "reason", "token",
                "start_watthours", "end_watthours", "cost", "signature", "detail"]));
            string? after = null;
            do
            {
                // A page at a time: a year of a town's sessions is never in memory at once.
                IReadOnlyList<ChargingSession> page = sessions.List(from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds(),
                    device, signature, after, Paging.LimitMax);
                foreach (ChargingSession one in page)
                {
                    await text.WriteAsync(CsvText.Line([one.Address, one.Number, one.Start, one.End, one.Reason,
                        one.Token, one.StartWattHours, one.EndWattHours, one.Cost, one.Signature, one.Detail]));
                }

                after = page.Count == Paging.LimitMax ? page[^1].Id : null;
            }
            while (after != null);
        }, "text/csv; charset=utf-8", "sessions.csv");
    }

    private static IResult? Problem(DateTimeOffset from, DateTimeOffset to, string? device, string? signature,
        string? cursor) => Checks.Period(from, to) ?? (device == null ? null : Checks.Address(device))
        ?? (signature == null || SessionSignatures.All.Contains(signature) ? null
            : Checks.Bad($"signature: {string.Join(", ", SessionSignatures.All)} was expected"))
        ?? (SessionStore.IsCursor(cursor) ? null : Checks.Bad("cursor: the next of the page before was expected"));
}
