using System.Globalization;
using System.Text.Json;

namespace MeterFirmware.Tools.HeadEnds.Store;

/// <summary>Names of event codes: firmware/Catalogue/events.json.</summary>
public static class EventNames
{
    private static readonly Lazy<IReadOnlyDictionary<int, string>> _all = new(Read);
    private static readonly Lazy<IReadOnlyDictionary<(string Group, long Number), string>> _faults = new(ReadFaults);

    /// <summary>By code.</summary>
    public static IReadOnlyDictionary<int, string> All => _all.Value;

    /// <summary>Name of a fault of a group: charger (its number), meter or sensor (its bit); the number itself where
    /// the catalogue has none.</summary>
    public static string Fault(string group, long number) =>
        _faults.Value.GetValueOrDefault((group, number)) ?? number.ToString(CultureInfo.InvariantCulture);

    private static JsonDocument Catalogue()
    {
        using Stream stream = typeof(EventNames).Assembly.GetManifestResourceStream("events.json")!;
        return JsonDocument.Parse(stream);
    }

    private static Dictionary<(string Group, long Number), string> ReadFaults()
    {
        using JsonDocument document = Catalogue();
        return document.RootElement.GetProperty("faults").EnumerateArray().ToDictionary(
            one => (one.GetProperty("group").GetString()!, one.GetProperty("number").GetInt64()),
            one => one.GetProperty("name").GetString()!);
    }

    private static Dictionary<int, string> Read()
    {
        using JsonDocument document = Catalogue();
        return document.RootElement.GetProperty("events").EnumerateArray().ToDictionary(
            one => one.GetProperty("code").GetInt32(), one => one.GetProperty("name").GetString()!);
    }
}
