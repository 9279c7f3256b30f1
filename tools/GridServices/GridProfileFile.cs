using MeterFirmware.Grid;
using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tools.GridServices;

/// <summary>A grid profile as every command uses it: parsed, compiled and loaded by the firmware's own
/// loader.</summary>
public sealed class GridProfileFile
{
    private const string Prefix = "grid:";

    private GridProfileFile(string fileName, GridProfileDocument document, byte[] bytes, GridProfile profile)
    {
        FileName = fileName;
        Title = document.Title;
        Uncertain = document.Uncertain;
        Stays = document.Stays;
        Bytes = bytes;
        Profile = profile;
    }

    /// <summary>Profiles that ship, by name.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(GridProfileFile).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => Path.GetFileNameWithoutExtension(name[Prefix.Length..]))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>As given by the user, for messages.</summary>
    public string FileName { get; }

    public string Title { get; }

    /// <summary>What is not sure about its numbers.</summary>
    public IReadOnlyList<string> Uncertain { get; }

    public IReadOnlyList<StayWindow> Stays { get; }

    /// <summary>The compact form that a device loads.</summary>
    public byte[] Bytes { get; }

    public GridProfile Profile { get; }

    /// <summary>Loads a file, or a profile that ships when there is no such file; <see cref="InputException"/> with
    /// the first problem and the number of the others.</summary>
    public static GridProfileFile Load(string pathOrName)
    {
        byte[] utf8 = File.Exists(pathOrName) || Find(pathOrName) is not byte[] shipped
            ? Read(pathOrName) : shipped;
        List<TariffProblem> problems = [];
        GridProfileFile? file = TryParse(utf8, pathOrName, problems);
        string more = problems.Count > 1 ? $" (and {problems.Count - 1} more)" : "";
        return file ?? throw new InputException(problems[0].Describe(pathOrName) + more);
    }

    /// <summary>Null when anything is wrong; the problems say what, all of it.</summary>
    public static GridProfileFile? TryParse(byte[] utf8, string fileName, List<TariffProblem> problems)
    {
        GridProfileDocument? document = GridProfileParser.Parse(utf8, problems);
        if (document is null || problems.Count > 0)
        {
            return null;
        }

        byte[] bytes = document.Compile();
        if (!GridProfile.TryLoad(bytes, bytes.Length, out GridProfile profile, out string error))
        {
            // The firmware's loader is the judge: what it refuses must never be handed out.
            problems.Add(new TariffProblem("$", error));
            return null;
        }

        return new GridProfileFile(fileName, document, bytes, profile);
    }

    private static byte[] Read(string path) => File.Exists(path) ? JsonReader.ReadFile(path)
        : throw new InputException($"{path}: no such file, and no profile of {string.Join(", ", Names)}");

    private static byte[]? Find(string name)
    {
        using Stream? stream = typeof(GridProfileFile).Assembly.GetManifestResourceStream($"{Prefix}{name}.json");
        if (stream is null)
        {
            return null;
        }

        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
