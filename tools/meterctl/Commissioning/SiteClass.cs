using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MeterFirmware.Tools.MeterCtl.Commissioning;

/// <summary>A kind of place with the settings that suit it, each with its reason: site-classes.json.</summary>
internal sealed record SiteClass(string Name, string About, IReadOnlyList<SitePreset> Presets)
{
    public static IReadOnlyList<SiteClass> All { get; } = Load();

    public static string Names => string.Join(", ", All.Select(site => site.Name));

    /// <summary>The class of that name; <see cref="InputException"/>: there is none.</summary>
    public static SiteClass Find(string option, string name) => All.FirstOrDefault(site => site.Name == name)
        ?? throw new InputException($"{option}: '{name}', one of {Names} was expected");

    private static List<SiteClass> Load()
    {
        using Stream file = Assembly.GetExecutingAssembly().GetManifestResourceStream("site-classes.json")!;
        return JsonSerializer.Deserialize<List<SiteClass>>(file, JsonSerializerOptions.Web)!;
    }
}

/// <summary>One member of settings.json.</summary>
/// <param name="Name">As settings.json spells it.</param>
/// <param name="Value">A number, a text, true or false.</param>
/// <param name="Why">The reason, for a person.</param>
internal sealed record SitePreset(string Name, JsonNode Value, string Why);
