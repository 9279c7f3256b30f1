namespace MeterFirmware.Tools.Billing.Loads;

/// <summary>
/// A CSV file of which neither the separator nor the header's line is known: both are found by the rows, of which most
/// have as many cells and one that is a time.
/// </summary>
internal sealed class CsvTable
{
    private const int SampleRows = 400;
    private static readonly char[] _separators = [';', '\t', '|', ','];

    private CsvTable(string path, char separator, List<CsvRow> rows)
    {
        Path = path;
        Separator = separator;
        int width = Width(rows);
        int data = rows.FindIndex(row => row.Cells.Length == width && HasTime(row));
        int header = HeaderIndex(rows, width, data);
        HasHeader = header >= 0;
        Preamble = HasHeader ? rows[..header] : [];
        HeaderLine = HasHeader ? rows[header].Line : rows.Count > 0 ? rows[0].Line : 1;
        Header = HasHeader ? rows[header].Cells
            : [.. (rows.Count > 0 ? rows[0].Cells : []).Select((cell, column) => cell)];
        Rows = HasHeader ? rows[(header + 1)..] : rows;
    }

    public string Path { get; }

    public char Separator { get; }

    /// <summary>False: the first row is one of data, and <see cref="Header"/> holds its cells.</summary>
    public bool HasHeader { get; }

    public int HeaderLine { get; }

    public string[] Header { get; }

    /// <summary>What stands before the header.</summary>
    public IReadOnlyList<CsvRow> Preamble { get; }

    public IReadOnlyList<CsvRow> Rows { get; }

    /// <summary>Rows that another kind of file has.</summary>
    public static CsvTable Of(string path, List<CsvRow> rows) => rows.Count > 0 ? new CsvTable(path, '\t', rows)
        : throw new InputException($"{path}:1: a header such as {LoadColumns.HeaderExample} was expected, the sheet is "
            + "empty");

    public static CsvTable Parse(string path, string text)
    {
        char separator = ',';
        int best = -1;
        foreach (char candidate in _separators.Where(text.Contains))
        {
            List<CsvRow> sample = ReadRows(path, text, candidate, SampleRows, out bool _);
            int width = Width(sample);
            int score = width < 2 ? 0
                : sample.Sum(row => row.Cells.Length == width ? HasTime(row) ? 3 : 1 : 0);
            if (score > best)
            {
                (best, separator) = (score, candidate);
            }
        }

        List<CsvRow> rows = ReadRows(path, text, separator, int.MaxValue, out bool isWhole);
        return isWhole && rows.Count > 0 ? new CsvTable(path, separator, rows)
            : throw new InputException($"{path}:1: a header such as {LoadColumns.HeaderExample} was expected, the "
                + $"file is empty");
    }

    /// <summary>An error at a cell of a row.</summary>
    public InputException Bad(int line, int column, string message) =>
        new($"{Path}:{line}: column {column + 1} ({(column < Header.Length ? Header[column] : "")}): {message}");

    /// <summary>An error at a place of the header.</summary>
    public InputException Bad(int column, string message) => Bad(HeaderLine, column, message);

    private static List<CsvRow> ReadRows(string path, string text, char separator, int most, out bool isWhole)
    {
        using CsvRows csv = new(path, new StringReader(text), separator, null);
        List<CsvRow> rows = [];
        isWhole = true;
        try
        {
            while (rows.Count < most && csv.TryRead())
            {
                rows.Add(new CsvRow(csv.Line, csv.Cells));
            }
        }
        catch (InputException) when (most != int.MaxValue)
        {
            // A wrong separator may tear a quote: the right one reads on, and the whole file is read strictly.
            isWhole = false;
        }

        return rows;
    }

    /// <summary>The number of cells that most rows have.</summary>
    private static int Width(List<CsvRow> rows) =>
        rows.Take(SampleRows).GroupBy(row => row.Cells.Length)
            .OrderByDescending(group => group.Count(row => HasTime(row)) * 1000 + group.Count())
            .Select(group => group.Key).FirstOrDefault();

    /// <summary>
    /// The header is the first row as wide as the data, or the row before the data when it names a time: so that a
    /// wrong row below a header is never taken for one. −1: the data begins at once.
    /// </summary>
    private static int HeaderIndex(List<CsvRow> rows, int width, int data)
    {
        int first = rows.FindIndex(row => row.Cells.Length == width);
        if (data > 0 && rows[data - 1].Cells.Length == width && LoadColumns.NamesTime(rows[data - 1].Cells)
            && !rows[data - 1].Cells.Any(cell => NumberText.TryRead(cell, out decimal _)))
        {
            return data - 1;
        }

        // A header of another width than the rows below it: they are the ones that are wrong.
        int header = data == 0 || first < 0 || first == data ? data - 1 : first;
        return data < 0 ? 0 : header;
    }

    private static bool HasTime(CsvRow row)
    {
        foreach (string cell in row.Cells)
        {
            string text = LoadColumns.BeforeTo(cell);
            if (text.Length >= 6
                && (TimeText.TryRead(text, false, out ParsedTime time) || TimeText.TryRead(text, true, out time))
                && time.HasDate)
            {
                return true;
            }
        }

        return false;
    }
}
