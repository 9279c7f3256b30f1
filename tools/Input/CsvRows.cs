using Sylvan.Data.Csv;

namespace MeterFirmware.Tools.Input;

/// <summary>
/// Rows of a CSV text, each with its line: the one place that calls the CSV library (Sylvan.Data.Csv). Blank lines are
/// left out, cells are trimmed, a cell of several lines is a quote that is not closed.
/// </summary>
internal sealed class CsvRows : IDisposable
{
    private readonly string _path;
    private readonly CsvDataReader _csv;
    private readonly char? _remark;
    private int _nextLine = 1;

    /// <param name="path">For messages.</param>
    /// <param name="text">Read to its end, and closed with the rows.</param>
    /// <param name="separator">Between the cells.</param>
    /// <param name="remark">Lines that begin with it are left out; null: there are none.</param>
    public CsvRows(string path, TextReader text, char separator, char? remark)
    {
        _path = path;
        _remark = remark;
        _csv = CsvDataReader.Create(text, new CsvDataReaderOptions
        {
            HasHeaders = false,
            Delimiter = separator,
            CsvStyle = CsvStyle.Lax,
            Comment = '\uFFFF',
            BufferSize = 65_536,
            MaxBufferSize = 1 << 20,
        });
    }

    /// <summary>Cells of the row that was read last.</summary>
    public string[] Cells { get; private set; } = [];

    /// <summary>Its line.</summary>
    public int Line { get; private set; }

    public void Dispose() => _csv.Dispose();

    public bool TryRead()
    {
        try
        {
            while (_csv.Read())
            {
                ReadOnlySpan<char> raw = _csv.GetRawRecordSpan();
                Line = _nextLine;
                _nextLine += Math.Max(1, raw.Count('\n'));
                ReadOnlySpan<char> row = raw.TrimStart('\uFEFF').Trim();
                if (row.Length > 0 && (_remark is null || row[0] != _remark))
                {
                    Take();
                    return true;
                }
            }
        }
        catch (FormatException)
        {
            throw new InputException($"{_path}:{_nextLine}: a quote is not closed, or a row of more than a million "
                + $"characters");
        }

        return false;
    }

    private void Take()
    {
        Cells = new string[_csv.RowFieldCount];
        for (int i = 0; i < Cells.Length; i++)
        {
            string cell = _csv.GetString(i);
            Cells[i] = cell.Contains('\n')
                ? throw new InputException($"{_path}:{Line}: column {i + 1}: a quote is not closed")
                : cell.Trim('\uFEFF', ' ', '\t', '\u00A0');
        }
    }
}
