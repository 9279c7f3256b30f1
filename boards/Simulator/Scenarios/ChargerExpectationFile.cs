using System;
using System.Collections.Generic;
using System.Text.Json;

namespace MeterFirmware.Boards.Simulator.Scenarios;

/// <summary>Reads the <c>expect</c> of a scenario file as strictly as the rest of it.</summary>
internal static class ChargerExpectationFile
{
    /// <exception cref="FormatException">The message names the path and what was expected.</exception>
    public static IReadOnlyList<ChargerExpectation> Read(JsonElement array)
    {
        Require(array.ValueKind == JsonValueKind.Array, "expect: an array was expected");
        List<ChargerExpectation> all = [];
        foreach (JsonElement element in array.EnumerateArray())
        {
            string path = $"expect[{all.Count}]";
            Require(element.ValueKind == JsonValueKind.Object, $"{path}: an object was expected");
            bool isEvent = element.TryGetProperty("event", out JsonElement pattern);
            bool isNever = !isEvent && element.TryGetProperty("never", out pattern);
            Require(isEvent || isNever, $"{path}: event or never was expected");
            foreach (JsonProperty field in element.EnumerateObject())
            {
                Require(field.Name is "fromMs" or "toMs" || field.Name == (isEvent ? "event" : "never"),
                    $"{path}.{field.Name}: unknown field; expected event or never, fromMs, toMs");
            }

            long fromMs = Ms(element, "fromMs", path);
            long toMs = Ms(element, "toMs", path);
            Require(toMs >= fromMs, $"{path}.toMs: {toMs} lies before fromMs");
            all.Add(new ChargerExpectation
            {
                MustHappen = isEvent,
                FromMs = fromMs,
                ToMs = toMs,
                Pattern = PatternOf(pattern, $"{path}.{(isEvent ? "event" : "never")}"),
                Text = element.GetRawText(),
            });
        }

        return all;
    }

    private static long Ms(JsonElement element, string name, string path)
    {
        long ms = -1;
        bool isWhole = element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out ms) && ms >= 0;
        Require(isWhole, $"{path}.{name}: whole milliseconds were expected");
        return ms;
    }

    private static ChargerScenarioEvent PatternOf(JsonElement pattern, string path)
    {
        Require(pattern.ValueKind == JsonValueKind.Object, $"{path}: an object with one event was expected");
        ChargerScenarioEvent result = null;
        foreach (JsonProperty field in pattern.EnumerateObject())
        {
            Require(result is null, $"{path}: one event was expected");
            bool isText = field.Value.ValueKind == JsonValueKind.String;
            string text = isText ? field.Value.GetString() : null;
            result = field.Name switch
            {
                "contactor" when text is "open" or "closed" => new() { Contactor = text },
                "state" when isText => new() { State = text },
                "fault" when isText => new() { Fault = text },
                "cleared" when isText => new() { Cleared = text },
                "dutyPercent" when field.Value.ValueKind == JsonValueKind.Number =>
                    new() { DutyHundredths = (int)Math.Round(Math.Clamp(field.Value.GetDouble(), -1, 1_000) * 100) },
                _ => throw new FormatException(
                    $"{path}.{field.Name}: expected contactor open or closed, state, fault, cleared or dutyPercent"),
            };
        }

        Require(result is not null, $"{path}: an object with one event was expected");
        return result;
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new FormatException(message);
        }
    }
}
