using NodaTime;

namespace MeterFirmware.Tools.Billing.Lists;

/// <summary>A price list as CSV: time (of the begin), price, perhaps export; times ascending.</summary>
internal static class PriceRows
{
    private const decimal PriceMax = 1_000_000;

    public static IEnumerable<PriceRow> Read(string path, DateTimeZone zone)
    {
        using CsvReader csv = new(path, "time,price");
        (int time, int price, int export) = (csv.Find("time"), csv.Find("price"), csv.Header.IndexOf("export"));
        ListTimes times = new(csv, zone);
        long last = long.MinValue;
        while (csv.TryReadRow())
        {
            long utc = times.Utc(time);
            if (utc <= last)
            {
                throw csv.Bad(time, $"'{csv[time]}' is a double or out of order");
            }

            last = utc;
            yield return new PriceRow($"{path}:{csv.Line}", utc, Scaled(csv, price),
                export < 0 || csv[export].Length == 0 ? null : Scaled(csv, export));
        }
    }

    /// <summary>Null when the number has too many places.</summary>
    public static long? Scaled(decimal value) =>
        Math.Abs(value) <= PriceMax && value * PriceList.Scale == decimal.Truncate(value * PriceList.Scale)
            ? (long)(value * PriceList.Scale) : null;

    private static long Scaled(CsvReader csv, int column) =>
        Scaled(csv.Number(column, -PriceMax, PriceMax))
            ?? throw csv.Bad(column, $"'{csv[column]}', at most eight decimal places were expected");
}
