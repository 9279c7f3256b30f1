using System.Globalization;
using MeterFirmware.Tools.HeadEnds.Orders;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;
using MeterFirmware.Tools.HeadEnds.Web.Settings;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>Commands to devices: simulated, ordered, approved by a second person, stopped, and what was
/// answered.</summary>
internal static class CommandEndpoints
{
    public static void Map(WebApplication web)
    {
        RouteGroupBuilder api = web.MapGroup("/api/v1/commands").WithTags("commands");
        api.MapPost("", Order).RequireAuthorization(Roles.Engineer).Produces<OrderPlan>()
            .Produces<OrderView>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict);
        api.MapGet("", List).RequireAuthorization(Roles.Operator).Produces<Page<CommandOrder>>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/{id}", (OrderStore orders, long id) => View(orders, id) is { } view ? Results.Json(view)
            : Results.NotFound()).RequireAuthorization(Roles.Operator).Produces<OrderView>()
            .Produces(StatusCodes.Status404NotFound);
        api.MapGet("/{id}/devices", Devices).RequireAuthorization(Roles.Operator).Produces<Page<CommandTarget>>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapPost("/{id}/approve", Approve).RequireAuthorization(Roles.Engineer)
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status409Conflict);
        api.MapPost("/{id}/stop", Stop).RequireAuthorization(Roles.Operator)
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status409Conflict);
    }

    /// <summary>Whether a person signed in, and no machine's token.</summary>
    internal static bool IsPerson(HttpContext context) =>
        context.User.Identities.All(one => one.AuthenticationType != TokenHandler.Scheme);

    private static IResult Order(HttpContext context, OrderDesk desk, OrderStore orders, AccountStore accounts,
        HeadEndSettings settings, NewCommand command)
    {
        NewOrder order = new(command.Command ?? "", command.Arguments?.GetRawText() ?? "{}", command.Devices ?? [],
            command.Why ?? "", command.Role ?? "utility");
        string who = Checks.Who(context);
        if (command.Simulate)
        {
            (OrderPlan? plan, string? wrong) = desk.Simulate(order, who);
            return plan == null ? Checks.Bad(wrong!) : Results.Json(plan);
        }

        if (settings.SignerSocket.Length == 0)
        {
            return Conflict("no signing service is set: HeadEnd:SignerSocket");
        }

        (long? id, string? problem) = desk.Order(order, who, IsPerson(context));
        if (id == null)
        {
            return Checks.Bad(problem!);
        }

        accounts.Note(who, "command.order", Text(id.Value), order.Command);
        return Results.Json(View(orders, id.Value), statusCode: StatusCodes.Status201Created);
    }

    private static IResult List(OrderStore orders, long? cursor, int? limit, string? device) =>
        (device == null ? null : Checks.Address(device))
        ?? (Paging.TryLimit(limit, out int most, out IResult problem)
            ? Results.Json(Paging.Of(orders.List(cursor, most + 1, device), most, order => Text(order.Id))) : problem);

    private static IResult Devices(OrderStore orders, long id, string? cursor, int? limit) =>
        Checks.Cursor(cursor) ?? (Paging.TryLimit(limit, out int most, out IResult problem)
            ? Results.Json(Paging.Of(orders.Targets(id, cursor, most + 1), most, target => target.Address)) : problem);

    private static IResult Approve(HttpContext context, OrderDesk desk, AccountStore accounts, long id)
    {
        string who = Checks.Who(context);
        if (desk.Approve(id, who, IsPerson(context)) is { } problem)
        {
            return Conflict(problem);
        }

        accounts.Note(who, "command.approve", Text(id), "");
        return Results.NoContent();
    }

    private static IResult Stop(HttpContext context, OrderStore orders, AccountStore accounts, long id)
    {
        string who = Checks.Who(context);
        if (!orders.Stop(id, who))
        {
            return Conflict("id: an order that waits or runs was expected");
        }

        accounts.Note(who, "command.stop", Text(id), "");
        return Results.NoContent();
    }

    private static OrderView? View(OrderStore orders, long id) =>
        orders.Find(id) is { } order ? new OrderView(order, orders.Counts(id)) : null;

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    private static IResult Conflict(string why) => Results.Problem(why, statusCode: StatusCodes.Status409Conflict);
}
