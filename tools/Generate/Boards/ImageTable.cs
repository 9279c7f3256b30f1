using System.Text;

namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>What of ours each board's image carries, out of the projects' references.</summary>
public static class ImageTable
{
    public static string Of(Repository repository, IReadOnlyList<string> boards)
    {
        ProjectTree tree = new(repository);
        IReadOnlyList<string>[] images = [.. boards.Select(board => tree.ReachedFrom(ProjectOf(board)))];
        StringBuilder table = new();
        table.Append($"| room | {string.Join(" | ", boards)} |\n");
        table.Append($"|---|{string.Concat(boards.Select(_ => ":-:|"))}\n");
        string[] rooms = [.. images.SelectMany(image => image).Distinct().Order(StringComparer.Ordinal)];
        foreach (string room in rooms.Where(room => !boards.Select(ProjectOf).Contains(room)))
        {
            string folder = Path.GetDirectoryName(room)!;
            table.Append($"| [{folder}](../{folder}) |");
            foreach (IReadOnlyList<string> image in images)
            {
                table.Append(image.Contains(room) ? " x |" : " |");
            }

            table.Append('\n');
        }

        return table.ToString();
    }

    /// <summary>Path of a board's project.</summary>
    public static string ProjectOf(string board) => $"boards/{board}/{board}.csproj";
}
