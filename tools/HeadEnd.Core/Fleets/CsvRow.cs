using System.Globalization;

namespace MeterFirmware.Tools.HeadEnds.Fleets;

/// <summary>A line of a file of the fleet, read cell by cell; what is wrong is noted, not thrown.</summary>
internal sealed class CsvRow(
    int line, string[] columns, IReadOnlyList<string> cells, List<FleetFault> faults)
{
    private const int CharsMax = 64;

    public int Line { get; } = line;

    public void Fault(string column, string problem) => faults.Add(new FleetFault(Line, column, problem));

    /// <summary>A text of at most 64 characters without control characters.</summary>
    public string Text(string column, bool isNeeded)
    {
        int index = IndexOf(column);
        string text = index < cells.Count ? CsvText.Plain(cells[index].Trim()) : "";
        if (isNeeded && text.Length == 0)
        {
            Fault(column, "a value was expected");
        }

        if (text.Length > CharsMax || text.Any(char.IsControl))
        {
            Fault(column, $"at most {CharsMax} characters were expected, no control characters");
        }

        return text;
    }

    public int? Number(string column, int least, int most)
    {
        string text = Text(column, isNeeded: false);
        if (text.Length == 0)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number >= least && number <= most)
        {
            return number;
        }

        Fault(column, $"'{text}': a whole number from {least} to {most} was expected");
        return null;
    }

    public bool YesNo(string column)
    {
        string text = Text(column, isNeeded: false);
        if (text is not ("" or "yes" or "no"))
        {
            Fault(column, $"'{text}': yes, no or nothing was expected");
        }

        return text == "yes";
    }

    public DateTimeOffset? Time(string column, bool isNeeded)
    {
        string text = Text(column, isNeeded);
        if (text.Length == 0)
        {
            return null;
        }

        string[] forms = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ss'Z'"];
        bool hasOffset = text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > "yyyy-MM-dd".Length;
        if (hasOffset && DateTimeOffset.TryParseExact(text, forms, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal, out DateTimeOffset time) && time.Year is >= 1970 and < 2200)
        {
            return time;
        }

        Fault(column, $"'{text}': a time such as 2026-11-30T00:00:00+08:00 was expected");
        return null;
    }

    private int IndexOf(string column) => Array.IndexOf(columns, column);
}
