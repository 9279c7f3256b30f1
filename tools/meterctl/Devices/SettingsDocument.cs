using System.Text.Json;
using System.Text.Json.Nodes;
using MeterFirmware.Commands;
using MeterFirmware.DeviceCore;

namespace MeterFirmware.Tools.MeterCtl.Devices;

/// <summary>A settings document as a file: checked against the firmware's own list of settings, every error with its
/// line and path.</summary>
internal static class SettingsDocument
{
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true };

    /// <summary>Who has a document.</summary>
    public static IReadOnlyList<string> Products { get; } = ["meter", "charger", "site"];

    /// <summary>Reads a file and finds everything that is wrong with it.</summary>
    /// <param name="path">JSON file.</param>
    /// <param name="problems">Line, path and expectation of each error; empty: the document is good.</param>
    /// <param name="product">Whose document: <see cref="Products"/>.</param>
    public static JsonObject Read(string path, List<string> problems, string product = "meter")
    {
        try
        {
            byte[] bytes = File.ReadAllBytes(path);
            Dictionary<string, int> lines = JsonLines.Of(bytes, out string? twice);
            if (twice != null)
            {
                // Devices refuse it too, and which of the two is meant nobody knows.
                problems.Add($"line {lines[twice]}: {twice}: it stands there twice");
                return [];
            }

            if (JsonNode.Parse(bytes) is not JsonObject document)
            {
                problems.Add("line 1: $: an object was expected");
                return [];
            }

            List<string> found = [];
            Check(document, product, found);
            problems.AddRange(found.Select(problem => WithLine(problem, lines)));
            return document;
        }
        catch (JsonException e)
        {
            problems.Add($"line {(e.LineNumber ?? 0) + 1}: {e.Message}");
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: {e.Message}");
        }
    }

    /// <summary>Reads a file; <see cref="InputException"/> with the first error.</summary>
    public static JsonObject Load(string path, string product = "meter")
    {
        List<string> problems = [];
        JsonObject document = Read(path, problems, product);
        string more = problems.Count > 1 ? $" (and {problems.Count - 1} more: meterctl configure validate lists them)"
            : "";
        return problems.Count == 0 ? document : throw new InputException($"{path}: {problems[0]}{more}");
    }

    /// <summary>As it is written to files.</summary>
    public static string Text(JsonNode document) => document.ToJsonString(_indented) + "\n";

    /// <summary>A member that is missing has no line.</summary>
    private static string WithLine(string problem, Dictionary<string, int> lines) =>
        lines.TryGetValue(problem[..problem.IndexOf(':')], out int line) ? $"line {line}: {problem}" : problem;

    private static void Check(JsonObject document, string product, List<string> problems)
    {
        SettingsSchema schema = product == "meter" ? new MeterSchema() : new DeviceSchema();
        CheckInteger(document, "version", SettingsReader.Version, SettingsReader.Version, problems);
        CheckInteger(document, "revision", 1, SignedMessage.IdMax, problems);
        foreach ((string name, JsonNode? value) in document)
        {
            if (name is "version" or "revision")
            {
                continue;
            }

            if (!Enumerable.Range(0, schema.Count).Any(i => schema.At(i).Section == name))
            {
                problems.Add($"{name}: {NoSuch("section", product, s => s.Section == name)}");
            }
            else if (value is not JsonObject section)
            {
                problems.Add($"{name}: an object was expected");
            }
            else
            {
                CheckSection(schema, product, name, section, problems);
            }
        }

        if (problems.Count == 0)
        {
            CheckAsTheDeviceDoes(document, schema, problems);
        }
    }

    private static void CheckSection(SettingsSchema schema, string product, string name, JsonObject section,
        List<string> problems)
    {
        foreach ((string member, JsonNode? value) in section)
        {
            int field = FieldOf(schema, name, member);
            string? problem = field < 0 ? NoSuch("setting", product, s => s.Section == name && s.Name == member)
                : ProblemOf(schema.At(field), value);
            if (problem != null)
            {
                problems.Add($"{name}.{member}: {problem}");
            }
        }
    }

    /// <summary>Says whose a setting is that this product has not.</summary>
    private static string NoSuch(string what, string product, Func<SettingField, bool> isThat)
    {
        MeterSchema meter = new();
        bool isOfMeter = product != "meter" && Enumerable.Range(0, meter.Count).Any(i => isThat(meter.At(i)));
        return isOfMeter ? $"a {what} of the meter; a document of the {product} was expected"
            : $"there is no such {what}";
    }

    private static int FieldOf(SettingsSchema schema, string section, string name)
    {
        int field = schema.Count - 1;
        while (field >= 0 && (schema.At(field).Section != section || schema.At(field).Name != name))
        {
            field--;
        }

        return field;
    }

    private static string? ProblemOf(SettingField field, JsonNode? node)
    {
        JsonElement value = node?.Deserialize<JsonElement>() ?? default;
        return field.Kind switch
        {
            SettingKind.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null
                : "true or false was expected",
            SettingKind.Integer => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number)
                && number >= field.Min && number <= field.Max ? null
                    : $"a whole number from {field.Min} to {field.Max} was expected",
            _ => value.ValueKind == JsonValueKind.String && value.GetString() is { } text && text.Length >= field.Min
                && text.Length <= field.Max
                && text.All(c => c is >= ' ' and <= '~' and not ('\\' or '"')) ? null
                : $"a text of {field.Min} to {field.Max} printable ASCII characters without \\ and \" was expected",
        };
    }

    private static void CheckInteger(JsonObject document, string name, long min, long max, List<string> problems)
    {
        JsonElement value = document[name]?.Deserialize<JsonElement>() ?? default;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out long number) || number < min
            || number > max)
        {
            problems.Add($"{name}: a whole number from {min} to {max} was expected");
        }
    }

    /// <summary>The rules between fields are the firmware's; so is the last word on everything else.</summary>
    private static void CheckAsTheDeviceDoes(JsonObject document, SettingsSchema schema, List<string> problems)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(document.ToJsonString());
        SettingsValues values = new(schema);
        SettingsReader reader = new(schema);
        SettingsValues before = new(schema) { Revision = document["revision"]!.GetValue<long>() - 1 };
        int refusal = reader.Read(bytes, 0, bytes.Length, before, values);
        if (refusal != CommandRefusal.None)
        {
            problems.Add($"at byte {reader.FaultOffset}: {CommandRefusal.NameOf(refusal)}");
            return;
        }

        int wrong = schema is MeterSchema ? MeterSchema.FindConflict(values) : DeviceSettings.FindConflictOfAll(values);
        if (wrong >= 0)
        {
            problems.Add($"{schema.At(wrong).Section}.{schema.At(wrong).Name}: does not go with the other settings");
        }
    }
}
