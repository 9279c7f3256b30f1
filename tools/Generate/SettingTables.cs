using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MeterFirmware.Tools.Generate;

/// <summary>What is made out of the settings: the firmware's list, the JSON schema of the document, a table.</summary>
internal static class SettingTables
{
    private static readonly JsonSerializerOptions _indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The list of a product: numbers in document order, which keeps a section together, and stored
    /// places.</summary>
    public static string Code(Catalogue catalogue, SettingList list)
    {
        SettingEntry[] settings = list.InOrder(catalogue.Settings);
        string[] usings = list.Space == Places.SettingsSpace ? [Places.BasicsSpace] : [Places.BasicsSpace,
            Places.SettingsSpace];
        CodeText code = new(usings, list.Space, Outputs.Folder + "settings.json");
        code.Line("/// <content>The list: numbers in the document's order, and the places in which they are stored."
            + "</content>");
        code.Line($"public sealed partial class {list.Type}").Open();
        for (int i = 0; i < settings.Length; i++)
        {
            code.Summary(settings[i].Description).Line($"public const int {settings[i].Constant} = {i};").Line();
        }

        code.Line($"private const int FieldCount = {settings.Length};").Line();
        code.Line("protected override void Define(int index)").Open().Line("switch (index)").Open();
        foreach (SettingEntry s in settings)
        {
            code.Line($"case {s.Constant}:").Indented($"{Definition(s)};").Indented("break;");
        }

        code.Line("default:").Indented("Invariant.Require(false, \"no setting of this number\");").Indented("break;");
        code.Close().Close();
        SettingEntry[] stored = [.. settings.OrderBy(list.PlaceOf)];
        if (!stored.SequenceEqual(settings))
        {
            code.Line().Line("public override int FieldAt(int place)").Open();
            code.Switch("place", stored.Select((s, place) => ($"{place}", s.Constant)), "place").Close();
        }

        return code.Close().ToString();
    }

    /// <summary>The published form of the document.</summary>
    public static string Schema(Catalogue catalogue, SettingList list)
    {
        JsonObject sections = new()
        {
            ["version"] = new JsonObject { ["const"] = 1 },
            ["revision"] = new JsonObject
            {
                ["type"] = "integer",
                ["minimum"] = 1,
                ["maximum"] = 9_007_199_254_740_991,
                ["description"] = "Larger than the revision in force.",
            },
        };
        foreach (SettingEntry s in list.InOrder(catalogue.Settings))
        {
            sections[s.Section] ??= new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = false,
                ["properties"] = new JsonObject(),
            };
            sections[s.Section]!["properties"]![s.Name] = Property(s);
        }

        JsonObject schema = new()
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = $"{list.Name}: settings document",
            ["type"] = "object",
            ["required"] = new JsonArray("version", "revision"),
            ["additionalProperties"] = false,
            ["properties"] = sections,
        };
        return schema.ToJsonString(_indented) + "\n";
    }

    public static string Table(Catalogue catalogue) =>
        "| setting | of | unit | range | default | who changes it | holds | meaning |\n"
        + "|---|---|---|---|---|---|---|---|\n"
        + Tables.Rows(catalogue.Settings, s =>
            $"{s.Key} | {s.Products} | {s.Unit} | {Range(s)} | {Default(s)} | {string.Join(", ", s.By)} | "
            + $"{(s.Holds == "at once" ? s.Holds : $"from a {s.Holds} on")} | {s.Description}");

    private static string Range(SettingEntry s) => s.Kind switch
    {
        "boolean" => "false, true",
        "text" => $"{s.Min} to {s.Max} bytes",
        _ => $"{s.Min} to {s.Max}",
    };

    private static string Default(SettingEntry s) => s.Secret ? "" : $"`{s.Default.GetRawText()}`";

    private static JsonObject Property(SettingEntry s)
    {
        JsonObject property = s.Kind switch
        {
            "boolean" => new() { ["type"] = "boolean" },
            "text" => new()
            {
                ["type"] = "string",
                ["pattern"] = "^[ !#-\\[\\]-~]*$",
                ["minLength"] = s.Min,
                ["maxLength"] = s.Max,
            },
            _ => new() { ["type"] = "integer", ["minimum"] = s.Min, ["maximum"] = s.Max },
        };
        property[s.Secret ? "writeOnly" : "default"] = s.Secret ? true : JsonNode.Parse(s.Default.GetRawText());
        property["description"] = s.Unit == null ? s.Description : $"{s.Description} Unit: {s.Unit}.";
        return property;
    }

    private static string Definition(SettingEntry s)
    {
        string value = s.Default.GetRawText();
        string place = $"\"{s.Section}\", \"{s.Name}\"";
        return (s.Kind switch
        {
            "boolean" => $"Boolean({place}, {value})",
            "text" => $"Text({place}, {s.Min}, {s.Max}, {value})",
            _ => $"Integer({place}, {CodeText.Number(s.Min!.Value)}, {CodeText.Number(s.Max!.Value)}, "
                + $"{CodeText.Number(s.Default.GetInt32())})",
        }) + (s.Secret ? ".Secret()" : "") + (s.By.Contains("technician") ? "" : ".ByUtilityOnly()")
            + (s.Holds == "reconnect" ? ".Reconnects()" : "");
    }
}
