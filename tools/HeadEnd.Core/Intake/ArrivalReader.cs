using System.Globalization;
using System.Text.Json;
using MeterFirmware.Catalogue;

namespace MeterFirmware.Tools.HeadEnds.Intake;

/// <summary>
/// Reads what devices publish. Members that a later firmware adds are kept in the body and ignored here; what is needed
/// for billing must be there, exact and within <see cref="Bounds"/>: decimals become integers without passing through a
/// double. A message that is not what the schema says is refused. A record that is, but says what cannot be, is read
/// with its <see cref="RecordArrival.Problem"/>: it is kept apart and does not hold its device up.
/// </summary>
internal static class ArrivalReader
{
    private const int JournalDigits = 16;

    // Two members of one name: another reader might take the other one.
    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Reads a message of the record topic. False: <paramref name="error"/> names the member.</summary>
    public static bool TryReadRecord(
        string device, ReadOnlyMemory<byte> payload, out Arrival? arrival, out string error,
        long powerWattsMax = Bounds.PowerWattsMax)
    {
        arrival = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(payload, _strict);
            JsonElement root = document.RootElement;
            RequireDevice(root, device);
            string kind = Word(root, "kind");
            long acknowledged = Count(root, "acknowledged");
            arrival = kind == "gap" ? Gap(root, device, acknowledged)
                : Record(root, device, kind, acknowledged, payload, powerWattsMax);
            arrival = arrival with { Journal = Journal(root) };
            error = "";
            return true;
        }
        catch (Exception e)
        {
            // Whatever a stranger's bytes do to a reader, they must not get past it.
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
            using JsonDocument document = JsonDocument.Parse(payload, _strict);
            JsonElement root = document.RootElement;
            RequireDevice(root, device);
            bool online = Member(root, "online").GetBoolean();
            long acknowledged = online ? Count(root, "acknowledged") : 0;
            long next = online && root.TryGetProperty("next", out _) ? Count(root, "next") : 0;
            long birth = online && root.TryGetProperty("birth", out _) ? Count(root, "birth") : 0;
            if (next > 0 && acknowledged >= next)
            {
                throw new FormatException($"'acknowledged' is {acknowledged}, below 'next' ({next}) was expected");
            }

            arrival = new StatusArrival(device, online, acknowledged, next, birth, Rates(root), payload.ToArray())
            {
                Journal = Journal(root),
                Protocol = Protocol(root),
                JournalFrom = online && root.TryGetProperty("journalFrom", out _)
                    ? Math.Max(1, Count(root, "journalFrom")) : 1,
            };
            error = "";
            return true;
        }
        catch (Exception e)
        {
            error = e.Message;
            return false;
        }
    }

    /// <summary>Reads a device's refusal of a message on this topic. False: it is another reply.</summary>
    public static bool TryReadRefusal(string device, ReadOnlyMemory<byte> payload, string topic, out string reason)
    {
        reason = "";
        try
        {
            using JsonDocument document = JsonDocument.Parse(payload, _strict);
            JsonElement root = document.RootElement;
            RequireDevice(root, device);
            reason = root.TryGetProperty("error", out _) ? Word(root, "error") : "";
            return reason.Length > 0 && root.TryGetProperty("topic", out _) && Text(root, "topic") == topic;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string[]? Rates(JsonElement root)
    {
        if (!root.TryGetProperty("rates", out JsonElement names))
        {
            return null;
        }

        string[] rates = [.. names.EnumerateArray().Select(name => name.GetString() ?? "")];
        return rates.Length <= Bounds.RateCountMax
            && rates.All(rate => rate.Length <= Bounds.WordCharsMax && !rate.Any(char.IsControl))
            ? rates : throw new FormatException(
                $"'rates': at most {Bounds.RateCountMax} names of {Bounds.WordCharsMax} characters were expected");
    }

    private static GapArrival Gap(JsonElement root, string device, long acknowledged)
    {
        long first = Count(root, "first");
        long last = Count(root, "last");
        if (first < 1 || last < first)
        {
            throw new FormatException($"gap from {first} to {last}");
        }

        return new GapArrival(device, first, last, acknowledged, Word(root, "reason"));
    }

    private static RecordArrival Record(JsonElement root, string device, string kind, long acknowledged,
        ReadOnlyMemory<byte> payload, long powerWattsMax)
    {
        long number = Count(root, "number");
        if (number < 1)
        {
            throw new FormatException("'number' must be 1 or more");
        }

        try
        {
            return Content(root, device, number, kind, acknowledged, payload, powerWattsMax);
        }
        catch (ImpossibleValueException e)
        {
            // The number is taken; what stands under it is for a person.
            return new RecordArrival(
                device, number, acknowledged, kind, 0, 0, 0, "", null, null, null, null, null, payload.ToArray(),
                e.Message);
        }
    }

    private static RecordArrival Content(JsonElement root, string device, long number, string kind, long acknowledged,
        ReadOnlyMemory<byte> payload, long powerWattsMax)
    {
        // A raw record is what the device's firmware has no words for, a loss record is the journal's own: no times.
        bool isTimed = kind is not ("raw" or "loss");
        string flags = Flags(root);
        bool isUntimed = !isTimed || flags.Split(',').Contains("untimed");
        DateTimeOffset start = isTimed ? Time(root, "start", isUntimed) : DateTimeOffset.UnixEpoch;
        DateTimeOffset end = isTimed ? Time(root, "end", isUntimed) : DateTimeOffset.UnixEpoch;
        bool isInterval = kind == "interval";
        bool isFreeze = kind == "freeze";
        bool hasTotals = isInterval || isFreeze;
        if (isFreeze && (Word(root, "freeze").Length == 0 || Count(root, "ordinal") < 1))
        {
            throw new FormatException("a freeze without kind and ordinal");
        }

        // Only an interval has a length: an event or a session may span a clock that was set back.
        if (isInterval && end < start)
        {
            throw new ImpossibleValueException("'end' is before 'start'");
        }

        return new RecordArrival(device, number, acknowledged, kind, start.ToUnixTimeSeconds(), end.ToUnixTimeSeconds(),
            (int)start.Offset.TotalSeconds, flags, isInterval ? Rate(root) : null,
            hasTotals ? Register(root, "importActiveEnergy") : null,
            hasTotals ? Register(root, "exportActiveEnergy") : null,
            isInterval ? Energy(root, "importActiveEnergyDelta", powerWattsMax) : null,
            isInterval ? Energy(root, "exportActiveEnergyDelta", powerWattsMax) : null, payload.ToArray())
        {
            EventCode = kind == "event" && root.TryGetProperty("code", out JsonElement code)
                && code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out int eventCode) ? eventCode : null,
        };
    }

    private static string Journal(JsonElement root)
    {
        if (!root.TryGetProperty("journal", out _))
        {
            return "";
        }

        string journal = Text(root, "journal");
        return journal.Length == JournalDigits && journal.All(char.IsAsciiHexDigitLower) ? journal
            : throw new FormatException($"'journal': {JournalDigits} of 0-9 a-f were expected");
    }

    private static string Protocol(JsonElement root)
    {
        string version = root.TryGetProperty("protocol", out _) ? Text(root, "protocol") : "";
        return version.Length <= Bounds.WordCharsMax && version.All(c => char.IsAsciiDigit(c) || c == '.') ? version
            : throw new FormatException("'protocol': a version such as 1.1 was expected");
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

    private static string Word(JsonElement root, string name)
    {
        string word = Text(root, name);
        return IsWord(word) ? word
            : throw new FormatException($"'{name}': at most {Bounds.WordCharsMax} of a-z A-Z 0-9 - _ were expected");
    }

    private static bool IsWord(string text) =>
        text.Length <= Bounds.WordCharsMax && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static string Flags(JsonElement root)
    {
        if (!root.TryGetProperty("flags", out JsonElement list))
        {
            return "";
        }

        string[] flags = [.. list.EnumerateArray().Select(flag => flag.GetString() ?? "")];
        return flags.Length <= Bounds.WordCharsMax && flags.All(IsWord) ? string.Join(',', flags)
            : throw new FormatException("'flags': a list of words was expected");
    }

    private static long Count(JsonElement root, string name)
    {
        long value = Member(root, name).GetInt64();
        return value is >= 0 and <= Bounds.NumberMax ? value
            : throw new FormatException($"'{name}' is {value}, 0 to {Bounds.NumberMax} was expected");
    }

    private static int Rate(JsonElement root) =>
        (int)Within(Member(root, "rate").GetInt32(), "rate", Bounds.RateCountMax - 1);

    private static long Register(JsonElement root, string name) =>
        Within(Member(root, name).GetInt64(), name, Bounds.RegisterWattHoursMax);

    private static long Within(long value, string name, long most) => value >= 0 && value <= most ? value
        : throw new ImpossibleValueException($"'{name}' is {value}, 0 to {most} was expected");

    private static DateTimeOffset Time(JsonElement root, string name, bool isUntimed)
    {
        DateTimeOffset time = DateTimeOffset.ParseExact(
            Text(root, name), "yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture);
        long utcSeconds = time.ToUnixTimeSeconds();
        return utcSeconds >= (isUntimed ? 0 : Bounds.TimedUtcSecondsMin) && utcSeconds < Bounds.UtcSecondsMax ? time
            : throw new ImpossibleValueException($"'{name}' is in the year {time.Year}, 2000 to 2099 was expected");
    }

    private static long Energy(JsonElement root, string name, long powerWattsMax)
    {
        decimal wattHours = Member(root, name).GetDecimal();
        long most = Bounds.IntervalMilliwattHoursMax(powerWattsMax);
        if (wattHours < 0 || wattHours > most / 1_000)
        {
            throw new ImpossibleValueException(
                FormattableString.Invariant($"'{name}' is {wattHours} Wh, 0 to {most / 1_000} was expected"));
        }

        decimal scaled = wattHours * 1_000;
        return scaled == decimal.Truncate(scaled) ? (long)scaled
            : throw new FormatException($"'{name}' has more than three decimal places");
    }

    /// <summary>A value that the schema allows and nothing in the world has.</summary>
    private sealed class ImpossibleValueException(string message) : Exception(message);
}
