using System.Globalization;
using System.Text;
using MeterFirmware.Carbon;
using MeterFirmware.Tools.MeterCtl.Input;

namespace MeterFirmware.Tools.MeterCtl.Devices;

/// <summary>Emission factors of regions as a file: CSV region,year,kgPerKwh, lines with '#' are remarks.</summary>
internal static class FactorFile
{
    private const string Header = "region,year,kgPerKwh";
    private const int BytesMax = 1_300;
    private const int YearMin = 2000;
    private const int YearMax = 2099;
    private const int KilogramsMax = 2;
    private const int MicrogramsPerKilogram = 1_000_000_000;

    /// <summary>The table as meters take it: lines region,year,micrograms. <see cref="InputException"/>: file, line,
    /// and what was expected.</summary>
    public static byte[] Load(string path)
    {
        if (!File.Exists(path))
        {
            throw new InputException($"{path}: no such file; a JSON object or a file {Header} was expected");
        }

        using CsvReader csv = new(path, Header, '#');
        if (string.Join(',', csv.Header) != Header)
        {
            throw csv.Bad($"the header {Header} was expected");
        }

        StringBuilder table = new();
        Dictionary<string, int> years = [];
        while (csv.TryReadRow())
        {
            string region = csv[0].Length > 0 && RegionTable.IsName(csv[0]) ? csv[0]
                : throw csv.Bad(0, "a region of up to 12 of A-Z a-z 0-9 - was expected");
            int year = NumberText.TryReadWhole(csv[1], out int some) && some is >= YearMin and <= YearMax ? some
                : throw csv.Bad(1, $"'{csv[1]}', a year from {YearMin} to {YearMax} was expected");
            decimal micrograms = csv.Number(2, 0, KilogramsMax) * MicrogramsPerKilogram;
            if (micrograms == 0 || micrograms % 1 != 0)
            {
                throw csv.Bad(2, $"'{csv[2]}', kg/kWh above 0 with at most nine places were expected");
            }

            if (years.TryGetValue(region, out int before) && before >= year)
            {
                throw csv.Bad(1, $"{region}: years once each and rising were expected");
            }

            years[region] = year;
            table.Append(CultureInfo.InvariantCulture, $"{region},{year},{(long)micrograms}\n");
        }

        return table.Length is > 0 and <= BytesMax ? Encoding.ASCII.GetBytes(table.ToString())
            : throw new InputException(
                $"{path}: 1 to {BytesMax} bytes of lines were expected, not {table.Length}: one message carries them");
    }
}
