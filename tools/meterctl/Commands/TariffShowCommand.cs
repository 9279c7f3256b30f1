using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using MeterFirmware.Tools.Billing;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Input;
using MeterFirmware.Tools.MeterCtl.Tariffs;
using NodaTime;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl tariff show`: a year of a tariff, days by hours.</summary>
internal static class TariffShowCommand
{
    public static Command Create()
    {
        Argument<string> file =
            new("FILE") { Description = "A tariff document, or the name of an example that ships." };
        Option<int?> year =
            new("--year") { Description = "The year; default that of the document's validity, else this one." };
        Option<string?> png = new("--png") { Description = "Draw the year." };
        Option<bool> json = new("--json") { Description = "One JSON document on stdout." };
        Command command = new("show",
            "Shows a year of a tariff: days by hours, a letter and a colour a rate.\n\nExample: meterctl tariff show "
                + "jiangsu-industry --year 2026 --png jiangsu.png")
        {
            file, year, png, json,
        };
        command.SetAction(parsed =>
            Run(parsed.GetRequiredValue(file), parsed.GetValue(year), parsed.GetValue(png), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string file, int? wanted, string? png, bool isJson)
    {
        TariffModel model = TariffFile.Load(file).Model;
        LocalDate today = SystemClock.Instance.GetCurrentInstant().InZone(model.TimeZone).Date;
        DocumentModel? document = model.Terms.Document;
        int year = wanted ?? (document?.From > today ? document.From.Value.Year
            : document?.Until <= today ? document.Until!.Value.PlusDays(-1).Year : today.Year);
        if (year is < 1972 or > 2098)
        {
            throw new InputException("--year: 1972 to 2098 was expected");
        }

        YearMap map = YearMap.Of(model, year);
        if (png is not null)
        {
            OutputFile.Check("--png", png);
            YearPicture.Save(png, map, model);
            Console.Error.WriteLine($"wrote {png}");
        }

        if (isJson)
        {
            Console.Out.WriteLine(Json(model, map)
                .ToJsonString(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
            return Program.Done;
        }

        Show(model, map);
        return Program.Done;
    }

    private static void Show(TariffModel model, YearMap map)
    {
        AnsiConsole.MarkupLineInterpolated($"[bold]{model.Name}[/]  {map.Year}  {model.TimeZoneText}");
        for (int rate = 0; rate < model.Rates.Count; rate++)
        {
            AnsiConsole.MarkupLine($"{TariffView.Block(rate)} {Markup.Escape(model.Rates[rate])}  "
                + $"{model.ImportPrices[rate] / 1_000_000m:0.######} {model.Currency}/kWh  {Hours(map, rate)} h");
        }

        foreach (YearLines.Line line in YearLines.Of(map))
        {
            AnsiConsole.MarkupLine($"{map.Year}-{line.Month:00} 00 "
                + $"{string.Concat(line.Rates.Select(TariffView.Block))} 24  {line.DayText()}");
        }

        if (model.Terms.Document is { Uncertain.Length: > 0 } document)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]note: {document.Uncertain}[/]");
        }
    }

    private static decimal Hours(YearMap map, int rate) => map.Rates.Cast<int>().Count(one => one == rate) / 4m;

    private static JsonObject Json(TariffModel model, YearMap map) => new()
    {
        ["name"] = model.Name,
        ["year"] = map.Year,
        ["rates"] = new JsonArray([.. Enumerable.Range(0, model.Rates.Count).Select(rate => (JsonNode)new JsonObject
        {
            ["name"] = model.Rates[rate], ["colour"] = map.Colours[rate], ["hours"] = Hours(map, rate),
        })]),
        ["months"] = new JsonArray([.. YearLines.Of(map).Select(line => (JsonNode)new JsonObject
        {
            ["month"] = line.Month, ["days"] = line.DayText(),
                ["halfHours"] = new JsonArray([.. line.Rates.Select(rate => (JsonNode)model.Rates[rate])]),
        })]),
    };
}
