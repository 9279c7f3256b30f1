using System.Text.Json;

namespace MeterFirmware.Tools.Generate;

/// <summary>The catalogues of firmware/Catalogue as they were read; <see cref="CatalogueRules"/> checked
/// them.</summary>
public sealed class Catalogue
{
    private static readonly JsonSerializerOptions _strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        PropertyNameCaseInsensitive = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
    };

    private Catalogue(EventsFile events, MeasurandsFile measurands, SettingsFile settings,
        CommandsFile commands, RefusalsFile refusals)
    {
        Events = events.Events;
        Faults = events.Faults;
        Measurands = measurands.Measurands;
        PlainRows = measurands.Plain;
        Settings = settings.Settings;
        CommandTypes = commands.Types;
        Commands = commands.Commands;
        Refusals = refusals.Refusals;
    }

    public EventEntry[] Events { get; }

    public FaultEntry[] Faults { get; }

    public MeasurandEntry[] Measurands { get; }

    public PlainEntry[] PlainRows { get; }

    public SettingEntry[] Settings { get; }

    public IReadOnlyDictionary<string, System.Text.Json.Nodes.JsonObject> CommandTypes { get; }

    public CommandEntry[] Commands { get; }

    public RefusalEntry[] Refusals { get; }

    /// <summary>Reads and checks all; <see cref="CatalogueException"/> with the first error.</summary>
    public static Catalogue Load(Repository repository)
    {
        Catalogue catalogue = new(Read<EventsFile>(repository, "events.json"),
            Read<MeasurandsFile>(repository, "measurands.json"),
            Read<SettingsFile>(repository, "settings.json"), Read<CommandsFile>(repository, "commands.json"),
            Read<RefusalsFile>(repository, "refusals.json"));
        CatalogueRules.Check(catalogue);
        return catalogue;
    }

    /// <summary>Reads one file; the error names file, line, member and what was expected.</summary>
    internal static T Read<T>(Repository repository, string name)
    {
        string path = Outputs.Folder + name;
        try
        {
            return JsonSerializer.Deserialize<T>(repository.Read(path), _strict)!;
        }
        catch (JsonException e)
        {
            throw new CatalogueException($"{path}: line {e.LineNumber + 1}: {e.Path}: {Plain(e.Message)}");
        }
    }

    /// <summary>Without the names of our own types.</summary>
    private static string Plain(string message) =>
        message.Contains("could not be mapped", StringComparison.Ordinal) ? "there is no such member"
            : message.Split(" Path: ")[0];
}
