using System.Text.RegularExpressions;

namespace MeterFirmware.Tidy.Tests;

/// <summary>
/// Rows of README tables that hold figures of a size or a count (7,884 or **163,288**) and stand outside of the lines
/// "generated NAME begin" and "generated NAME end": a script prints such a table, and a test compares it.
/// </summary>
public static partial class ReadmeFigures
{
    public static IEnumerable<Finding> In(string path, string text)
    {
        bool isGenerated = false;
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            Match mark = Marker().Match(lines[i]);
            isGenerated = mark.Success ? mark.Groups[1].Value == "begin" : isGenerated;
            if (!isGenerated && lines[i].StartsWith('|') && Figure().IsMatch(lines[i]))
            {
                yield return new Finding(path, i + 1);
            }
        }
    }

    [GeneratedRegex(@"\bgenerated \w+ (begin|end)\b")]
    private static partial Regex Marker();

    [GeneratedRegex(@"\|\s*\**\d{1,3}(?:,\d{3})+\**\s*(?=\|)")]
    private static partial Regex Figure();
}
