using System.Text.Json;

namespace MeterFirmware.Tools.HeadEnds.Alarms;

/// <summary>An event record that may be an alarm.</summary>
/// <param name="Address">The device.</param>
/// <param name="JournalId">Its journal's row.</param>
/// <param name="Number">Its number in the journal: a higher one is later.</param>
/// <param name="Code">firmware/Catalogue/events.json.</param>
/// <param name="Start">When it began.</param>
/// <param name="End">When it ended.</param>
/// <param name="ReceivedUtcSeconds">When it came.</param>
/// <param name="Phase">Phase that it is of; -1: the whole device.</param>
/// <param name="Values">What it says, as the catalogue names it.</param>
internal sealed record DeviceEvent(
    string Address,
    long JournalId,
    long Number,
    int Code,
    DateTimeOffset Start,
    DateTimeOffset End,
    long ReceivedUtcSeconds,
    int Phase,
    IReadOnlyList<long> Values)
{
    /// <summary>Phase and values of a message; what cannot be read is left out.</summary>
    public static (int Phase, IReadOnlyList<long> Values) Read(byte[] message)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(message);
            JsonElement root = document.RootElement;
            int phase = root.TryGetProperty("phase", out JsonElement told)
                && told.TryGetInt32(out int some) ? some : -1;
            return (phase, root.TryGetProperty("values", out JsonElement values)
                ? [.. values.EnumerateArray().Select(value => value.TryGetInt64(out long number) ? number : 0)] : []);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (-1, []);
        }
    }
}
