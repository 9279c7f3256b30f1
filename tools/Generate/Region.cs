using System.Text;

namespace MeterFirmware.Tools.Generate;

/// <summary>The part of a hand-written file between two marked lines. A marker holds "generated NAME begin" or
/// "generated NAME end" and else what its file calls a comment.</summary>
internal static class Region
{
    /// <summary>The file with each part replaced; text of a part ends with a line end.</summary>
    public static string Replace(string path, string file, IReadOnlyDictionary<string, string> parts)
    {
        StringBuilder result = new();
        HashSet<string> seen = [];
        string? open = null;
        int number = 0;
        foreach (string line in file.TrimEnd('\n').Split('\n'))
        {
            number++;
            string? begun = NameOf(line, " begin");
            string? ended = NameOf(line, " end");
            Require(begun == null || open == null, path, number,
                $"the end of '{open}' was expected before the begin of '{begun}'");
            Require(ended == null || ended == open, path, number, $"'{ended}' ends here, '{open}' was begun");
            open = ended != null ? null : open;
            if (open == null)
            {
                result.Append(line).Append('\n');
            }

            if (begun != null)
            {
                Require(parts.ContainsKey(begun) && seen.Add(begun), path, number,
                    $"one of {string.Join(", ", parts.Keys)} was expected, each once; '{begun}' stands there");
                result.Append(parts[begun]);
                open = begun;
            }
        }

        Require(open == null, path, number, $"the end of '{open}' was expected");
        string? missing = parts.Keys.FirstOrDefault(name => !seen.Contains(name));
        Require(missing == null, path, number,
            $"the lines 'generated {missing} begin' and 'generated {missing} end' were expected");
        return result.ToString();
    }

    private static string? NameOf(string line, string edge)
    {
        const string Mark = "generated ";
        string trimmed = line.Trim(' ', '<', '!', '-', '>', '#', '/');
        return trimmed.StartsWith(Mark, StringComparison.Ordinal) && trimmed.EndsWith(edge, StringComparison.Ordinal)
            && trimmed.Length > Mark.Length + edge.Length ? trimmed[Mark.Length..^edge.Length] : null;
    }

    private static void Require(bool holds, string path, int line, string message)
    {
        if (!holds)
        {
            throw new CatalogueException($"{path}: line {line}: {message}");
        }
    }
}
