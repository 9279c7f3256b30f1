using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using MeterFirmware.Boards.Bench;

namespace MeterFirmware.Boards.Simulator.Scenarios;

/// <summary>Reads a scenario file strictly: an unknown field, a wrong type or a disorder is an error with its
/// path.</summary>
public static class ChargerScenarioFile
{
    private const long UntilMsMax = 7L * 86_400_000;

    /// <summary>Reads and checks a file.</summary>
    /// <exception cref="FormatException">The message names the file, the line or the path, and what was
    /// expected.</exception>
    public static ChargerScenario Read(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{path}: cannot be read: {e.Message}", e);
        }

        try
        {
            return Parse(text);
        }
        catch (FormatException e)
        {
            throw new FormatException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Parses a scenario's text.</summary>
    /// <exception cref="FormatException">The message names the line or path and what was expected.</exception>
    public static ChargerScenario Parse(string text)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text);
        }
        catch (JsonException e)
        {
            throw new FormatException($"line {(e.LineNumber ?? 0) + 1}: not JSON: {e.Message}", e);
        }

        using (document)
        {
            return ReadRoot(document.RootElement);
        }
    }

    private static ChargerScenario ReadRoot(JsonElement root)
    {
        Require(root.ValueKind == JsonValueKind.Object, "$: an object with standard, steps and untilMs was expected");
        bool? isGbt = null;
        long? untilMs = null;
        bool? ventilation = null;
        double? stationAmps = null;
        int? nominalHertz = null;
        IReadOnlyList<ChargerExpectation> expectations = [];
        List<ChargerScenarioStep> steps = null;
        foreach (JsonProperty field in root.EnumerateObject())
        {
            switch (field.Name)
            {
                case "standard": isGbt = Word(field.Value, field.Name, "iec61851", "gbt18487") == 1; break;
                case "untilMs": untilMs = Whole(field.Value, field.Name, UntilMsMax); break;
                case "steps": steps = Steps(field.Value); break;
                case "ventilation": ventilation = Truth(field.Value, field.Name); break;
                case "stationAmps": stationAmps = Number(field.Value, field.Name); break;
                case "nominalHz":
                    nominalHertz = Number(field.Value, field.Name) switch
                    {
                        50 => 50,
                        60 => 60,
                        _ => throw new FormatException("nominalHz: 50 or 60 was expected"),
                    };
                    break;
                case "expect": expectations = ChargerExpectationFile.Read(field.Value); break;
                case "name" or "quotes" or "comment": break;
                default: throw new FormatException($"{field.Name}: unknown field; expected standard, steps, untilMs");
            }
        }

        Require(isGbt is not null, "standard: missing; expected \"iec61851\" or \"gbt18487\"");
        Require(steps is not null, "steps: missing; expected an array");
        Require(untilMs is not null, "untilMs: missing; expected whole milliseconds");
        return new ChargerScenario
        {
            IsGbt = isGbt.Value,
            UntilMs = untilMs.Value,
            AllowsVentilation = ventilation,
            StationAmps = stationAmps,
            NominalHertz = nominalHertz,
            Expectations = expectations,
            Steps = steps,
        };
    }

    private static List<ChargerScenarioStep> Steps(JsonElement array)
    {
        Require(array.ValueKind == JsonValueKind.Array, "steps: an array was expected");
        List<ChargerScenarioStep> steps = [];
        foreach (JsonElement element in array.EnumerateArray())
        {
            string path = $"steps[{steps.Count}]";
            Require(element.ValueKind == JsonValueKind.Object, $"{path}: an object with atMs and set was expected");
            Require(element.TryGetProperty("atMs", out JsonElement at),
                $"{path}.atMs: missing; expected whole milliseconds");
            ChargerScenarioStep step = new() { AtMs = Whole(at, $"{path}.atMs", UntilMsMax) };
            Require(steps.Count == 0
                || step.AtMs >= steps[^1].AtMs, $"{path}.atMs: {step.AtMs} lies before the step above it");
            foreach (JsonProperty field in element.EnumerateObject())
            {
                if (field.Name == "set")
                {
                    Require(field.Value.ValueKind == JsonValueKind.Object, $"{path}.set: an object was expected");
                    foreach (JsonProperty value in field.Value.EnumerateObject())
                    {
                        Set(step, value, $"{path}.set.{value.Name}");
                    }
                }
                else
                {
                    Require(field.Name is "atMs" or "comment",
                        $"{path}.{field.Name}: unknown field; expected atMs and set");
                }
            }

            steps.Add(step);
        }

        return steps;
    }

    private static void Set(ChargerScenarioStep step, JsonProperty field, string path)
    {
        JsonElement value = field.Value;
        switch (field.Name)
        {
            case "cpVolts": step.CpVolts = Number(value, path); break;
            case "cpLowVolts": step.CpLowVolts = Number(value, path); break;
            case "ppOhms": step.PpOhms = Open(value, path); break;
            case "rcdAcMilliamps": step.RcdAcMilliamps = Number(value, path); break;
            case "rcdDcMilliamps": step.RcdDcMilliamps = Number(value, path); break;
            case "temperatureC": step.TemperatureC = Number(value, path); break;
            case "offerAmps": step.OfferAmps = Number(value, path); break;
            case "contactorFeedback":
                step.ContactorFeedback = (ChargerFeedback)Word(value, path, "follows", "welded", "stuck");
                break;
            case "peOk": step.PeOk = Truth(value, path); break;
            case "mainsVolts": step.MainsVolts = Phases(value, path); break;
            case "mainsHz": step.MainsHz = Number(value, path); break;
            case "lineAmps": step.LineAmps = Phases(value, path); break;
            case "authorized": step.Authorized = Truth(value, path); break;
            case "loopStallMs": step.LoopStallMs = Whole(value, path, UntilMsMax); break;
            case "reset": step.Reset = Truth(value, path); break;
            default: throw new FormatException($"{path}: unknown field");
        }
    }

    private static double Number(JsonElement value, string path)
    {
        Require(value.ValueKind == JsonValueKind.Number, $"{path}: a number was expected");
        double number = value.GetDouble();
        Require(double.IsFinite(number)
            && Math.Abs(number) <= 1e6, $"{path}: a number of at most ±1000000 was expected");
        return number;
    }

    // A contact without a plug has no resistance to write down: null is open.
    private static double Open(JsonElement value, string path)
    {
        double ohms = value.ValueKind == JsonValueKind.Null ? 1e6 : Number(value, path);
        Require(ohms >= 0, $"{path}: 0 or above was expected");
        return ohms;
    }

    private static long Whole(JsonElement value, string path, long max)
    {
        double number = value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;
        Require(number >= 0 && number <= max
            && number == Math.Floor(number), $"{path}: whole milliseconds, 0 to {max}, were expected");
        return (long)number;
    }

    private static bool Truth(JsonElement value, string path)
    {
        Require(value.ValueKind is JsonValueKind.True or JsonValueKind.False, $"{path}: true or false was expected");
        return value.GetBoolean();
    }

    private static int Word(JsonElement value, string path, params string[] words)
    {
        string text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        int index = Array.IndexOf(words, text);
        Require(index >= 0, $"{path}: expected {string.Join(" or ", words.Select(word => $"\"{word}\""))}");
        return index;
    }

    private static double[] Phases(JsonElement value, string path)
    {
        bool isArray = value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 3;
        Require(isArray, $"{path}: an array of three numbers was expected");
        double[] numbers = new double[3];
        for (int phase = 0; phase < 3; phase++)
        {
            numbers[phase] = Number(value[phase], $"{path}[{phase}]");
        }

        return numbers;
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new FormatException(message);
        }
    }
}
