using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>What of ours each board's image carries, out of the projects' references, with each room's size.</summary>
public static class ImageTable
{
    private const string SizesPath = "boards/pe-sizes.json";

    public static string Of(Repository repository, IReadOnlyList<string> boards)
    {
        ProjectTree tree = new(repository);
        IReadOnlyDictionary<string, int> bytes = Sizes(repository.Read(SizesPath));
        IReadOnlyList<string>[] images = [.. boards.Select(board => tree.ReachedFrom(ProjectOf(board)))];
        StringBuilder table = new();
        table.Append($"| room | .pe, bytes | {string.Join(" | ", boards)} |\n");
        table.Append($"|---|---:|{string.Concat(boards.Select(_ => ":-:|"))}\n");
        string[] projects = [.. images.SelectMany(image => image).Distinct().Order(StringComparer.Ordinal)
            .Where(room => !boards.Select(ProjectOf).Contains(room))];
        foreach (string project in projects)
        {
            string folder = FolderOf(project);
            string size = bytes.TryGetValue(folder, out int measured) ? Text(measured) : "?";
            table.Append($"| [{folder}](../{folder}) | {size} |");
            foreach (IReadOnlyList<string> image in images)
            {
                table.Append(image.Contains(project) ? " x |" : " |");
            }

            table.Append('\n');
        }

        IEnumerable<string> sums = images.Select(image => Text(
            projects.Where(image.Contains).Sum(project => bytes.GetValueOrDefault(FolderOf(project)))));
        table.Append($"| **together** | | {string.Join(" | ", sums.Select(sum => $"**{sum}**"))} |\n");
        return table.ToString();
    }

    /// <summary>Path of a board's project.</summary>
    public static string ProjectOf(string board) => $"boards/{board}/{board}.csproj";

    private static string FolderOf(string project) => Path.GetDirectoryName(project)!;

    private static string Text(int bytes) => bytes.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Bytes of each room that was measured. A room that was not stands with a question mark.</summary>
    private static Dictionary<string, int> Sizes(string text)
    {
        try
        {
            using JsonDocument file = JsonDocument.Parse(text);
            return file.RootElement.GetProperty("bytes").EnumerateObject()
                .ToDictionary(member => member.Name, member => member.Value.GetInt32());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException
            or InvalidOperationException or ArgumentException)
        {
            throw new CatalogueException($"{SizesPath}: {e.Message} (\"bytes\": a size for each folder was expected)");
        }
    }
}
