using System.Globalization;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>Tokens and the audit log.</summary>
internal static class AdminEndpoints
{
    private const int NameCharsMax = 32;
    private const int DaysMax = 366;

    public static void Map(WebApplication web)
    {
        RouteGroupBuilder api = web.MapGroup("/api/v1").RequireAuthorization(Roles.Admin).WithTags("administration");
        api.MapPost("/tokens", AddToken).Produces<MadeToken>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        api.MapDelete("/tokens/{name}", (HttpContext context, AccountStore accounts, string name) =>
            accounts.RemoveToken(name, context.User.Identity!.Name!) ? Results.NoContent() : Results.NotFound())
            .Produces(StatusCodes.Status204NoContent).Produces(StatusCodes.Status404NotFound);
        api.MapGet("/audit", (AccountStore accounts, long? cursor, int? limit) =>
            Paging.TryLimit(limit, out int most, out IResult problem)
                ? Results.Json(Paging.Of(accounts.Audit(cursor, most + 1), most,
                    line => line.Id.ToString(CultureInfo.InvariantCulture)))
                : problem)
            .Produces<Page<AuditLine>>().ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static IResult AddToken(HttpContext context, AccountStore accounts, TimeProvider clock, NewToken token)
    {
        if (token.Name is not { Length: > 0 and <= NameCharsMax }
            || !token.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            return Checks.Bad($"name: 1 to {NameCharsMax} of A-Z a-z 0-9 - _ were expected");
        }

        if (!Roles.All.Contains(token.Role))
        {
            return Checks.Bad($"role: {string.Join(", ", Roles.All)} was expected");
        }

        if (token.Days is < 1 or > DaysMax)
        {
            return Checks.Bad($"days: 1 to {DaysMax} was expected");
        }

        if (accounts.HasToken(token.Name))
        {
            return Results.Problem($"name: {token.Name} is in use", statusCode: StatusCodes.Status409Conflict);
        }

        DateTimeOffset expires = clock.GetUtcNow().AddDays(token.Days);
        return Results.Json(new MadeToken(
            accounts.AddToken(token.Name, token.Role, expires, context.User.Identity!.Name!), expires),
            statusCode: StatusCodes.Status201Created);
    }
}
