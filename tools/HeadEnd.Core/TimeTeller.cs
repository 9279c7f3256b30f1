using System.Collections.Concurrent;
using System.Text.Json;

namespace MeterFirmware.Tools.HeadEnds;

/// <summary>
/// Answers births with the time. A number that a device says it has taken before is followed by the next above its
/// highest: so a clock that was wrong once, here or at another head-end, keeps no device from the time.
/// </summary>
internal sealed class TimeTeller(HeadEndOptions options)
{
    /// <summary>A device takes an answer to its birth for so long (firmware/SmartMeter, SupervisedCommands).</summary>
    private static readonly TimeSpan _answerMax = TimeSpan.FromSeconds(8);

    private readonly ConcurrentDictionary<string, Told> _told = new();

    /// <summary>The message for a birth; null: the device is not told.</summary>
    public string? Answer(string device, long next, long birth)
    {
        if (birth <= 0 || options.TimeKeyOf?.Invoke(device) is not { } key)
        {
            return null;
        }

        // Numbers only grow: the time in ms, as meterctl counts, and never one that we have used.
        DateTimeOffset now = options.UtcNow();
        long before = _told.TryGetValue(device, out Told? told) ? told.Id : 0;
        long id = Math.Max(now.ToUnixTimeMilliseconds(), before + 1);
        _told[device] = new Told(id, next, birth, now);
        return TimeMessage.Of(device, key, id, next, birth, now);
    }

    /// <summary>What follows a device's refusal; null: nothing. The answer to an older birth is worth nothing any
    /// more.</summary>
    public string? AnswerAgain(string device, ReadOnlySpan<byte> reply)
    {
        if (!_told.TryGetValue(device, out Told? told)
            || !TryRead(reply, out long id, out string error, out long highest)
            || id != told.Id)
        {
            return null;
        }

        DateTimeOffset now = options.UtcNow();
        if (error == "replayed" && highest is > 0 and < Commands.SignedMessage.IdMax && highest >= id)
        {
            _told[device] = told with { Id = highest + 1 };
        }
        else if (error != "busy")
        {
            return null;
        }

        return now - told.At < _answerMax && options.TimeKeyOf?.Invoke(device) is { } key
            ? TimeMessage.Of(device, key, _told[device].Id, told.Next, told.Birth, now) : null;
    }

    private static bool TryRead(ReadOnlySpan<byte> reply, out long id, out string error, out long highest)
    {
        id = highest = 0;
        error = "";
        try
        {
            Utf8JsonReader reader = new(reply);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("error", out JsonElement word)
                || word.ValueKind != JsonValueKind.String || !TryGetInteger(root, "id", out id))
            {
                return false;
            }

            error = word.GetString()!;
            TryGetInteger(root, "highest", out highest);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryGetInteger(JsonElement root, string name, out long value)
    {
        value = 0;
        return root.TryGetProperty(name, out JsonElement number) && number.ValueKind == JsonValueKind.Number
            && number.TryGetInt64(out value);
    }

    private sealed record Told(long Id, long Next, long Birth, DateTimeOffset At);
}
