using System.Text.Encodings.Web;
using System.Text.Json;

namespace MeterFirmware.Tools.Generate;

/// <summary>The parts of asyncapi.yaml that the catalogues say; JSON is YAML.</summary>
internal static class AsyncApiParts
{
    private static readonly JsonSerializerOptions _plain =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Dictionary<string, string> All(Catalogue catalogue) => new()
    {
        ["charger faults"] = "        faults: { type: array, items: { enum: "
            + $"{Words(FaultCodes.Of(catalogue, "charger").Select(f => f.Word!))} }} }}\n",
        ["instant measurands"] = string.Concat(catalogue.Measurands.Where(m => m.Instant).Select(m =>
            $"        {m.Member}: {Instant(m)}\n")),
        ["measurands"] = string.Concat(catalogue.Measurands.SelectMany(m => m.Each().Select(column => Row(m, column)))),
        ["command words"] = CommandTables.WordsOfDocument(catalogue),
        ["commands"] = CommandTables.Document(catalogue),
        ["command errors"] = RefusalTables.Words(catalogue),
        ["events"] = string.Concat(catalogue.Events.Select(e => $"  - {Event(e)}\n")),
    };

    /// <summary>Words in brackets, as YAML reads them as text.</summary>
    internal static string Words(IEnumerable<string> words) => $"[{string.Join(", ", words.Select(Word))}]";

    /// <summary>JSON on one line, as it stands in YAML.</summary>
    internal static string Json(object value) => JsonSerializer.Serialize(value, _plain);

    private static string Instant(MeasurandEntry m) => m.Columns != "total" ? "{ $ref: '#/components/schemas/phases' }"
        : m.Digits == 0 ? "{ $ref: '#/components/schemas/energy' }" : "{ type: number }";

    private static string Row(MeasurandEntry m, (int Phase, string Dlt645, string Obis, string Dlt698) column)
    {
        string unit = m.Unit == "1" ? "'1'" : m.Unit;
        string phase = column.Phase < 0 ? "t" : $"'{column.Phase}'";
        return $"  - {{name: {m.Member}, unit: {unit}, digits: {m.Digits}, phase: {phase}, di: '{column.Dlt645}', "
            + $"obis: '{column.Obis}', oad: '{column.Dlt698}'}}\n";
    }

    private static string Word(string word) => word is "off" or "on" or "yes" or "no" ? $"'{word}'" : word;

    private static string Event(EventEntry e) => Json(new Dictionary<string, object>
    {
        ["code"] = e.Code,
        ["name"] = e.Name,
        ["product"] = e.Product,
        ["description"] = e.Description,
        ["values"] = e.IsLasting ? [.. e.Values, "import Wh at the end", "export Wh at the end", $"worst {e.Worst}"]
            : e.Values,
    });
}
