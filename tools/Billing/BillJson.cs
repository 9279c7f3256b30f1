using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MeterFirmware.Tools.Billing;

/// <summary>A bill as one JSON document: money as strings with four places, energies in kWh as strings to the
/// mWh.</summary>
public static class BillJson
{
    private static readonly JsonSerializerOptions _indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(BillDocument bill) => new JsonObject
    {
        ["currency"] = bill.Currency,
        ["total"] = Money(bill.Total),
        ["rounding"] = BillKinds.RoundingRule,
        ["sections"] = new JsonArray([.. bill.Sections.Select(Section)]),
        ["notes"] = new JsonArray([.. bill.Notes.Select(note => (JsonNode)note)]),
    }.ToJsonString(_indented);

    private static JsonNode Section(BillSection section) => new JsonObject
    {
        ["document"] = section.Document,
        ["from"] = section.From.ToString("uuuu-MM-dd", null),
        ["until"] = section.Until.ToString("uuuu-MM-dd", null),
        ["total"] = Money(section.Total),
        ["lines"] = new JsonArray([.. section.Lines.Select(Line)]),
    };

    private static JsonNode Line(BillLine line)
    {
        JsonObject node = new()
        {
            ["kind"] = BillKinds.Name(line.Kind),
            ["name"] = line.Name,
            ["quantity"] = line.Quantity.ToString("0.######", CultureInfo.InvariantCulture),
            ["unit"] = line.Unit,
            ["cost"] = Money(line.Cost),
            ["why"] = line.Why,
        };
        if (line.Parts.Count > 0)
        {
            node["parts"] = new JsonArray([.. line.Parts.Select(part => (JsonNode)new JsonObject
            {
                ["tier"] = part.Tier,
                ["price"] = (part.PriceMillionths / 1_000_000m).ToString("0.######", CultureInfo.InvariantCulture),
                ["kwh"] = part.KilowattHours.ToString("0.######", CultureInfo.InvariantCulture),
            })]);
        }

        return node;
    }

    private static string Money(long tenThousandths) =>
        (tenThousandths / 10_000m).ToString("0.0000", CultureInfo.InvariantCulture);
}
