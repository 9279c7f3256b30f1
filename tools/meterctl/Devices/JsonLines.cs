using System.Text.Json;

namespace MeterFirmware.Tools.MeterCtl.Devices;

/// <summary>Where each member of a JSON document stands, so that an error can name its line.</summary>
internal static class JsonLines
{
    /// <summary>Lines, from 1, of all members by their path, names joined by dots; <see cref="JsonException"/> when it
    /// is no JSON.
    /// </summary>
    /// <param name="bytes">The document.</param>
    /// <param name="twice">Path of the first member that its object has already, with the second one's line; null:
    /// none.</param>
    public static Dictionary<string, int> Of(byte[] bytes, out string? twice)
    {
        Dictionary<string, int> lines = [];
        List<string> names = [];
        Stack<HashSet<string>> members = [];
        twice = null;
        int line = 1;
        int counted = 0;
        Utf8JsonReader reader = new(bytes);
        while (reader.Read())
        {
            for (; counted < reader.TokenStartIndex; counted++)
            {
                line += bytes[counted] == (byte)'\n' ? 1 : 0;
            }

            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    members.Push([]);
                    break;
                case JsonTokenType.EndObject:
                    members.Pop();
                    break;
                case JsonTokenType.PropertyName:
                    // A list within has no name of its own.
                    int depth = reader.CurrentDepth - 1;
                    names = [.. names.Take(depth), .. Enumerable.Repeat("", Math.Max(0, depth - names.Count)),
                        reader.GetString()!];
                    string path = string.Join('.', names);
                    bool isNew = members.Peek().Add(names[^1]);
                    twice ??= isNew ? null : path;
                    lines[path] = line;
                    break;
            }

            if (twice != null)
            {
                break;
            }
        }

        return lines;
    }
}
