using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>Checks a payload against the part of JSON Schema that asyncapi.yaml uses; a keyword it does not know is an
/// error, so that the document cannot promise what nobody checks.</summary>
internal sealed class SchemaChecker(AsyncApiDocument document)
{
    /// <summary>Every fault, with the path of the value; empty when the payload is good.</summary>
    public List<string> Check(JsonObject schema, JsonNode value, string path = "$")
    {
        List<string> faults = [];
        Check(schema, value, path, faults);
        return faults;
    }

    private void Check(JsonObject reference, JsonNode value, string path, List<string> faults)
    {
        JsonObject schema = document.Resolve(reference);
        foreach ((string keyword, JsonNode rule) in schema)
        {
            bool isGood = keyword switch
            {
                "description" => true,
                "type" => rule is JsonArray types
                    ? types.Any(type => TypeOf(value, type.GetValue<string>())) : TypeOf(value, rule.GetValue<string>()),
                "const" => JsonNode.DeepEquals(rule, value),
                "enum" => rule.AsArray().Any(one => JsonNode.DeepEquals(one, value)),
                "pattern" => Regex.IsMatch(value.GetValue<string>(), rule.GetValue<string>()),
                "maxLength" => value.GetValue<string>().Length <= Number(rule),
                "minimum" => value is null || Number(value) >= Number(rule),
                "maximum" => value is null || Number(value) <= Number(rule),
                "minItems" => value.AsArray().Count >= Number(rule),
                "maxItems" => value.AsArray().Count <= Number(rule),
                "required" => rule.AsArray().All(name => value.AsObject().ContainsKey(name.GetValue<string>())),
                "additionalProperties" => value.AsObject().All(member => schema["properties"].AsObject().ContainsKey(member.Key)),
                "items" => CheckItems(rule.AsObject(), value.AsArray(), path, faults),
                "properties" => CheckMembers(rule.AsObject(), value.AsObject(), path, faults),
                _ => throw new NotSupportedException($"schema keyword '{keyword}'"),
            };
            if (!isGood)
            {
                faults.Add($"{path}: {keyword} {rule.ToJsonString()}: {value?.ToJsonString() ?? "null"}");
            }
        }
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
        foreach ((string name, JsonNode member) in value)
        {
            if (rules[name] is JsonObject rule)
            {
                Check(rule, member, $"{path}.{name}", faults);
            }
        }

        return true;
    }

    private static decimal Number(JsonNode node) => decimal.Parse(node.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);

    private static bool TypeOf(JsonNode value, string type) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value?.GetValueKind() == JsonValueKind.String,
        "number" => value?.GetValueKind() == JsonValueKind.Number,
        "integer" => value?.GetValueKind() == JsonValueKind.Number && Number(value) == decimal.Truncate(Number(value)),
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        _ => throw new NotSupportedException($"schema type '{type}'"),
    };
}
