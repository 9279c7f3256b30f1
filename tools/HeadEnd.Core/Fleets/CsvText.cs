using System.Text;

namespace MeterFirmware.Tools.HeadEnds.Fleets;

/// <summary>Comma-separated values as RFC 4180 says: quotes around what holds a comma, a quote or a line
/// break.</summary>
public static class CsvText
{
    /// <summary>Characters that a spreadsheet takes for the begin of a formula (OWASP, CSV injection).</summary>
    private const string Formula = "=+-@\t\r";

    /// <summary>One line, with its end. A text that a spreadsheet would take for a formula gets an apostrophe before
    /// it; numbers are ours and stay.</summary>
    public static string Line(params IEnumerable<object?> cells) => string.Join(',', cells.Select(Cell)) + "\r\n";

    /// <summary>Splits a text into lines of cells, each with the number of the line that it begins on.</summary>
    /// <exception cref="FormatException">A quote is not closed, or stands inside a cell: names the line.</exception>
    public static List<(int Line, List<string> Cells)> Read(string text)
    {
        List<(int, List<string>)> lines = [];
        List<string> cells = [];
        int line = 1;
        int begun = 1;
        for (int i = text.StartsWith('\ufeff') ? 1 : 0; i < text.Length;)
        {
            cells.Add(ReadCell(text, ref i, ref line));
            if (i < text.Length && text[i] == ',')
            {
                i++;
                if (i < text.Length && text[i] is not ('\r' or '\n'))
                {
                    continue;
                }

                cells.Add("");
            }

            i += i < text.Length && text[i] == '\r' ? 1 : 0;
            i += i < text.Length && text[i] == '\n' ? 1 : 0;
            if (cells.Count > 1 || cells[0].Length > 0)
            {
                lines.Add((begun, cells));
            }

            cells = [];
            begun = ++line;
        }

        return lines;
    }

    /// <summary>Takes the apostrophe off again that <see cref="Line"/> put before a formula.</summary>
    public static string Plain(string cell) =>
        cell.Length > 1 && cell[0] == '\'' && Formula.Contains(cell[1]) ? cell[1..] : cell;

    private static string ReadCell(string text, ref int i, ref int line)
    {
        StringBuilder cell = new();
        bool isQuoted = i < text.Length && text[i] == '"';
        int begun = line;
        for (i += isQuoted ? 1 : 0; i < text.Length; i++)
        {
            char c = text[i];
            if (isQuoted && c == '"')
            {
                if (i + 1 >= text.Length || text[i + 1] != '"')
                {
                    i++;
                    return i >= text.Length || text[i] is ',' or '\r' or '\n' ? cell.ToString()
                        : throw new FormatException($"line {line}: a comma was expected after a quote");
                }

                i++;
            }
            else if (!isQuoted && (c is ',' or '\r' or '\n'))
            {
                return cell.ToString();
            }
            else if (!isQuoted && c == '"')
            {
                throw new FormatException($"line {line}: a quote inside a cell that does not begin with one");
            }

            line += c == '\n' ? 1 : 0;
            cell.Append(c);
        }

        return isQuoted ? throw new FormatException($"line {begun}: a quote that nothing closes") : cell.ToString();
    }

    private static string Cell(object? value)
    {
        string text = value switch
        {
            null => "",
            string words => words.Length > 0 && Formula.Contains(words[0]) ? "'" + words : words,
            DateTimeOffset time => time.ToString("yyyy-MM-dd'T'HH:mm:ssK", null),
            IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"")}\"";
    }
}
