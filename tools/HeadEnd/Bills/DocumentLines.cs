using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MeterFirmware.Tools.HeadEnds.Web.Bills;

/// <summary>On which line of a document a problem lies: the validator names a path such as $.days.workday[2][1], a
/// person looks for a line.</summary>
public static class DocumentLines
{
    private const byte LineFeed = (byte)'\n';

    /// <summary>The line, from 1, of a path, or of the nearest thing around it; of line:column for what is no JSON.
    /// Null: of no line.</summary>
    public static int? Of(string document, string path)
    {
        if (!path.StartsWith('$'))
        {
            return int.TryParse(path.Split(':')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int line)
                ? line : null;
        }

        Dictionary<string, int> lines = [];
        try
        {
            Read(Encoding.UTF8.GetBytes(document), lines);
        }
        catch (JsonException)
        {
            // What was read before the mistake has its lines.
        }

        string at = path;
        while (!lines.ContainsKey(at))
        {
            int cut = at.LastIndexOfAny(['.', '[']);
            if (cut <= 0)
            {
                return lines.TryGetValue("$", out int first) ? first : null;
            }

            at = at[..cut];
        }

        return lines[at];
    }

    private static void Read(byte[] utf8, Dictionary<string, int> lines)
    {
        Utf8JsonReader reader = new(utf8);
        Stack<(string Path, int Index)> around = new();
        string member = "$";
        int line = 1;
        int counted = 0;
        while (reader.Read())
        {
            line += utf8.AsSpan(counted, (int)reader.TokenStartIndex - counted).Count(LineFeed);
            counted = (int)reader.TokenStartIndex;
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                around.Pop();
                continue;
            }

            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                member = $"{around.Peek().Path}.{reader.GetString()}";
                lines.TryAdd(member, line);
                continue;
            }

            if (around.TryPeek(out (string Path, int Index) array) && array.Index >= 0)
            {
                around.Pop();
                around.Push((array.Path, array.Index + 1));
                member = string.Create(CultureInfo.InvariantCulture, $"{array.Path}[{array.Index}]");
            }

            lines.TryAdd(member, line);
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                around.Push((member, reader.TokenType == JsonTokenType.StartArray ? 0 : -1));
            }
        }
    }
}
