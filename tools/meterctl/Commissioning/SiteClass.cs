using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MeterFirmware.Tools.MeterCtl.Commissioning;

/// <summary>A kind of place with the settings that suit it, each with its reason: site-classes.json.</summary>
/// <param name="Presets">Of settings.json.</param>
/// <param name="Charger">Of charger.json.</param>
/// <param name="Site">Of site.txt.</param>
internal sealed record SiteClass(string Name, string About, IReadOnlyList<SitePreset> Presets,
    IReadOnlyList<SitePreset> Charger, IReadOnlyList<SitePreset> Site)
{
    // What a meter alone has; the others' boards have no such inputs and no class.
    private static readonly string[] _meters = ["accuracyClass", "caseInputs"];

    public static IReadOnlyList<SiteClass> All { get; } = Load();

    public static string Names => string.Join(", ", All.Select(site => site.Name));

    /// <summary>Presets of settings.json for a product.</summary>
    public IEnumerable<SitePreset> SettingsOf(string product) =>
        Presets.Where(preset => product == "meter" || !_meters.Contains(preset.Name));

    /// <summary>Presets of the file that a product has beside settings.json.</summary>
    public IEnumerable<SitePreset> OwnOf(string product) =>
        product == "charger" ? Charger : product == "site" ? Site : [];

    /// <summary>The class of that name; <see cref="InputException"/>: there is none.</summary>
    public static SiteClass Find(string option, string name) => All.FirstOrDefault(site => site.Name == name)
        ?? throw new InputException($"{option}: '{name}', one of {Names} was expected");

    private static List<SiteClass> Load()
    {
        using Stream file = Assembly.GetExecutingAssembly().GetManifestResourceStream("site-classes.json")!;
        return JsonSerializer.Deserialize<List<SiteClass>>(file, JsonSerializerOptions.Web)!;
    }
}

/// <summary>One setting.</summary>
/// <param name="Name">As its file spells it.</param>
/// <param name="Value">A number, a text, true or false.</param>
/// <param name="Why">The reason, for a person.</param>
internal sealed record SitePreset(string Name, JsonNode Value, string Why);
