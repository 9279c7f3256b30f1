using System.Text;
using MeterFirmware.Tools.HeadEnds.Exports;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>Any table as CSV: a period as one file, or a page at a time. Each is noted in the audit log.</summary>
internal static class ExportEndpoints
{
    private const string NextHeader = "X-Next-Cursor";

    public static void Map(WebApplication web)
    {
        RouteGroupBuilder api = web.MapGroup("/api/v1/export").RequireAuthorization(Roles.Viewer).WithTags("export");
        api.MapGet("", (HttpContext context) => Results.Json(ExportTables.All
            .Where(table => Roles.Has(context.User, table.Reader))
            .Select(table => new ExportView(table.Name, table.Columns, table.Time.Length > 0))))
            .Produces<IReadOnlyList<ExportView>>();
        api.MapGet("/{table}.csv", Export).Produces<string>(StatusCodes.Status200OK, "text/csv")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static IResult Export(HttpContext context, ExportStore exports, AccountStore accounts, string table,
        DateTimeOffset? from, DateTimeOffset? to, string? cursor, int? limit)
    {
        ExportTable? found = ExportTables.Find(table);
        if (Problem(context, found, table, from, to) is { } problem)
        {
            return problem;
        }

        if (!Paging.TryLimit(limit, out int most, out IResult wrong))
        {
            return wrong;
        }

        long start = from?.ToUnixTimeSeconds() ?? 0;
        long end = to?.ToUnixTimeSeconds() ?? 0;
        ExportPage first;
        try
        {
            first = exports.Read(found!, start, end, cursor, limit == null ? Paging.LimitMax : most);
        }
        catch (FormatException e)
        {
            return Checks.Bad(e.Message);
        }

        accounts.Note(Checks.Who(context), "export", table, from is { } begin && to is { } until
            ? Checks.Text(begin, until) : "");
        if (limit != null && first.Next != null)
        {
            context.Response.Headers[NextHeader] = first.Next;
        }

        return Results.Stream(async body =>
        {
            await using StreamWriter text = new(body, new UTF8Encoding(false), leaveOpen: true);
            await text.WriteAsync(CsvText.Line(found!.Columns));
            for (ExportPage? page = first; page != null; page = limit == null && page.Next != null
                ? exports.Read(found, start, end, page.Next, Paging.LimitMax) : null)
            {
                // A page at a time: a whole table is never in memory.
                foreach (IReadOnlyList<object?> row in page.Rows)
                {
                    await text.WriteAsync(CsvText.Line(row));
                }
            }
        }, "text/csv; charset=utf-8", $"{table}.csv");
    }

    private static IResult? Problem(HttpContext context, ExportTable? table, string name, DateTimeOffset? from,
        DateTimeOffset? to) => table == null
        ? Results.Problem($"table: {name}: there is none of this name", statusCode: StatusCodes.Status404NotFound)
        : !Roles.Has(context.User, table.Reader) ? Results.Problem(
            $"the role {table.Reader} was expected", statusCode: StatusCodes.Status403Forbidden)
        : table.Time.Length == 0 ? null
        : from == null || to == null ? Checks.Bad($"from, to: a period was expected: {name} has a time")
        : Checks.Period(from.Value, to.Value);
}
