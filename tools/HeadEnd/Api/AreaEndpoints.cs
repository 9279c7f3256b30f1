using System.Text;
using MeterFirmware.Tools.HeadEnds.Areas;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>Transformer areas: loss, load, unbalance, voltage. Sums of many: no read of a single home.</summary>
internal static class AreaEndpoints
{
    public static void Map(WebApplication web)
    {
        RouteGroupBuilder api = web.MapGroup("/api/v1/areas").RequireAuthorization(Roles.Viewer).WithTags("areas");
        api.MapGet("/{area}/loss", (AreaReport areas, string area, DateOnly from, DateOnly to) =>
            Problem(areas, area, from, to) ?? Results.Json(areas.Loss(area, from, to)))
            .Produces<IReadOnlyList<AreaDay>>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/{area}/loss.csv", LossCsv).Produces<string>(StatusCodes.Status200OK, "text/csv")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/{area}/load", (AreaReport areas, string area, DateOnly day) =>
            Problem(areas, area, day, day) ?? Results.Json(areas.Load(area, day)))
            .Produces<AreaLoad>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static IResult LossCsv(AreaReport areas, string area, DateOnly from, DateOnly to)
    {
        if (Problem(areas, area, from, to) is { } problem)
        {
            return problem;
        }

        StringBuilder text = new(CsvText.Line(["area", "date", "supplied_milliwatthours", "sold_milliwatthours",
            "loss_milliwatthours", "loss_permille", "members", "missing", "estimated"]));
        foreach (AreaDay day in areas.Loss(area, from, to))
        {
            text.Append(CsvText.Line([day.Area, day.Day.ToString("yyyy-MM-dd", null), day.SuppliedMilliwattHours,
                day.SoldMilliwattHours, day.LossMilliwattHours, day.LossPermille, day.Members,
                string.Join(' ', day.Missing), string.Join(' ', day.Estimated)]));
        }

        return Results.File(Encoding.UTF8.GetBytes(text.ToString()), "text/csv; charset=utf-8", "loss.csv");
    }

    private static IResult? Problem(AreaReport areas, string area, DateOnly from, DateOnly to) =>
        Checks.Days(from, to) ?? Checks.Name("area", area)
        ?? (areas.Transformers(from).Concat(areas.Transformers(to)).Any(one => one.Name == area) ? null
            : Results.Problem($"area: {area}: there is no such transformer area",
                statusCode: StatusCodes.Status404NotFound));
}
