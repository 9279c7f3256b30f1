using System.Globalization;
using System.IO.Compression;
using MiniExcelLibs;

namespace MeterFirmware.Tools.Billing.Loads;

/// <summary>A sheet of an Excel file (.xlsx) as rows of texts, by MiniExcel: numbers with a decimal point, dates as ISO
/// 8601. A formula counts as the value that was saved with it.</summary>
internal static class ExcelFile
{
    private const long BytesMax = 512L << 20;

    /// <summary>A year of minutes is half a million.</summary>
    private const int RowsMax = 1_100_000;

    /// <summary>What Excel counts days from; a time of day alone lies on it or the day after.</summary>
    private static readonly DateTime _zero = new(1899, 12, 30);

    /// <summary>Whether the file begins as a ZIP archive, or as an Excel file of before 2007 does.</summary>
    public static bool Is(string path)
    {
        try
        {
            // A pipe has no length, and can be opened once only.
            FileInfo info = new(path);
            if (!info.Exists || info.Length < 4)
            {
                return false;
            }

            using FileStream file = info.OpenRead();
            Span<byte> start = stackalloc byte[4];
            int count = file.ReadAtLeast(start, 4, throwOnEndOfStream: false);
            bool isOld = count == 4 && start.SequenceEqual((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0]);
            return isOld ? throw new InputException($"{path}: an Excel file of before 2007; .xlsx or .csv was expected")
                : count == 4 && start.SequenceEqual("PK\u0003\u0004"u8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException)
        {
            throw new InputException($"{path}: cannot be read: {e.Message}");
        }
    }

    /// <summary>Rows that are not empty, each with its number.</summary>
    /// <param name="path">As the user gave it.</param>
    /// <param name="sheet">Its name; null: the only one.</param>
    public static List<CsvRow> Rows(string path, string? sheet)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            using (ZipArchive archive = new(file, ZipArchiveMode.Read, leaveOpen: true))
            {
                if (archive.Entries.Sum(entry => entry.Length) > BytesMax)
                {
                    throw new InputException($"{path}: larger than {BytesMax >> 20} MB; that is no load file");
                }
            }

            file.Position = 0;
            string name = Sheet(path, file.GetSheetNames(), sheet);
            file.Position = 0;
            return Read(path, file.Query(useHeaderRow: false, sheetName: name, excelType: ExcelType.XLSX));
        }
        catch (Exception e) when (e is not (InputException or OutOfMemoryException))
        {
            // The library has no one kind of exception for a file that is none.
            throw new InputException($"{path}: cannot be read as .xlsx: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static string Sheet(string path, List<string> names, string? sheet) =>
        sheet is null && names.Count == 1 ? names[0]
        : sheet is not null && names.Contains(sheet) ? sheet
        : throw new InputException($"{path}: {(sheet is null ? "several sheets" : $"no sheet '{sheet}'")}; --sheet "
            + $"names one of {string.Join(", ", names)}");

    private static List<CsvRow> Read(string path, IEnumerable<dynamic> sheet)
    {
        List<CsvRow> rows = [];
        int line = 0;
        foreach (IDictionary<string, object?> row in sheet)
        {
            line++;
            string[] cells = [.. row.Values.Select(Text)];
            int width = Array.FindLastIndex(cells, cell => cell.Length > 0) + 1;
            if (width > 0)
            {
                rows.Add(new CsvRow(line, cells[..width]));
            }

            if (line > RowsMax)
            {
                throw new InputException($"{path}: more than {RowsMax} rows; that is no load file");
            }
        }

        return rows;
    }

    private static string Text(object? cell) => cell switch
    {
        null => "",
        DateTime time when (time - _zero).TotalDays < 2 => time.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
        DateTime time => Rounded(time).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture),
        TimeSpan time => time.ToString("hh\\:mm\\:ss", CultureInfo.InvariantCulture),
        double number => Number(number),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => cell.ToString()!.Trim(),
    };

    /// <summary>Excel keeps a time as a fraction of a day: the nearest second is meant.</summary>
    private static DateTime Rounded(DateTime time) => new((time.Ticks + TimeSpan.TicksPerSecond / 2)
        / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond);

    /// <summary>The fifteen digits that Excel shows.</summary>
    private static string Number(double number) => Math.Abs(number) < 1e15
        ? ((decimal)number).ToString(CultureInfo.InvariantCulture)
        : number.ToString("R", CultureInfo.InvariantCulture);
}
