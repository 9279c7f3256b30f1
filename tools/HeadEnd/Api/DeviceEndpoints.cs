using System.Text;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>Devices and what they measured. Every read of one device's intervals is noted: they say when somebody is at
/// home.</summary>
internal static class DeviceEndpoints
{
    private const int DaysMax = 366;

    public static void Map(WebApplication web)
    {
        RouteGroupBuilder api = web.MapGroup("/api/v1").WithTags("devices");
        api.MapGet("/devices", List).RequireAuthorization(Roles.Viewer)
            .Produces<Page<FleetDevice>>().ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/load", Town).RequireAuthorization(Roles.Viewer)
            .Produces<IReadOnlyList<LoadPoint>>().ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/devices/{address}/load", Load).RequireAuthorization(Roles.Operator)
            .Produces<IReadOnlyList<LoadPoint>>().ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/devices/{address}/load.csv", LoadCsv).RequireAuthorization(Roles.Operator)
            .Produces<string>(StatusCodes.Status200OK, "text/csv").ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static IResult List(FleetStore fleet, string? cursor, int? limit, string? area)
    {
        if (cursor != null && !TelemetrySettings.IsDevice(cursor))
        {
            return Bad("cursor: the next of the page before was expected");
        }

        if (area?.Any(char.IsControl) == true)
        {
            return Bad("area: no control characters were expected");
        }

        return Paging.TryLimit(limit, out int most, out IResult problem)
            ? Results.Json(Paging.Of(fleet.Devices(cursor, most + 1, area), most, device => device.Address)) : problem;
    }

    private static IResult Town(FleetStore fleet, DateTimeOffset from, DateTimeOffset to) =>
        Problem(from, to) ?? Results.Json(fleet.Load(null, from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds()));

    private static IResult Load(HttpContext context, FleetStore fleet, AccountStore accounts, string address,
        DateTimeOffset from, DateTimeOffset to)
    {
        if ((Problem(address) ?? Problem(from, to)) is { } problem)
        {
            return problem;
        }

        Note(context, accounts, address, from, to);
        return Results.Json(fleet.Load(address, from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds()));
    }

    private static IResult LoadCsv(HttpContext context, FleetStore fleet, AccountStore accounts, string address,
        DateTimeOffset from, DateTimeOffset to)
    {
        if ((Problem(address) ?? Problem(from, to)) is { } problem)
        {
            return problem;
        }

        Note(context, accounts, address, from, to);
        StringBuilder text = new(CsvText.Line(
            ["device", "start_utc", "rate", "import_milliwatthours", "export_milliwatthours", "intervals"]));
        foreach (LoadPoint point in fleet.Load(address, from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds()))
        {
            text.Append(CsvText.Line([address, DateTimeOffset.FromUnixTimeSeconds(point.StartUtcSeconds), point.Rate,
                point.ImportMilliwattHours, point.ExportMilliwattHours, point.Intervals]));
        }

        return Results.File(Encoding.UTF8.GetBytes(text.ToString()), "text/csv; charset=utf-8", "load.csv");
    }

    private static IResult? Problem(DateTimeOffset from, DateTimeOffset to) =>
        to > from && to - from <= TimeSpan.FromDays(DaysMax) ? null
        : Bad($"from, to: at most {DaysMax} days, the end after the begin, were expected");

    private static IResult? Problem(string address) => TelemetrySettings.IsDevice(address) ? null
        : Bad("address: 1 to 32 of A-Z a-z 0-9 - _ were expected");

    private static IResult Bad(string detail) =>
        Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest);

    private static void Note(HttpContext context, AccountStore accounts, string address, DateTimeOffset from,
        DateTimeOffset to) =>
        accounts.Note(context.User.Identity!.Name!, "load.read", address,
            $"{from.UtcDateTime:s}Z to {to.UtcDateTime:s}Z");
}
