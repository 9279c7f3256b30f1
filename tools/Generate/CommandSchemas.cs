using System.Text.Json.Nodes;

namespace MeterFirmware.Tools.Generate;

/// <summary>Members of commands.json as JSON schemas.</summary>
/// <param name="types">Shared types by name.</param>
internal sealed class CommandSchemas(IReadOnlyDictionary<string, JsonObject> types)
{
    /// <summary>A closed object of these members.</summary>
    public JsonObject Object(JsonObject members, string place)
    {
        JsonArray required = [.. members.Where(m => !m.Key.EndsWith('?')).Select(m => (JsonNode)m.Key)];
        JsonObject properties = [];
        foreach ((string name, JsonNode? type) in members)
        {
            properties[name.TrimEnd('?')] = Type(type, $"{place}.{name.TrimEnd('?')}");
        }

        JsonObject schema = new() { ["type"] = "object" };
        if (required.Count > 0)
        {
            schema["required"] = required;
        }

        schema["additionalProperties"] = false;
        schema["properties"] = properties;
        return schema;
    }

    private JsonNode Type(JsonNode? type, string place)
    {
        if (type is JsonValue name && name.TryGetValue(out string? word))
        {
            return types.TryGetValue(word, out JsonObject? shared) ? shared.DeepClone()
                : throw Wrong(place, $"'{word}' is no type; one of {string.Join(", ", types.Keys)} was expected");
        }

        if (type is not JsonObject rule)
        {
            throw Wrong(place, "the name of a type or an object was expected");
        }

        return rule.Count == 1 && rule["schema"] is JsonObject own ? own.DeepClone()
            : rule.Count == 1 && (rule["const"] ?? rule["enum"]) != null ? rule.DeepClone() : Object(rule, place);
    }

    private static CatalogueException Wrong(string place, string message) =>
        new($"{Outputs.Folder}commands.json: {place}: {message}");
}
