using System.Globalization;
using System.Text.Json.Nodes;
using MeterFirmware.Tools.Billing;
using MeterFirmware.Tools.Billing.Tariffs;
using NodaTime;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Bills;

/// <summary>"Why is this line so": the parts of intervals that a line of energy is the sum of, each with its
/// row.</summary>
internal static class BillWhy
{
    public static void Write(BillRequest request, string name, bool isJson)
    {
        List<BillTrace> traces = [];
        BillDocument bill = BillEngine.Make(request, traces.Add);
        BillLine[] lines = [.. bill.Lines.Where(line => line.Name == name)];
        if (lines.Length == 0)
        {
            throw new InputException($"--why: no line '{name}'; there are "
                + $"{string.Join(", ", bill.Lines.Select(line => line.Name).Distinct())}");
        }

        // Surcharges and fees are of all energy; a rate's line is of its own.
        TariffModel model = request.Documents[0].Model;
        int rate = lines[0].Kind == BillLineKind.Energy ? model.Rates.IndexOf(name) : -1;
        BillTrace[] own = [.. traces.Where(one => rate < 0 || RateName(request, one) == name)];
        if (isJson)
        {
            WriteJson(request, lines, own);
            return;
        }

        foreach (BillLine line in lines)
        {
            string cost = $"{Money.Text(line.Cost)} {bill.Currency}";
            AnsiConsole.MarkupLineInterpolated($"[bold]{line.Name}[/] {cost}: {line.Why}");
        }

        Table table = new Table().Border(TableBorder.Rounded)
            .AddColumns("line", "from", "until", "tier", "kWh", "price");
        foreach (BillTrace one in own.Where(_ => lines[0].Parts.Count > 0))
        {
            table.AddRow(LineOf(request, one), Local(model, one.FromUtc), Local(model, one.UntilUtc), $"{one.Tier + 1}",
                Kwh(request, one), Price(one));
        }

        if (table.Rows.Count > 0)
        {
            Screen.Write(table);
        }
    }

    private static void WriteJson(BillRequest request, BillLine[] lines, BillTrace[] traces) =>
        Console.Out.WriteLine(new JsonObject
        {
            ["lines"] = new JsonArray([.. lines.Select(line => (JsonNode)new JsonObject
        {
            ["name"] = line.Name, ["cost"] = Money.Text(line.Cost), ["why"] = line.Why,
        })]),
            ["intervals"] =
            new JsonArray([.. traces.Where(_ => lines[0].Parts.Count > 0).Select(one => (JsonNode)new JsonObject
        {
            ["line"] = request.Load.Lines[one.Interval],
            ["from"] = Local(request.Documents[0].Model, one.FromUtc),
            ["until"] = Local(request.Documents[0].Model, one.UntilUtc),
            ["tier"] = one.Tier + 1,
            ["kwh"] = Kwh(request, one),
            ["price"] = Price(one),
        })]),
        }.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));

    private static string RateName(BillRequest request, BillTrace trace)
    {
        TariffFile file = request.Documents.First(one => one.Model.Terms.Document?.Until is not LocalDate until
            || trace.Section < until);
        return file.Model.Rates[trace.Rate];
    }

    private static string LineOf(BillRequest request, BillTrace one) =>
        request.Load.Lines[one.Interval].ToString(CultureInfo.InvariantCulture);

    private static string Kwh(BillRequest request, BillTrace one) =>
        new BillPart(1, 0, one.MicrojouleSeconds, request.Load.StepSeconds)
            .KilowattHours.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Price(BillTrace one) =>
        (one.PriceMillionths / 1_000_000m).ToString("0.######", CultureInfo.InvariantCulture);

    private static string Local(TariffModel model, long utc) =>
        Instant.FromUnixTimeSeconds(utc).InZone(model.TimeZone)
            .ToString("uuuu-MM-dd'T'HH:mm:sso<m>", CultureInfo.InvariantCulture);
}
