using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MeterFirmware.Tools.Input;

/// <summary>Checks a value against the part of JSON Schema that asyncapi.yaml uses; a keyword it does not know is an
/// error, so that the document cannot promise what nobody checks.</summary>
/// <param name="resolve">Follows a reference.</param>
internal sealed class SchemaChecker(Func<JsonObject, JsonObject> resolve)
{
    /// <summary>Every fault, with the path of the value; empty when it is good.</summary>
    public List<string> Check(JsonObject schema, JsonNode? value, string path = "$")
    {
        List<string> faults = [];
        Check(schema, value, path, faults);
        return faults;
    }

    private void Check(JsonObject reference, JsonNode? value, string path, List<string> faults)
    {
        JsonObject schema = resolve(reference);
        if (schema["type"] is { } types && !IsOfType(value, types))
        {
            // What follows asks for members, items or digits of a value that has none.
            faults.Add($"{path}: {types.ToJsonString().Replace("\"", "")} was expected: {Text(value)}");
            return;
        }

        foreach ((string keyword, JsonNode? rule) in schema)
        {
            bool isGood = keyword switch
            {
                "description" or "type" => true,
                "const" => JsonNode.DeepEquals(rule, value),
                "enum" => rule!.AsArray().Any(one => JsonNode.DeepEquals(one, value)),
                "pattern" => Regex.IsMatch(value!.GetValue<string>(), rule!.GetValue<string>()),
                "maxLength" => value!.GetValue<string>().Length <= Number(rule!),
                "minimum" => value is null || Number(value) >= Number(rule!),
                "maximum" => value is null || Number(value) <= Number(rule!),
                "minItems" => value!.AsArray().Count >= Number(rule!),
                "maxItems" => value!.AsArray().Count <= Number(rule!),
                "required" => CheckRequired(rule!.AsArray(), value!.AsObject(), path, faults),
                "additionalProperties" =>
                    CheckClosed(schema["properties"]?.AsObject() ?? [], value!.AsObject(), path, faults),
                "items" => CheckItems(rule!.AsObject(), value!.AsArray(), path, faults),
                "properties" => CheckMembers(rule!.AsObject(), value!.AsObject(), path, faults),
                _ => throw new NotSupportedException($"schema keyword '{keyword}'"),
            };
            if (!isGood)
            {
                faults.Add($"{path}: {keyword} {rule!.ToJsonString()} was expected: {Text(value)}");
            }
        }
    }

    private static bool CheckRequired(JsonArray names, JsonObject value, string path, List<string> faults)
    {
        faults.AddRange(names.Select(name => name!.GetValue<string>()).Where(name => !value.ContainsKey(name))
            .Select(name => $"{path}.{name}: missing"));
        return true;
    }

    private static bool CheckClosed(JsonObject known, JsonObject value, string path, List<string> faults)
    {
        string expected = known.Count == 0 ? "none" : string.Join(", ", known.Select(one => one.Key));
        faults.AddRange(value.Select(member => member.Key).Where(name => !known.ContainsKey(name))
            .Select(name => $"{path}.{name}: no such member; {expected} expected"));
        return true;
    }

    private bool CheckItems(JsonObject rule, JsonArray items, string path, List<string> faults)
    {
        for (int i = 0; i < items.Count; i++)
        {
            Check(rule, items[i], $"{path}[{i}]", faults);
        }

        return true;
    }

    private bool CheckMembers(JsonObject rules, JsonObject value, string path, List<string> faults)
    {
        foreach ((string name, JsonNode? member) in value)
        {
            if (rules[name] is JsonObject rule)
            {
                Check(rule, member, $"{path}.{name}", faults);
            }
        }

        return true;
    }

    private static string Text(JsonNode? value)
    {
        string text = value?.ToJsonString() ?? "null";
        return text.Length <= 60 ? text : text[..60] + "…";
    }

    /// <summary>A number that no decimal holds is farther out than any bound.</summary>
    private static decimal Number(JsonNode node)
    {
        string text = node.ToJsonString();
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) ? number
            : text.StartsWith('-') ? decimal.MinValue : decimal.MaxValue;
    }

    private static bool IsOfType(JsonNode? value, JsonNode types) =>
        types is JsonArray several ? several.Any(type => TypeOf(value, type!.GetValue<string>()))
            : TypeOf(value, types.GetValue<string>());

    private static bool TypeOf(JsonNode? value, string type) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value?.GetValueKind() == JsonValueKind.String,
        "number" => value?.GetValueKind() == JsonValueKind.Number,

        // As a device reads it: digits only, and no more than its 64 bits.
        "integer" => value?.GetValueKind() == JsonValueKind.Number
            && long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        _ => throw new NotSupportedException($"schema type '{type}'"),
    };
}
