using System.Text.Json;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>A JSON value that keeps its path and its exact number text, so that no price passes through a
/// double.</summary>
internal sealed class JsonValue(JsonValueKind kind, string path)
{
    public JsonValueKind Kind { get; } = kind;

    public string Path { get; } = path;

    /// <summary>The string, or the number as written.</summary>
    public string Text { get; init; } = "";

    /// <summary>Members of an object in file order; doubles are reported and left out.</summary>
    public List<KeyValuePair<string, JsonValue>> Members { get; } = [];

    public List<JsonValue> Items { get; } = [];

    public string KindName => Kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    public JsonValue? Find(string name) => Members.FirstOrDefault(m => m.Key == name).Value;

    public static string MemberPath(string parent, string name)
    {
        bool plain = name.Length > 0 && name.All(c => char.IsLetterOrDigit(c) || c is '_' or '-');
        return plain ? $"{parent}.{name}" : $"{parent}[{JsonReader.Quote(name)}]";
    }
}
