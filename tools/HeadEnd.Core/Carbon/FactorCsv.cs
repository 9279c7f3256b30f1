using System.Globalization;
using MeterFirmware.Tools.HeadEnds.Fleets;

namespace MeterFirmware.Tools.HeadEnds.Carbon;

/// <summary>Emission factors as a file: start,kg_per_kwh, a line an hour.</summary>
public static class FactorCsv
{
    private const string Start = "start";
    private const string Factor = "kg_per_kwh";
    private const int HourSeconds = 3_600;
    private const long MicrogramsAKilogram = 1_000_000_000;

    /// <summary>A grid of nothing but coal emits about one.</summary>
    private const decimal KilogramsMax = 10;

    /// <summary>A hundred years of hours.</summary>
    private const int LinesMax = 876_600;

    /// <summary>Reads a file.</summary>
    /// <param name="csv">Its text.</param>
    /// <param name="faults">What is wrong; then nothing may be taken.</param>
    /// <returns>Micrograms a kWh by the begin of the hour, UTC seconds.</returns>
    public static SortedDictionary<long, long> Read(string csv, List<FleetFault> faults)
    {
        SortedDictionary<long, long> factors = [];
        List<(int Line, List<string> Cells)> lines;
        try
        {
            lines = CsvText.Read(csv);
        }
        catch (FormatException e)
        {
            faults.Add(new FleetFault(0, "", e.Message));
            return factors;
        }

        string[] columns = lines.Count == 0 ? [] : [.. lines[0].Cells.Select(cell => cell.Trim())];
        if (!columns.SequenceEqual([Start, Factor]) || lines.Count > LinesMax)
        {
            faults.Add(new FleetFault(
                1, "", $"the header {Start},{Factor} and at most {LinesMax} lines were expected"));
            return factors;
        }

        foreach ((int line, List<string> cells) in lines.Skip(1))
        {
            CsvRow row = new(line, columns, cells, faults);
            if (cells.Count != columns.Length)
            {
                row.Fault("", $"{columns.Length} cells were expected, not {cells.Count}");
                continue;
            }

            DateTimeOffset? start = row.Time(Start, isNeeded: true);
            long? factor = Micrograms(row);
            if (start is not { } time || factor == null)
            {
                continue;
            }

            if (time.ToUnixTimeSeconds() % HourSeconds != 0)
            {
                row.Fault(Start, "the begin of an hour was expected");
            }
            else if (!factors.TryAdd(time.ToUnixTimeSeconds(), factor.Value))
            {
                row.Fault(Start, "the hour stands in an earlier line too");
            }
        }

        return factors;
    }

    /// <summary>Writes a file.</summary>
    public static string Write(IEnumerable<KeyValuePair<long, long>> factors) =>
        CsvText.Line([Start, Factor]) + string.Concat(factors.Select(one => CsvText.Line(
            [DateTimeOffset.FromUnixTimeSeconds(one.Key), one.Value / (decimal)MicrogramsAKilogram])));

    private static long? Micrograms(CsvRow row)
    {
        string text = row.Text(Factor, isNeeded: true);
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal kilograms)
            && kilograms <= KilogramsMax && kilograms * MicrogramsAKilogram % 1 == 0)
        {
            return (long)(kilograms * MicrogramsAKilogram);
        }

        row.Fault(Factor, $"'{text}': 0 to {KilogramsMax} with at most nine places was expected");
        return null;
    }
}
