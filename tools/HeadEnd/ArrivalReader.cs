using System.Globalization;
using System.Text.Json;

namespace MeterFirmware.Tools.HeadEnds;

/// <summary>
/// Reads what devices publish. Members that a later firmware adds are kept in the body and ignored here; what is needed
/// for billing must be there and exact: decimals become integers without passing through a double.
/// </summary>
internal static class ArrivalReader
{
    /// <summary>Reads a message of the record topic. False: <paramref name="error"/> names the member.</summary>
    public static bool TryReadRecord(string device, ReadOnlyMemory<byte> payload, out Arrival? arrival, out string error)
    {
        arrival = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(payload);
            JsonElement root = document.RootElement;
            RequireDevice(root, device);
            string kind = Text(root, "kind");
            long acknowledged = Count(root, "acknowledged");
            arrival = kind == "gap" ? Gap(root, device, acknowledged) : Record(root, device, kind, acknowledged, payload);
            error = "";
            return true;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            error = e.Message;
            return false;
        }
    }

    /// <summary>Reads a birth or a will.</summary>
    public static bool TryReadStatus(string device, ReadOnlyMemory<byte> payload, out StatusArrival? arrival,
        out string error)
    {
        arrival = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(payload);
            JsonElement root = document.RootElement;
            RequireDevice(root, device);
            bool online = Member(root, "online").GetBoolean();
            long acknowledged = online ? Count(root, "acknowledged") : 0;
            string[]? rates = root.TryGetProperty("rates", out JsonElement names)
                ? [.. names.EnumerateArray().Select(name => name.GetString() ?? "")]
                : null;
            long next = online && root.TryGetProperty("next", out _) ? Count(root, "next") : 0;
            long birth = online && root.TryGetProperty("birth", out _) ? Count(root, "birth") : 0;
            arrival = new StatusArrival(device, online, acknowledged, next, birth, rates, payload.ToArray());
            error = "";
            return true;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            error = e.Message;
            return false;
        }
    }

    private static GapArrival Gap(JsonElement root, string device, long acknowledged)
    {
        long first = Count(root, "first");
        long last = Count(root, "last");
        if (first < 1 || last < first)
        {
            throw new FormatException($"gap from {first} to {last}");
        }

        return new GapArrival(device, first, last, acknowledged, Text(root, "reason"));
    }

    private static RecordArrival Record(JsonElement root, string device, string kind, long acknowledged,
        ReadOnlyMemory<byte> payload)
    {
        long number = Count(root, "number");
        if (number < 1)
        {
            throw new FormatException("'number' must be 1 or more");
        }

        // A raw record is what the device's firmware has no words for, a loss record is the journal's own: no times.
        bool isTimed = kind is not ("raw" or "loss");
        DateTimeOffset start = isTimed ? Time(root, "start") : DateTimeOffset.UnixEpoch;
        DateTimeOffset end = isTimed ? Time(root, "end") : DateTimeOffset.UnixEpoch;
        string flags = root.TryGetProperty("flags", out JsonElement list)
            ? string.Join(',', list.EnumerateArray().Select(flag => flag.GetString()))
            : "";
        bool isInterval = kind == "interval";
        bool isFreeze = kind == "freeze";
        bool hasTotals = isInterval || isFreeze;
        if (isFreeze && (Text(root, "freeze").Length == 0 || Count(root, "ordinal") < 1))
        {
            throw new FormatException("a freeze without kind and ordinal");
        }

        return new RecordArrival(device, number, acknowledged, kind, start.ToUnixTimeSeconds(), end.ToUnixTimeSeconds(),
            (int)start.Offset.TotalSeconds, flags, isInterval ? Member(root, "rate").GetInt32() : null,
            hasTotals ? Member(root, "importActiveEnergy").GetInt64() : null,
            hasTotals ? Member(root, "exportActiveEnergy").GetInt64() : null,
            isInterval ? Thousandths(root, "importActiveEnergyDelta") : null,
            isInterval ? Thousandths(root, "exportActiveEnergyDelta") : null, payload.ToArray());
    }

    private static void RequireDevice(JsonElement root, string device)
    {
        if (Text(root, "device") != device)
        {
            throw new FormatException($"'device' is not {device}, whose topic this is");
        }
    }

    private static JsonElement Member(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement member) ? member : throw new FormatException($"'{name}' is missing");

    private static string Text(JsonElement root, string name) =>
        Member(root, name).GetString() ?? throw new FormatException($"'{name}' is null");

    private static long Count(JsonElement root, string name)
    {
        long value = Member(root, name).GetInt64();
        return value >= 0 ? value : throw new FormatException($"'{name}' is negative");
    }

    private static DateTimeOffset Time(JsonElement root, string name) =>
        DateTimeOffset.ParseExact(Text(root, name), "yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture);

    private static long Thousandths(JsonElement root, string name)
    {
        decimal scaled = Member(root, name).GetDecimal() * 1000;
        return scaled == decimal.Truncate(scaled) && Math.Abs(scaled) < long.MaxValue
            ? (long)scaled
            : throw new FormatException($"'{name}' has more than three decimal places");
    }
}
