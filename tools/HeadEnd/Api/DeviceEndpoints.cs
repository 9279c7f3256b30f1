using System.Text;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>Devices and what they measured. Every read of one device's intervals is noted: they say when somebody is at
/// home.</summary>
internal static class DeviceEndpoints
{
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

    private static IResult List(HttpContext context, FleetStore fleet, string? cursor, int? limit, string? area)
    {
        if ((Checks.Cursor(cursor) ?? Checks.Name("area", area)) is { } wrong)
        {
            return wrong;
        }

        return Paging.TryLimit(limit, out int most, out IResult problem)
            ? Results.Json(Paging.Of(Shown(context, fleet.Devices(cursor, most + 1, area)), most,
                device => device.Address)) : problem;
    }

    // Whose a device is says no more to who may read no home's data.
    private static IReadOnlyList<FleetDevice> Shown(HttpContext context, IReadOnlyList<FleetDevice> devices) =>
        Roles.Has(context.User, Roles.Operator) ? devices : [.. devices.Select(one => one with { Customer = "" })];

    private static IResult Town(FleetStore fleet, DateTimeOffset from, DateTimeOffset to, string? area) =>
        Checks.Period(from, to) ?? Checks.Name("area", area)
        ?? Results.Json(fleet.Load(null, from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds(), area));

    private static IResult Load(HttpContext context, FleetStore fleet, AccountStore accounts, string address,
        DateTimeOffset from, DateTimeOffset to)
    {
        if ((Checks.Address(address) ?? Checks.Period(from, to)) is { } problem)
        {
            return problem;
        }

        accounts.Note(Checks.Who(context), "load.read", address, Checks.Text(from, to));
        return Results.Json(fleet.Load(address, from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds()));
    }

    private static IResult LoadCsv(HttpContext context, FleetStore fleet, AccountStore accounts, string address,
        DateTimeOffset from, DateTimeOffset to)
    {
        if ((Checks.Address(address) ?? Checks.Period(from, to)) is { } problem)
        {
            return problem;
        }

        accounts.Note(Checks.Who(context), "load.read", address, Checks.Text(from, to));
        StringBuilder text = new(CsvText.Line(
            ["device", "start_utc", "rate", "import_milliwatthours", "export_milliwatthours", "intervals"]));
        foreach (LoadPoint point in fleet.Load(address, from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds()))
        {
            text.Append(CsvText.Line([address, DateTimeOffset.FromUnixTimeSeconds(point.StartUtcSeconds), point.Rate,
                point.ImportMilliwattHours, point.ExportMilliwattHours, point.Intervals]));
        }

        return Results.File(Encoding.UTF8.GetBytes(text.ToString()), "text/csv; charset=utf-8", "load.csv");
    }
}
