using MeterFirmware.Tools.HeadEnds.Web.Accounts;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>Accounts of people.</summary>
internal static class UserEndpoints
{
    public static void Map(WebApplication web)
    {
        RouteGroupBuilder api = web.MapGroup("/api/v1/users").RequireAuthorization(Roles.Admin)
            .WithTags("administration");
        api.MapGet("", (AccountStore accounts) => Results.Json(accounts.All())).Produces<IReadOnlyList<Account>>();
        api.MapPost("", (HttpContext context, AccountStore accounts, NewUser user) => Told(accounts.TryAdd(
            user.Name ?? "", user.Password ?? "", user.Role ?? "", Checks.Who(context)), StatusCodes.Status201Created))
            .Produces(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapPatch("/{name}", (HttpContext context, AccountStore accounts, string name, UserChange change) =>
            Told(accounts.TryChange(name, change.Password, change.Role, Checks.Who(context)),
                StatusCodes.Status204NoContent))
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapDelete("/{name}", (HttpContext context, AccountStore accounts, string name) =>
            Told(accounts.TryRemove(name, Checks.Who(context)), StatusCodes.Status204NoContent))
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static IResult Told(string? problem, int status) =>
        problem == null ? Results.StatusCode(status) : Checks.Bad(problem);
}
