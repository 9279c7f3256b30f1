using MeterFirmware.Tools.HeadEnds.Web.Accounts;
using MeterFirmware.Tools.HeadEnds.Web.Live;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>Live readings as server-sent events, and webhooks.</summary>
internal static class LiveEndpoints
{
    public static void Map(WebApplication web)
    {
        web.MapGet("/api/v1/devices/{address}/live", Live).RequireAuthorization(Roles.Operator).WithTags("devices")
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        RouteGroupBuilder hooks = web.MapGroup("/api/v1/webhooks").RequireAuthorization(Roles.Admin)
            .WithTags("administration");
        hooks.MapGet("", (WebhookStore store) => Results.Json(store.All())).Produces<IReadOnlyList<Webhook>>();
        hooks.MapPost("", Add).Produces<MadeWebhook>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest);
        hooks.MapDelete("/{name}", (HttpContext context, WebhookStore store, AccountStore accounts, string name) =>
        {
            if (!store.Remove(name))
            {
                return Results.NotFound();
            }

            accounts.Note(Checks.Who(context), "webhook.remove", name, "");
            return Results.NoContent();
        }).Produces(StatusCodes.Status204NoContent).Produces(StatusCodes.Status404NotFound);
    }

    private static IResult Live(HttpContext context, LiveHub hub, AccountStore accounts, SignedIn signedIn,
        string address)
    {
        if (Checks.Address(address) is { } problem)
        {
            return problem;
        }

        accounts.Note(Checks.Who(context), "live.read", address, "");
        return TypedResults.ServerSentEvents(WhileSignedIn(
            hub.ListenAsync(address, context.RequestAborted), () => signedIn.Holds(context.User)), "instant");
    }

    /// <summary>Before each message: a stream that is open for days ends with the account or the token that opened
    /// it.</summary>
    private static async IAsyncEnumerable<string> WhileSignedIn(IAsyncEnumerable<string> messages, Func<bool> holds)
    {
        await foreach (string message in messages)
        {
            if (!holds())
            {
                yield break;
            }

            yield return message;
        }
    }

    private static IResult Add(HttpContext context, WebhookStore store, AccountStore accounts, NewWebhook hook)
    {
        (string? secret, string? problem) = store.Add(hook.Name ?? "", hook.Address ?? "");
        if (secret == null)
        {
            return Checks.Bad(problem!);
        }

        accounts.Note(Checks.Who(context), "webhook.add", hook.Name!, "");
        return Results.Json(new MadeWebhook(secret), statusCode: StatusCodes.Status201Created);
    }
}
