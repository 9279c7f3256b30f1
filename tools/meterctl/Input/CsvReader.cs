using System.Text;

namespace MeterFirmware.Tools.MeterCtl.Input;

/// <summary>
/// The one reader of CSV tables: a header, then rows of as many cells, commas between, quotes honoured. Every error is an
/// <see cref="InputException"/> that names file, line and, where there is one, column.
/// </summary>
public sealed class CsvReader : IDisposable
{
    private readonly string _path;
    private readonly StreamReader _reader;
    private readonly List<string> _cells = [];
    private readonly StringBuilder _cell = new();
    private readonly char? _remark;

    /// <param name="path">As the user gave it.</param>
    /// <param name="expected">A header that would be right, for messages.</param>
    /// <param name="remark">Lines that begin with it are left out; null: there are none.</param>
    public CsvReader(string path, string expected, char? remark = null)
    {
        _path = path;
        _remark = remark;
        try
        {
            _reader = new StreamReader(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InputException($"{path}: cannot be read: {e.Message}");
        }

        if (!TryReadLine())
        {
            throw new InputException($"{path}:1: a header such as {expected} was expected, the file is empty");
        }

        Header = [.. _cells];
        if (Header.Count == 1 && Header[0].AsSpan().ContainsAny(';', '\t'))
        {
            throw new InputException($"{path}:{Line}: commas between the columns were expected, as in {expected}");
        }
    }

    /// <summary>Names of the columns.</summary>
    public List<string> Header { get; }

    /// <summary>Line of the header or of the row that was read last.</summary>
    public int Line { get; private set; }

    public string this[int column] => _cells[column];

    public void Dispose() => _reader.Dispose();

    /// <summary>The next row that is not blank. False: there is none.</summary>
    public bool TryReadRow()
    {
        if (!TryReadLine())
        {
            return false;
        }

        return _cells.Count == Header.Count ? true : throw new InputException(
            $"{_path}:{Line}: column {Math.Min(_cells.Count, Header.Count) + 1}: {_cells.Count} columns, the header has {Header.Count}"
            + (_cells.Count > Header.Count ? "; a comma is no decimal point" : ""));
    }

    /// <summary>Place of a column; <see cref="InputException"/> when it is missing.</summary>
    public int Find(string name)
    {
        int at = Header.IndexOf(name);
        return at >= 0 ? at : throw new InputException($"{_path}:1: column '{name}' is missing");
    }

    public decimal Number(int column, decimal least, decimal most)
    {
        decimal value = NumberText.TryRead(_cells[column], out decimal read) ? read
            : throw Bad(column, NumberText.Problem(_cells[column]));
        return value >= least && value <= most ? value
            : throw Bad(column, FormattableString.Invariant($"{_cells[column]} is outside of {least} to {most}"));
    }

    public double Real(int column, double most)
    {
        double value = NumberText.TryRead(_cells[column], out double read) ? read
            : throw Bad(column, NumberText.Problem(_cells[column]));
        return Math.Abs(value) <= most ? value
            : throw Bad(column, FormattableString.Invariant($"{_cells[column]} is outside of {-most} to {most}"));
    }

    /// <summary>An error at a cell of the row that was read last.</summary>
    public InputException Bad(int column, string message) =>
        new($"{_path}:{Line}: column {column + 1} ({Header[column]}): {message}");

    /// <summary>An error of the row that was read last as a whole.</summary>
    public InputException Bad(string message) => new($"{_path}:{Line}: {message}");

    private bool TryReadLine()
    {
        try
        {
            while (_reader.ReadLine() is { } text)
            {
                Line++;
                if (text.AsSpan().Trim().Length > 0 && text[0] != _remark)
                {
                    Split(text);
                    return true;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{_path}: cannot be read: {e.Message}");
        }

        return false;
    }

    private void Split(string line)
    {
        _cells.Clear();
        _cell.Clear();
        bool isQuoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (isQuoted && c == '"' && i + 1 < line.Length && line[i + 1] == '"')
            {
                _cell.Append('"');
                i++;
            }
            else if (c == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (c == ',' && !isQuoted)
            {
                TakeCell();
            }
            else
            {
                _cell.Append(c);
            }
        }

        if (isQuoted)
        {
            throw new InputException($"{_path}:{Line}: column {_cells.Count + 1}: a quote is not closed");
        }

        TakeCell();
    }

    private void TakeCell()
    {
        _cells.Add(_cell.ToString().Trim());
        _cell.Clear();
    }
}
