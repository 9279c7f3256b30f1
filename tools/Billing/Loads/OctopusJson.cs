using System.Globalization;
using System.Text.Json;

namespace MeterFirmware.Tools.Billing.Loads;

/// <summary>Half hours as Octopus Energy's API gives them: results of consumption, interval_start,
/// interval_end.</summary>
internal static class OctopusJson
{
    private const string Expected =
        "an object with results of consumption, interval_start and interval_end was expected (Octopus)";

    public static List<LoadRow> Read(string path, string text)
    {
        using JsonDocument document = Parse(path, text);
        List<LoadRow> rows = [];
        foreach (JsonElement result in Results(path, document, Expected))
        {
            rows.Add(Row($"{path}: $.results[{rows.Count}]", rows.Count + 1, result));
        }

        return rows;
    }

    /// <summary>The items of "results", or of the array that the document is.</summary>
    public static JsonElement.ArrayEnumerator Results(string path, JsonDocument document, string expected)
    {
        JsonElement root = document.RootElement;
        JsonElement results = root.ValueKind == JsonValueKind.Array ? root
            : root.ValueKind == JsonValueKind.Object && root.TryGetProperty("results", out JsonElement inner) ? inner
                : default;
        return results.ValueKind == JsonValueKind.Array ? results.EnumerateArray()
            : throw new InputException($"{path}: {expected}");
    }

    private static LoadRow Row(string place, int number, JsonElement result)
    {
        if (result.ValueKind != JsonValueKind.Object
            || !result.TryGetProperty("consumption", out JsonElement energy)
            || !result.TryGetProperty("interval_start", out JsonElement start)
                || start.ValueKind != JsonValueKind.String)
        {
            throw new InputException($"{place}: {Expected}");
        }

        if (!TimeText.TryRead(start.GetString(), false, out ParsedTime time) || !time.IsFull
            || time.OffsetSeconds is not int offset)
        {
            throw new InputException($"{place}.interval_start: '{start.GetString()}', a time with its offset was "
                + $"expected");
        }

        string number2 = energy.ValueKind == JsonValueKind.Number ? energy.GetRawText()
            : energy.ValueKind == JsonValueKind.String ? energy.GetString()! : "";
        return NumberText.TryRead(number2, out decimal kilowattHours) && kilowattHours is >= 0 and <= 1_000_000
            ? new LoadRow(number, time.Local, time.Local.InUtc().ToInstant().ToUnixTimeSeconds() - offset,
                kilowattHours, 0, 0)
            : throw new InputException($"{place}.consumption: '{number2}', kWh from 0 to 1000000 were expected");
    }

    public static JsonDocument Parse(string path, string text)
    {
        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 16 });
        }
        catch (JsonException e)
        {
            string where = string.Create(CultureInfo.InvariantCulture,
                $"{(e.LineNumber ?? 0) + 1}:{(e.BytePositionInLine ?? 0) + 1}");
            throw new InputException($"{path}:{where}: not JSON: {e.Message.Split(" LineNumber:")[0]}");
        }
    }
}
