using System.Text;
using MeterFirmware.Tools.HeadEnds.Carbon;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>Emission factors by hour, and what devices, areas and customers emitted.</summary>
internal static class CarbonEndpoints
{
    private const string Csv = "text/csv";

    public static void Map(WebApplication web)
    {
        RouteGroupBuilder api = web.MapGroup("/api/v1").WithTags("carbon");
        api.MapGet("/carbon/factors.csv", (CarbonStore carbon, DateTimeOffset from, DateTimeOffset to) =>
            Checks.Period(from, to) ?? File(FactorCsv.Write(
                carbon.Factors(from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds())), "factors.csv"))
            .RequireAuthorization(Roles.Viewer).Produces<string>(StatusCodes.Status200OK, Csv)
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapPut("/carbon/factors.csv", (HttpContext context, CarbonStore carbon, AccountStore accounts) =>
            FleetEndpoints.ReplaceAsync(context, accounts, "carbon.factors", carbon.Put))
            .RequireAuthorization(Roles.Engineer).Accepts<string>(Csv).Produces(StatusCodes.Status204NoContent)
            .Produces<IReadOnlyList<FleetFault>>(StatusCodes.Status422UnprocessableEntity);
        api.MapGet("/carbon", Report).RequireAuthorization(Roles.Viewer).Produces<CarbonReport>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden);
        api.MapGet("/carbon.csv", ReportCsv).RequireAuthorization(Roles.Viewer)
            .Produces<string>(StatusCodes.Status200OK, Csv).ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden);
    }

    private static IResult Report(HttpContext context, CarbonStore carbon, AccountStore accounts, DateTimeOffset from,
        DateTimeOffset to, string? device, string? area, string? customer) =>
        Problem(context, from, to, device, area, customer)
        ?? Results.Json(Read(context, carbon, accounts, from, to, device, area, customer));

    private static IResult ReportCsv(HttpContext context, CarbonStore carbon, AccountStore accounts,
        DateTimeOffset from, DateTimeOffset to, string? device, string? area, string? customer)
    {
        if (Problem(context, from, to, device, area, customer) is { } problem)
        {
            return problem;
        }

        StringBuilder text = new(CsvText.Line(
            ["start_utc", "import_milliwatthours", "micrograms_per_kwh", "milligrams"]));
        foreach (CarbonHour hour in Read(context, carbon, accounts, from, to, device, area, customer).Hours)
        {
            text.Append(CsvText.Line(
                [hour.Start, hour.ImportMilliwattHours, hour.MicrogramsPerKwh, hour.Milligrams]));
        }

        return File(text.ToString(), "carbon.csv");
    }

    private static CarbonReport Read(HttpContext context, CarbonStore carbon, AccountStore accounts,
        DateTimeOffset from, DateTimeOffset to, string? device, string? area, string? customer)
    {
        long start = from.ToUnixTimeSeconds();
        long end = to.ToUnixTimeSeconds();
        if (area != null)
        {
            return carbon.OfArea(area, start, end);
        }

        accounts.Note(Checks.Who(context), "load.read", device ?? customer!, Checks.Text(from, to));
        return device != null ? carbon.OfDevice(device, start, end) : carbon.OfCustomer(customer!, start, end);
    }

    private static IResult? Problem(HttpContext context, DateTimeOffset from, DateTimeOffset to, string? device,
        string? area, string? customer)
    {
        if (new[] { device, area, customer }.Count(one => !string.IsNullOrEmpty(one)) != 1
            || new[] { device, area, customer }.Any(one => one?.Length == 0))
        {
            return Checks.Bad("device, area, customer: one of them was expected");
        }

        // Hours of one home say when somebody is there.
        return Checks.Period(from, to) ?? (device == null ? null : Checks.Address(device))
            ?? Checks.Name("area", area) ?? Checks.Name("customer", customer)
            ?? (area != null || Roles.Has(context.User, Roles.Operator) ? null : Results.Problem(
                $"the role {Roles.Operator} was expected", statusCode: StatusCodes.Status403Forbidden));
    }

    private static IResult File(string text, string name) =>
        Results.File(Encoding.UTF8.GetBytes(text), "text/csv; charset=utf-8", name);
}
