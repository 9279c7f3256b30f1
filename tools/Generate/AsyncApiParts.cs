using System.Text.Encodings.Web;
using System.Text.Json;

namespace MeterFirmware.Tools.Generate;

/// <summary>The parts of asyncapi.yaml that the catalogues say; JSON is YAML.</summary>
internal static class AsyncApiParts
{
    private static readonly JsonSerializerOptions _plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Dictionary<string, string> All(Catalogue catalogue) => new()
    {
        ["charger faults"] = $"        faults: {{ type: array, items: {{ enum: {Words(FaultCodes.Of(catalogue, "charger").Select(f => f.Word!))} }} }}\n",
        ["events"] = string.Concat(catalogue.Events.Select(e => $"  - {Event(e)}\n")),
    };

    /// <summary>Words in brackets, as YAML reads them as text.</summary>
    internal static string Words(IEnumerable<string> words) => $"[{string.Join(", ", words.Select(Word))}]";

    private static string Word(string word) => word is "off" or "on" or "yes" or "no" ? $"'{word}'" : word;

    private static string Event(EventEntry e) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["code"] = e.Code,
        ["name"] = e.Name,
        ["product"] = e.Product,
        ["description"] = e.Description,
        ["values"] = e.IsLasting ? [.. e.Values, "import Wh at the end", "export Wh at the end", $"worst {e.Worst}"] : e.Values,
    }, _plain);
}
