using System.Globalization;
using System.Text;
using MeterFirmware.Recording;

namespace MeterFirmware.Tools.MeterCtl.Devices;

/// <summary>Emission factors of regions as a file: CSV region,year,kgPerKwh, lines with '#' are remarks.</summary>
internal static class FactorFile
{
    private const string Header = "region,year,kgPerKwh";
    private const int BytesMax = 1_300;

    /// <summary>The table as meters take it: lines region,year,micrograms. <see cref="InputException"/>: file, line, and what
    /// was expected.</summary>
    public static byte[] Load(string path)
    {
        string[] lines;
        try
        {
            lines = File.Exists(path) ? File.ReadAllLines(path)
                : throw new InputException($"{path}: no such file; a JSON object or a file {Header} was expected");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: {e.Message}");
        }

        StringBuilder table = new();
        Dictionary<string, int> years = [];
        bool isHeaderSeen = false;
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            if (!isHeaderSeen)
            {
                isHeaderSeen = line == Header ? true : throw new InputException($"{path}: line {i + 1}: the header {Header} was expected");
                continue;
            }

            string[] cells = line.Split(',');
            if (cells.Length != 3 || cells[0].Length == 0 || !RegionTable.IsName(cells[0])
                || !int.TryParse(cells[1], NumberStyles.None, CultureInfo.InvariantCulture, out int year) || year is < 2000 or > 2099
                || !decimal.TryParse(cells[2], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal kilograms)
                || kilograms is <= 0 or > 2 || kilograms * 1_000_000_000 % 1 != 0)
            {
                throw new InputException($"{path}: line {i + 1}: a region of up to 12 of A-Z a-z 0-9 -, a year from 2000 to 2099 and a factor above 0, up to 2 kg/kWh, were expected");
            }

            if (years.TryGetValue(cells[0], out int before) && before >= year)
            {
                throw new InputException($"{path}: line {i + 1}: {cells[0]}: years once each and rising were expected");
            }

            years[cells[0]] = year;
            table.Append(CultureInfo.InvariantCulture, $"{cells[0]},{year},{(long)(kilograms * 1_000_000_000)}\n");
        }

        return table.Length is > 0 and <= BytesMax ? Encoding.ASCII.GetBytes(table.ToString())
            : throw new InputException($"{path}: 1 to {BytesMax} bytes of lines were expected, not {table.Length}: one message carries them");
    }
}
