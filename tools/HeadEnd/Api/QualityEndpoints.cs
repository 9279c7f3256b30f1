using System.Text;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Quality;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>Findings, the readings that count, estimates and edits.</summary>
internal static class QualityEndpoints
{
    private const string Csv = "text/csv";

    public static void Map(WebApplication web)
    {
        RouteGroupBuilder api = web.MapGroup("/api/v1").WithTags("quality");
        api.MapGet("/quality", Findings).RequireAuthorization(Roles.Operator)
            .Produces<Page<DeviceFinding>>().ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapPost("/quality/check", CheckAsync).RequireAuthorization(Roles.Engineer).Produces<CheckedDays>();
        api.MapGet("/devices/{address}/readings", Readings).RequireAuthorization(Roles.Operator)
            .Produces<IReadOnlyList<Reading>>().ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/devices/{address}/readings.csv", ReadingsCsv).RequireAuthorization(Roles.Operator)
            .Produces<string>(StatusCodes.Status200OK, Csv).ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/devices/{address}/corrections", Corrections).RequireAuthorization(Roles.Operator)
            .Produces<IReadOnlyList<Correction>>().ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapPost("/devices/{address}/edits", Edit).RequireAuthorization(Roles.Engineer)
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapPost("/devices/{address}/withdrawals", Withdraw).RequireAuthorization(Roles.Engineer)
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static IResult Findings(QualityStore quality, DateOnly day, string? rule, string? cursor, int? limit)
    {
        if (rule != null && !QualityRules.Names.Contains(rule))
        {
            return Checks.Bad($"rule: {string.Join(", ", QualityRules.Names)} was expected");
        }

        if ((Checks.Days(day, day) ?? Checks.Cursor(cursor)) is { } problem)
        {
            return problem;
        }

        if (!Paging.TryLimit(limit, out int most, out IResult wrong))
        {
            return wrong;
        }

        // The limit is of devices: what was found of one is not cut.
        IReadOnlyList<DeviceFinding> found = quality.Findings(day, cursor, most + 1, rule);
        List<string> devices = [.. found.Select(one => one.Address).Distinct()];
        return Results.Json(devices.Count <= most ? new Page<DeviceFinding>(found, null)
            : new Page<DeviceFinding>([.. found.Where(one => one.Address != devices[most])], devices[most - 1]));
    }

    private static async Task<IResult> CheckAsync(HttpContext context, MissingRecords missing, AccountStore accounts,
        UtilityClock clock)
    {
        string detail = await missing.RunAsync(clock.Today, context.RequestAborted);
        accounts.Note(Checks.Who(context), "quality.check", "", detail);
        return Results.Json(new CheckedDays(detail));
    }

    private static IResult Readings(HttpContext context, QualityStore quality, AccountStore accounts, string address,
        DateTimeOffset from, DateTimeOffset to)
    {
        if ((Checks.Address(address) ?? Checks.Period(from, to)) is { } problem)
        {
            return problem;
        }

        accounts.Note(Checks.Who(context), "load.read", address, Checks.Text(from, to));
        return Results.Json(quality.Readings(address, from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds()));
    }

    private static IResult ReadingsCsv(HttpContext context, QualityStore quality, AccountStore accounts,
        string address, DateTimeOffset from, DateTimeOffset to)
    {
        if ((Checks.Address(address) ?? Checks.Period(from, to)) is { } problem)
        {
            return problem;
        }

        accounts.Note(Checks.Who(context), "load.read", address, Checks.Text(from, to));
        StringBuilder text = new(CsvText.Line(["device", "start_utc", "end_utc", "rate_index",
            "import_milliwatthours", "export_milliwatthours", "source"]));
        foreach (Reading one in quality.Readings(address, from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds()))
        {
            text.Append(CsvText.Line([address, DateTimeOffset.FromUnixTimeSeconds(one.StartUtcSeconds),
                DateTimeOffset.FromUnixTimeSeconds(one.EndUtcSeconds), one.Rate, one.ImportMilliwattHours,
                one.ExportMilliwattHours, one.Source]));
        }

        return Results.File(Encoding.UTF8.GetBytes(text.ToString()), "text/csv; charset=utf-8", "readings.csv");
    }

    private static IResult Corrections(HttpContext context, QualityStore quality, AccountStore accounts,
        string address, DateTimeOffset from, DateTimeOffset to)
    {
        if ((Checks.Address(address) ?? Checks.Period(from, to)) is { } problem)
        {
            return problem;
        }

        accounts.Note(Checks.Who(context), "load.read", address, Checks.Text(from, to));
        return Results.Json(quality.Corrections(address, from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds()));
    }

    private static IResult Edit(HttpContext context, ReadingEditor editor, AccountStore accounts, string address,
        NewEdit edit) => Answer(context, accounts, "reading.edit", address, edit.Start,
            Checks.Address(address) ?? Told(editor.Edit(address, edit.Start.ToUnixTimeSeconds(),
                edit.ImportMilliwattHours, edit.ExportMilliwattHours, Checks.Who(context), edit.Why ?? "")));

    private static IResult Withdraw(HttpContext context, ReadingEditor editor, AccountStore accounts, string address,
        Withdrawal withdrawal) => Answer(context, accounts, "reading.withdraw", address, withdrawal.Start,
            Checks.Address(address) ?? Told(editor.Withdraw(address, withdrawal.Start.ToUnixTimeSeconds(),
                Checks.Who(context), withdrawal.Why ?? "")));

    private static IResult? Told(string? problem) => problem == null ? null : Checks.Bad(problem);

    private static IResult Answer(HttpContext context, AccountStore accounts, string action, string address,
        DateTimeOffset start, IResult? problem)
    {
        if (problem != null)
        {
            return problem;
        }

        accounts.Note(Checks.Who(context), action, address, $"{start.UtcDateTime:s}Z");
        return Results.NoContent();
    }
}
