using System.Text.Json;

namespace MeterFirmware.Tools.HeadEnds.Store;

/// <summary>Names of event codes: firmware/Catalogue/events.json.</summary>
public static class EventNames
{
    private static readonly Lazy<IReadOnlyDictionary<int, string>> _all = new(Read);

    /// <summary>By code.</summary>
    public static IReadOnlyDictionary<int, string> All => _all.Value;

    private static Dictionary<int, string> Read()
    {
        using Stream stream = typeof(EventNames).Assembly.GetManifestResourceStream("events.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        return document.RootElement.GetProperty("events").EnumerateArray().ToDictionary(
            one => one.GetProperty("code").GetInt32(), one => one.GetProperty("name").GetString()!);
    }
}
