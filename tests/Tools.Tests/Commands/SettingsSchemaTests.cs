using System;
using System.IO;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeterFirmware.Commands;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Commands;

/// <summary>The published JSON schema and the firmware's own list of settings are the same.</summary>
[TestClass]
public sealed class SettingsSchemaTests
{
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true };

    [TestMethod]
    public void ThePublishedSchemaIsTheFirmwaresList()
    {
        string path = Path.Combine(Checkout.Root, "firmware", "Commands", "settings.schema.json");
        string expected = Schema(new MeterSchema()).ToJsonString(_indented) + "\n";
        if (Environment.GetEnvironmentVariable("METER_WRITE_SCHEMA") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.AreEqual(expected, File.ReadAllText(path).ReplaceLineEndings("\n"), "METER_WRITE_SCHEMA=1 writes it anew");
    }

    /// <summary>A document needs no programming input, so nothing that changes how the meter measures may be one of its
    /// settings. A new section is looked at here before it is added.</summary>
    [TestMethod]
    public void NoSettingOfADocumentIsAMetrologicalParameter()
    {
        string[] sections = ["link", "telemetry", "demand", "profile", "storage", "time", "log", "events", "quality",
            "acknowledgement"];
        string[] measuring = ["gain", "offset", "constant", "pulse", "noload", "calibration", "ratio", "range",
            "class"];
        MeterSchema schema = new();
        for (int i = 0; i < schema.Count; i++)
        {
            SettingField field = schema.At(i);
            CollectionAssert.Contains(sections, field.Section);
            foreach (string word in measuring)
            {
                Assert.IsFalse(field.Name.Contains(word, StringComparison.OrdinalIgnoreCase),
                    $"{field.Section}.{field.Name}");
            }
        }
    }

    private static JsonObject Schema(MeterSchema schema)
    {
        JsonObject sections = new()
        {
            ["version"] = new JsonObject { ["const"] = SettingsReader.Version },
            ["revision"] = new JsonObject
            {
                ["type"] = "integer",
                ["minimum"] = 1,
                ["maximum"] = SignedMessage.IdMax,
                ["description"] = "Larger than the revision in force.",
            },
        };
        for (int i = 0; i < schema.Count; i++)
        {
            SettingField field = schema.At(i);
            if (!sections.ContainsKey(field.Section))
            {
                sections[field.Section] = new JsonObject
                {
                    ["type"] = "object",
                    ["additionalProperties"] = false,
                    ["properties"] = new JsonObject(),
                };
            }

            sections[field.Section]["properties"][field.Name] = Property(field);
        }

        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Smart meter settings document",
            ["type"] = "object",
            ["required"] = new JsonArray("version", "revision"),
            ["additionalProperties"] = false,
            ["properties"] = sections,
        };
    }

    private static JsonObject Property(SettingField field)
    {
        switch (field.Kind)
        {
            case SettingKind.Integer:
                return new JsonObject
                {
                    ["type"] = "integer",
                    ["minimum"] = field.Min,
                    ["maximum"] = field.Max,
                    ["default"] = field.DefaultInteger,
                };
            case SettingKind.Boolean:
                return new JsonObject { ["type"] = "boolean", ["default"] = field.DefaultInteger != 0 };
            default:
                JsonObject text = new()
                {
                    ["type"] = "string",
                    ["pattern"] = "^[ !#-\\[\\]-~]*$",
                    ["minLength"] = field.Min,
                    ["maxLength"] = field.Max,
                };
                text[field.IsSecret ? "writeOnly" : "default"] = field.IsSecret ? true : field.DefaultText;
                return text;
        }
    }
}
