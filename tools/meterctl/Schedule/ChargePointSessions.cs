using System.Globalization;
using MeterFirmware.Tools.Billing.Loads;

namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>
/// Sessions as ChargePoint's stations export them, and as the cities of Palo Alto and Boulder publish them: station,
/// port, start and end with the short name of their zone, energy in kWh.
/// </summary>
internal static class ChargePointSessions
{
    /// <summary>Hours from UTC by the short names that the exports have.</summary>
    private static readonly Dictionary<string, int> _zones = new()
    {
        ["UTC"] = 0,
        ["GMT"] = 0,
        ["EST"] = -5,
        ["EDT"] = -4,
        ["CST"] = -6,
        ["CDT"] = -5,
        ["MST"] = -7,
        ["MDT"] = -6,
        ["PST"] = -8,
        ["PDT"] = -7,
        ["AKST"] = -9,
        ["AKDT"] = -8,
        ["HST"] = -10,
    };

    /// <summary>"Start Date" and "Start_Date___Time" are one column.</summary>
    public static bool Is(List<string> header) => Find(header, "startdate", "startdatetime") >= 0
        && Find(header, "enddate", "enddatetime") >= 0 && Find(header, "energykwh") >= 0;

    public static IEnumerable<SessionRow> Read(CsvReader csv)
    {
        int start = Find(csv.Header, "startdate", "startdatetime");
        int end = Find(csv.Header, "enddate", "enddatetime");
        int energy = Find(csv.Header, "energykwh");
        int startZone = Need(csv, "starttimezone", "Start Time Zone");
        int endZone = Need(csv, "endtimezone", "End Time Zone");
        int station = Need(csv, "stationname", "Station Name");
        int port = Find(csv.Header, "portnumber");
        int user = Find(csv.Header, "userid");
        while (csv.TryReadRow())
        {
            DateTimeOffset plugIn = Time(csv, start, startZone);
            DateTimeOffset plugOut = Time(csv, end, endZone);
            if (plugOut < plugIn)
            {
                throw csv.Bad(end, $"{csv[end]} lies before {csv[start]}");
            }

            string name = port >= 0 && csv[port].Length > 0 ? $"{csv[station]}/{csv[port]}" : csv[station];
            yield return new SessionRow(csv.Line, csv.Line.ToString(CultureInfo.InvariantCulture),
                name, user < 0 ? "" : csv[user], plugIn, plugOut,
                csv.Number(energy, 0, SessionFile.KilowattHoursMax));
        }
    }

    private static int Need(CsvReader csv, string name, string shown) => Find(csv.Header, name) is >= 0 and int at ? at
        : throw new InputException(csv.Bad($"column '{shown}' is missing").Message);

    private static int Find(List<string> header, params string[] names) => header.FindIndex(column =>
        names.Contains(string.Concat(column.Where(char.IsLetter)).ToLowerInvariant()));

    private static DateTimeOffset Time(CsvReader csv, int column, int zone)
    {
        if (!_zones.TryGetValue(csv[zone], out int hours))
        {
            throw csv.Bad(zone, $"'{csv[zone]}', one of {string.Join(", ", _zones.Keys)} was expected");
        }

        // The month comes first, as everywhere in these exports.
        return TimeText.TryRead(csv[column], false, out ParsedTime time) && time.IsFull
            && time.Local.Year is >= 1980 and <= 2100
            ? new DateTimeOffset(time.Local.ToDateTimeUnspecified(), TimeSpan.FromHours(hours))
            : throw csv.Bad(column, $"'{csv[column]}', a time such as 7/29/2011 20:17 was expected");
    }
}
