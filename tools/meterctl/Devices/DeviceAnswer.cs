using System.Text.Json;

namespace MeterFirmware.Tools.MeterCtl.Devices;

/// <summary>Reads what a device answered. A member that is missing or of another kind is the device's fault:
/// <see cref="AnswerException"/>.</summary>
internal static class DeviceAnswer
{
    private const int ShownMax = 200;

    /// <summary>A member that is true or false.</summary>
    public static bool Flag(this JsonElement answer, string name) => answer.TryGetProperty(name, out JsonElement member)
        && member.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? member.GetBoolean() : throw Bad(answer, name, "true or false");

    /// <summary>A member that is text.</summary>
    public static string Text(this JsonElement answer, string name) =>
        TextOrNull(answer, name) ?? throw Bad(answer, name, "text");

    /// <summary>A member that is a whole number within the bounds.</summary>
    public static long Whole(this JsonElement answer, string name, long least, long most) =>
        answer.TryGetProperty(name, out JsonElement member) && member.ValueKind == JsonValueKind.Number
        && member.TryGetInt64(out long value) && value >= least && value <= most
            ? value : throw Bad(answer, name, $"a whole number from {least} to {most}");

    /// <summary>A member that is an object.</summary>
    public static JsonElement Object(this JsonElement answer, string name) =>
        answer.TryGetProperty(name, out JsonElement member) && member.ValueKind == JsonValueKind.Object
            ? member : throw Bad(answer, name, "an object");

    /// <summary>True when the member is there and is this number.</summary>
    public static bool Is(this JsonElement answer, string name, long value) =>
        answer.TryGetProperty(name, out JsonElement member) && member.ValueKind == JsonValueKind.Number
        && member.TryGetInt64(out long given) && given == value;

    /// <summary>True when the member is there and is this text.</summary>
    public static bool Is(this JsonElement answer, string name, string text) => TextOrNull(answer, name) == text;

    private static string? TextOrNull(JsonElement answer, string name)
    {
        try
        {
            return answer.TryGetProperty(name, out JsonElement member) && member.ValueKind == JsonValueKind.String
                ? member.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a pair of UTF-16 is no text.
            return null;
        }
    }

    private static AnswerException Bad(JsonElement answer, string name, string expected)
    {
        string text = answer.GetRawText();
        string shown = text.Length > ShownMax ? text[..ShownMax] + "…" : text;
        return new AnswerException($"the device's answer is malformed: '{name}': {expected} was expected: {shown}");
    }
}
