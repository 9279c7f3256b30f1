using System.Text;

namespace MeterFirmware.Tools.Input;

/// <summary>
/// Reads a CSV table row by row: a header, then rows of as many cells; commas, semicolons or tabs between, as the
/// header has them. Every error is an <see cref="InputException"/> that names file, line and, where there is one,
/// column.
/// </summary>
public sealed class CsvReader : IDisposable
{
    private const int LineCharsMax = 1 << 20;

    private readonly string _path;
    private readonly StreamReader _reader;
    private readonly CsvRows _rows;
    private readonly bool _isComma;

    /// <param name="path">As the user gave it.</param>
    /// <param name="expected">A header that would be right, for messages.</param>
    /// <param name="remark">Lines that begin with it are left out; null: there are none.</param>
    public CsvReader(string path, string expected, char? remark = null)
    {
        _path = path;
        _reader = TextFile.Open(path);
        char separator = TextFile.Guard(path, _reader, () => Separator(_reader, remark));
        _isComma = separator == ',';
        _reader.BaseStream.Position = 0;
        _reader.DiscardBufferedData();
        _rows = new CsvRows(path, _reader, separator, remark);
        if (!Read())
        {
            throw new InputException($"{path}:1: a header such as {expected} was expected, the file is empty");
        }

        Header = [.. _rows.Cells];
    }

    /// <summary>Names of the columns.</summary>
    public List<string> Header { get; }

    /// <summary>Line of the header or of the row that was read last.</summary>
    public int Line => _rows.Line;

    public string this[int column] => _rows.Cells[column];

    public void Dispose()
    {
        _rows.Dispose();
        _reader.Dispose();
    }

    /// <summary>The next row that is not blank. False: there is none.</summary>
    public bool TryReadRow()
    {
        if (!Read())
        {
            return false;
        }

        int count = _rows.Cells.Length;
        return count == Header.Count ? true : throw new InputException(
            $"{_path}:{Line}: column {Math.Min(count, Header.Count) + 1}: {count} columns, the header has "
                + $"{Header.Count}"
            + (_isComma && count > Header.Count ? "; a comma is no decimal point" : ""));
    }

    /// <summary>Place of a column; <see cref="InputException"/> when it is missing.</summary>
    public int Find(string name)
    {
        int at = Header.IndexOf(name);
        return at >= 0 ? at : throw new InputException($"{_path}:1: column '{name}' is missing");
    }

    public decimal Number(int column, decimal least, decimal most)
    {
        decimal value = NumberText.TryRead(_rows.Cells[column], out decimal read) ? read
            : throw Bad(column, NumberText.Problem(_rows.Cells[column]));
        return value >= least && value <= most ? value
            : throw Bad(column, FormattableString.Invariant($"{_rows.Cells[column]} is outside of {least} to {most}"));
    }

    public double Real(int column, double most)
    {
        double value = NumberText.TryRead(_rows.Cells[column], out double read) ? read
            : throw Bad(column, NumberText.Problem(_rows.Cells[column]));
        return Math.Abs(value) <= most ? value
            : throw Bad(column, FormattableString.Invariant($"{_rows.Cells[column]} is outside of {-most} to {most}"));
    }

    /// <summary>An error at a cell of the row that was read last.</summary>
    public InputException Bad(int column, string message) =>
        new($"{_path}:{Line}: column {column + 1} ({Header[column]}): {message}");

    /// <summary>An error of the row that was read last as a whole.</summary>
    public InputException Bad(string message) => new($"{_path}:{Line}: {message}");

    private bool Read() => TextFile.Guard(_path, _reader, _rows.TryRead);

    /// <summary>What stands between the cells of the first line that is neither blank nor a remark.</summary>
    private static char Separator(StreamReader reader, char? remark)
    {
        string line;
        do
        {
            line = NextLine(reader);
        }
        while (reader.Peek() >= 0 && (line.AsSpan().Trim().Length == 0 || line[0] == remark));
        return line.Contains(',') ? ',' : line.Contains(';') ? ';' : line.Contains('\t') ? '\t' : ',';
    }

    /// <summary>The next line; of one that is too long to be a row its beginning.</summary>
    private static string NextLine(StreamReader reader)
    {
        StringBuilder line = new();
        for (int next; line.Length < LineCharsMax && (next = reader.Read()) is >= 0 and not '\n';)
        {
            line.Append((char)next);
        }

        return line.ToString().Trim('\uFEFF', '\r');
    }
}
