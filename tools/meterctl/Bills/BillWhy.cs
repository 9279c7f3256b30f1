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
        BillLine? wanted = bill.Lines.FirstOrDefault(line => line.Title == name)
            ?? bill.Lines.FirstOrDefault(line => line.Name == name);
        if (wanted is null)
        {
            throw new InputException($"--why: no line '{name}'; there are "
                + $"{string.Join(", ", bill.Lines.Select(line => line.Title).Distinct())}");
        }

        // A section whose document has no such line has no share in it.
        Dictionary<LocalDate, BillLine> lines = bill.Sections
            .Select(section => (section.From, Line: section.Lines.FirstOrDefault(line => line.Title == wanted.Title)))
            .Where(section => section.Line is not null).ToDictionary(section => section.From, section => section.Line!);
        BillTrace[] own = [.. traces.Where(one => lines.TryGetValue(one.Section, out BillLine? line)
            && IsIn(line, one)).Select(one => WithPrice(lines[one.Section], one))];
        TariffModel model = request.Documents[0].Model;
        if (isJson)
        {
            WriteJson(request, lines.Values, own);
            return;
        }

        foreach (BillLine line in lines.Values)
        {
            string cost = $"{Money.Text(line.Cost)} {bill.Currency}";
            AnsiConsole.MarkupLineInterpolated($"[bold]{line.Title}[/] {cost}: {line.Why}");
        }

        Table table = new Table().Border(TableBorder.Rounded)
            .AddColumns("line", "from", "until", "tier", "kWh", "price");
        foreach (BillTrace one in own)
        {
            table.AddRow(LineOf(request, one), Local(model, one.FromUtc), Local(model, one.UntilUtc), $"{one.Tier + 1}",
                Kwh(request, one), Price(one));
        }

        if (table.Rows.Count > 0)
        {
            Screen.Write(table);
        }
    }

    private static void WriteJson(BillRequest request, IEnumerable<BillLine> lines, BillTrace[] traces) =>
        Console.Out.WriteLine(new JsonObject
        {
            ["lines"] = new JsonArray([.. lines.Select(line => (JsonNode)new JsonObject
        {
            ["name"] = line.Name, ["cost"] = Money.Text(line.Cost), ["why"] = line.Why,
        })]),
            ["intervals"] =
            new JsonArray([.. traces.Select(one => (JsonNode)new JsonObject
        {
            ["line"] = request.Load.Lines[one.Interval],
            ["from"] = Local(request.Documents[0].Model, one.FromUtc),
            ["until"] = Local(request.Documents[0].Model, one.UntilUtc),
            ["tier"] = one.Tier + 1,
            ["kwh"] = Kwh(request, one),
            ["price"] = Price(one),
        })]),
        }.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));

    private static bool IsIn(BillLine line, BillTrace trace) => line.Parts.Count > 0
        && trace.Kind == (line.Kind == BillLineKind.Export ? BillLineKind.Export : BillLineKind.Energy)
        && trace.Rate == (line.Rate ?? trace.Rate);

    /// <summary>A surcharge or a fee has a price of its own on the energy of another line.</summary>
    private static BillTrace WithPrice(BillLine line, BillTrace trace) =>
        line.Kind is BillLineKind.Surcharge or BillLineKind.Service
            ? trace with { Tier = 0, PriceMillionths = line.Parts[0].PriceMillionths } : trace;

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
