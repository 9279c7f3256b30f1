using System.Globalization;
using System.Text.Json;

namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>
/// Sessions as the API of ACN-Data gives them: _items of sessionID, stationID, userID, connectionTime, disconnectTime
/// (RFC 1123, GMT) and kWhDelivered. The path of an error is that of the document.
/// </summary>
internal static class AcnSessions
{
    private const string Expected = "an object with _items was expected (ACN-Data)";

    public static IEnumerable<SessionRow> Read(string path)
    {
        using JsonDocument document = Parse(path);
        JsonElement root = document.RootElement;
        JsonElement items = root.ValueKind == JsonValueKind.Array ? root
            : root.ValueKind == JsonValueKind.Object && root.TryGetProperty("_items", out JsonElement inner) ? inner
                : default;
        if (items.ValueKind != JsonValueKind.Array)
        {
            throw new InputException($"{path}: {Expected}");
        }

        int number = 0;
        foreach (JsonElement item in items.EnumerateArray())
        {
            yield return Row($"{path}: $._items[{number}]", ++number, item);
        }
    }

    private static SessionRow Row(string place, int number, JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            throw new InputException($"{place}: an object was expected");
        }

        DateTimeOffset plugIn = Time(place, item, "connectionTime");
        DateTimeOffset plugOut = Time(place, item, "disconnectTime");
        if (plugOut < plugIn)
        {
            throw new InputException($"{place}.disconnectTime: it lies before connectionTime");
        }

        string energy = item.TryGetProperty("kWhDelivered", out JsonElement value) ? value.ToString() : "";
        return NumberText.TryRead(energy, out decimal kwh) && kwh is >= 0 and <= SessionFile.KilowattHoursMax
            ? new SessionRow(number, Text(place, item, "sessionID"), Text(place, item, "stationID"),
                item.TryGetProperty("userID", out JsonElement user) ? user.ToString() : "", plugIn, plugOut, kwh)
            : throw new InputException($"{place}.kWhDelivered: '{energy}', 0 to {SessionFile.KilowattHoursMax} was "
                + $"expected");
    }

    private static string Text(string place, JsonElement item, string name) =>
        item.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            && value.GetString()!.Length > 0
            ? value.GetString()! : throw new InputException($"{place}.{name}: a name was expected");

    private static DateTimeOffset Time(string place, JsonElement item, string name) =>
        DateTimeOffset.TryParseExact(Text(place, item, name), "r", CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
        && time.Year is >= 1980 and <= 2100 ? time
            : throw new InputException($"{place}.{name}: '{Text(place, item, name)}', a time such as Wed, 25 Apr "
                + $"2018 11:08:04 GMT was expected");

    private static JsonDocument Parse(string path)
    {
        try
        {
            return JsonDocument.Parse(TextFile.Read(path));
        }
        catch (JsonException e)
        {
            string reason = e.Message.Split(" LineNumber:")[0];
            throw new InputException($"{path}:{(e.LineNumber ?? 0) + 1}: not JSON: {reason}");
        }
    }
}
