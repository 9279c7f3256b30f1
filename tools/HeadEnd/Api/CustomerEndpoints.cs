using System.Text;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Quality;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>A customer's right to a copy and to erasure.</summary>
internal static class CustomerEndpoints
{
    public static void Map(WebApplication web)
    {
        RouteGroupBuilder api = web.MapGroup("/api/v1/customers/{customer}").RequireAuthorization(Roles.Admin)
            .WithTags("customers");
        api.MapGet("/readings.csv", Export).Produces<string>(StatusCodes.Status200OK, "text/csv");
        api.MapDelete("", Erase).Produces<Erased>().Produces(StatusCodes.Status404NotFound);
    }

    private static IResult Export(HttpContext context, CustomerData data, AccountStore accounts, string customer)
    {
        accounts.Note(Checks.Who(context), "customer.export", customer, "");
        StringBuilder text = new(CsvText.Line(["device", "start_utc", "end_utc", "import_milliwatthours",
            "export_milliwatthours", "source"]));
        foreach ((string address, Reading one) in data.Readings(customer))
        {
            text.Append(CsvText.Line([address, DateTimeOffset.FromUnixTimeSeconds(one.StartUtcSeconds),
                DateTimeOffset.FromUnixTimeSeconds(one.EndUtcSeconds), one.ImportMilliwattHours,
                one.ExportMilliwattHours, one.Source]));
        }

        return Results.File(Encoding.UTF8.GetBytes(text.ToString()), "text/csv; charset=utf-8", "readings.csv");
    }

    private static IResult Erase(HttpContext context, CustomerData data, AccountStore accounts, string customer)
    {
        if (data.Erase(customer) is not { } removed)
        {
            return Results.NotFound();
        }

        accounts.Note(Checks.Who(context), "customer.erase", customer, $"{removed} records");
        return Results.Json(new Erased(removed));
    }
}
