using System.Text.Json;
using System.Text.RegularExpressions;
using static MeterFirmware.Tools.Generate.CatalogueRules;

namespace MeterFirmware.Tools.Generate;

/// <summary>What must hold of settings.json, and of the events whose limits settings move.</summary>
internal static partial class SettingRules
{
    private const string File = "settings.json";

    public static void Check(SettingEntry[] settings, EventEntry[] events)
    {
        Once(File, settings.Select(s => (s.Key, s.Key)), "setting");
        foreach (SettingEntry s in settings)
        {
            CheckOne(s, $"{File}: setting {s.Key}");
        }

        foreach (SettingList list in new[] { SettingList.Meter, SettingList.Device })
        {
            int[] places = [.. settings.Select(list.PlaceOf).OfType<int>().Order()];
            Require(places.SequenceEqual(Enumerable.Range(0, places.Length)),
                $"{File}: places of {list.Type}: the next free one is "
                + $"{Enumerable.Range(0, places.Length + 1).First(i => !places.Contains(i))}");
            Require(places.Length <= 63, $"{File}: places of {list.Type}: at most 63 were expected");
        }

        foreach (EventEntry e in events.Where(e => e.Limit != null))
        {
            SettingEntry? mover = settings.FirstOrDefault(s => s.Key == e.Limit!.Setting);
            Require(mover != null, $"events.json: event {e.Name}: setting: {e.Limit!.Setting} is no setting of {File}");
            Require(mover!.Kind == "integer" && mover.Default.GetInt32() == e.Limit!.Begin,
                $"events.json: event {e.Name}: begin: the default of {e.Limit!.Setting}, "
                + $"{mover.Default.GetRawText()}, was expected");
        }
    }

    private static void CheckOne(SettingEntry s, string at)
    {
        Require(Member().IsMatch(s.Section) && Member().IsMatch(s.Name), $"{at}: words in camel case were expected");
        Require(s.Kind is "integer" or "boolean" or "text", $"{at}: kind: integer, boolean or text was expected");
        Require((s.Kind == "boolean") == (s.Min == null) && (s.Min == null) == (s.Max == null) && !(s.Min > s.Max),
            $"{at}: min, max: expected of a number and a text, min at most max");
        Require(s.Kind != "text" || s.Max <= 255, $"{at}: max: a text of at most 255 bytes was expected");
        Require(s.Kind switch
        {
            "boolean" => s.Default.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "text" => s.Default.ValueKind == JsonValueKind.String && IsInside(s, s.Default.GetString()!.Length),
            _ => s.Default.ValueKind == JsonValueKind.Number && s.Default.TryGetInt32(out int value) && IsInside(s,
                value),
        }, $"{at}: default: inside min and max ({s.Kind}) was expected");
        Require(s.By is ["utility"] or ["utility", "technician"],
            $"{at}: by: utility, or utility and technician was expected");
        Require(s.Holds is "at once" or "reconnect" or "restart",
            $"{at}: holds: 'at once', 'reconnect' or 'restart' was expected");
        Require(s.MeterPlace != null || s.DevicePlace != null,
            $"{at}: a meterPlace, a devicePlace or both were expected");
    }

    private static bool IsInside(SettingEntry s, int value) => value >= s.Min && value <= s.Max;

    [GeneratedRegex("^[a-z][A-Za-z0-9]*$")]
    private static partial Regex Member();
}
