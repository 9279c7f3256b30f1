using MeterFirmware.Tools.HeadEnds.Web.Accounts;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>/health for whoever watches the service: no names, no counts, and cheap, for anybody may ask.</summary>
internal static class HealthEndpoint
{
    public static void Map(WebApplication web) => web.MapGet("/health", (IHeadEndStore store, AccountStore accounts,
        HeadEnd headEnd) =>
    {
        bool hasDatabase;
        try
        {
            hasDatabase = accounts.HasAny();
        }
        catch (Exception e) when (store.IsUnavailable(e))
        {
            hasDatabase = false;
        }

        Health health = new(hasDatabase && headEnd.IsReady ? "ok" : "degraded", hasDatabase, headEnd.IsReady,
            store.SchemaVersion);
        return Results.Json(health, statusCode: health.Status == "ok"
            ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }).Produces<Health>().Produces<Health>(StatusCodes.Status503ServiceUnavailable).WithTags("service");
}
