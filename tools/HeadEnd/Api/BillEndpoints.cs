using MeterFirmware.Tools.Billing;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;
using MeterFirmware.Tools.HeadEnds.Web.Bills;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>Bills, as tools/Billing writes them.</summary>
internal static class BillEndpoints
{
    public static void Map(WebApplication web) => web.MapGet("/api/v1/devices/{address}/bill", Bill)
        .RequireAuthorization(Roles.Operator).WithTags("bills")
        .Produces<string>(StatusCodes.Status200OK, "application/json")
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);

    private static IResult Bill(HttpContext context, CustomerBills bills, AccountStore accounts, string address,
        DateOnly from, DateOnly until)
    {
        if ((Checks.Address(address) ?? (until <= from ? Checks.Bad("until: a day after from was expected")
            : Checks.Days(from, until.AddDays(-1)))) is { } problem)
        {
            return problem;
        }

        accounts.Note(Checks.Who(context), "bill.read", address, $"{from:yyyy-MM-dd} to {until:yyyy-MM-dd}");
        try
        {
            return Results.Text(BillJson.Write(bills.Make(address, from, until)), "application/json");
        }
        catch (InputException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }
}
