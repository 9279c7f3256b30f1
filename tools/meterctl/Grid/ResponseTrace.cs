namespace MeterFirmware.Tools.MeterCtl.Grid;

/// <summary>A recorded trace of voltage, frequency and set-point; values hold until the next row.</summary>
internal sealed record ResponseTrace(IReadOnlyList<ResponseRow> Rows)
{
    private const string Example = "ms,hz,volts,setpoint_w";
    private const int RowsMax = 2_000_000;

    /// <summary>As long as the milliseconds of a row fit: 24 days.</summary>
    private const int MsMax = int.MaxValue;

    /// <summary>Every error names file, line and column.</summary>
    public static ResponseTrace Read(string path, int ratedWatts)
    {
        using CsvReader csv = new(path, Example);
        int ms = csv.Find("ms");
        int hertz = csv.Find("hz");
        int volts = csv.Find("volts");
        int watts = csv.Find("setpoint_w");
        List<ResponseRow> rows = [];
        while (csv.TryReadRow())
        {
            decimal at = csv.Number(ms, 0, MsMax);
            if (at != decimal.Truncate(at))
            {
                throw csv.Bad(ms, $"{csv[ms]}: whole milliseconds were expected");
            }

            if (rows.Count > 0 && at <= rows[^1].Ms)
            {
                throw csv.Bad(ms, $"{csv[ms]} does not come after {rows[^1].Ms}: rows in time order were expected");
            }

            // A blank cell: the sensor had no reading.
            bool isMeasured = csv[hertz].Length > 0 && csv[volts].Length > 0;
            rows.Add(new ResponseRow(
                (int)at,
                isMeasured ? Whole(csv.Number(hertz, 0, 1000) * 1000) : 0,
                isMeasured ? Whole(csv.Number(volts, 0, 2000) * 1000) : 0,
                Whole(csv.Number(watts, -ratedWatts, ratedWatts)),
                isMeasured));
            if (rows.Count > RowsMax)
            {
                throw csv.Bad($"more than {RowsMax} rows");
            }
        }

        return rows.Count > 0 ? new ResponseTrace(rows)
            : throw new InputException($"{path}:{csv.Line}: no rows behind the header");
    }

    private static int Whole(decimal value) => (int)Math.Round(value, MidpointRounding.AwayFromZero);
}
