using System.Reflection;
using System.Text.Json;

namespace MeterFirmware.Tools.MeterCtl.Commissioning;

/// <summary>What a technician does by hand and ticks: electrical-checks.json, numbered from 1.</summary>
internal sealed record ElectricalCheck(string What, string Source)
{
    public static IReadOnlyList<ElectricalCheck> All { get; } = Load();

    /// <summary>Numbers such as "1,2,5"; "all"; null: none.</summary>
    public static HashSet<int> Done(string option, string? text)
    {
        if (text == "all")
        {
            return [.. Enumerable.Range(1, All.Count)];
        }

        HashSet<int> done = [];
        foreach (string word in text?.Split(',') ?? [])
        {
            bool isOne = NumberText.TryReadWhole(word.Trim(), out int number) && number >= 1 && number <= All.Count;
            done.Add(isOne ? number : throw new InputException(
                $"{option}: '{word}', numbers from 1 to {All.Count} or 'all' were expected"));
        }

        return done;
    }

    private static List<ElectricalCheck> Load()
    {
        using Stream file = Assembly.GetExecutingAssembly().GetManifestResourceStream("electrical-checks.json")!;
        return JsonSerializer.Deserialize<List<ElectricalCheck>>(file, JsonSerializerOptions.Web)!;
    }
}
