using System.Globalization;
using MeterFirmware.Tools.MeterCtl.Input;

namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>Reads recorded charging sessions from CSV or from ACN-Data's JSON. Columns are found by name: session,
/// station, plug_in, plug_out, energy_kwh, and if present user; others are ignored. Any error names file, line and
/// column.</summary>
public static class SessionFile
{
    private const string Expected = "session,station,plug_in,plug_out,energy_kwh";
    internal const int KilowattHoursMax = 1000;

    public static IReadOnlyList<ChargingSession> Load(string path, SiteOptions site)
    {
        List<Stay> stays = [];
        Dictionary<string, int> seen = [];
        foreach (SessionRow row in TextFile.IsJson(path) ? AcnSessions.Read(path) : Rows(path))
        {
            if (!seen.TryAdd(row.Id, row.Line))
            {
                throw new InputException(
                    $"{path}:{row.Line}: session '{row.Id}' stands already in line {seen[row.Id]}");
            }

            stays.Add(StayOf(row, site));
        }

        if (stays.Count == 0)
        {
            throw new InputException($"{path}:2: no sessions");
        }

        RequireOneAtATime(path, stays);
        return stays.ConvertAll(stay => stay.Session);
    }

    /// <summary>A station charges one vehicle at a time. One leaves and the next comes at the same second: that is
    /// fine.</summary>
    private static void RequireOneAtATime(string path, List<Stay> stays)
    {
        foreach (IGrouping<string, Stay> station in stays.GroupBy(stay => stay.Session.Station))
        {
            Stay? longest = null;
            foreach (Stay stay in station.OrderBy(one => one.PlugIn).ThenBy(one => one.PlugOut))
            {
                if (longest is not null && stay.PlugIn < longest.PlugOut && stay.PlugIn < stay.PlugOut)
                {
                    throw new InputException($"{path}:{stay.Session.Line}: session '{stay.Session.Id}' begins on "
                        + $"station '{station.Key}' before session '{longest.Session.Id}' of line "
                        + $"{longest.Session.Line} ends; two connectors need two station names");
                }

                longest = longest is null || stay.PlugOut > longest.PlugOut ? stay : longest;
            }
        }
    }

    private static IEnumerable<SessionRow> Rows(string path)
    {
        using CsvReader csv = new(path, Expected);
        Columns columns = new(csv.Find("session"), csv.Find("station"), csv.Header.IndexOf("user"),
            csv.Find("plug_in"), csv.Find("plug_out"), csv.Find("energy_kwh"));
        while (csv.TryReadRow())
        {
            yield return Row(csv, columns);
        }
    }

    private static SessionRow Row(CsvReader csv, Columns columns)
    {
        DateTimeOffset plugIn = Time(csv, columns.PlugIn);
        DateTimeOffset plugOut = Time(csv, columns.PlugOut);
        if (plugOut < plugIn)
        {
            throw csv.Bad(columns.PlugOut, $"{csv[columns.PlugOut]} lies before plug_in {csv[columns.PlugIn]}");
        }

        decimal kwh = csv.Number(columns.Energy, 0, KilowattHoursMax);
        string id = csv[columns.Session];
        if (id.Length == 0)
        {
            throw csv.Bad(columns.Session, "a name was expected");
        }

        string user = columns.User < 0 ? "" : csv[columns.User];
        return new SessionRow(csv.Line, id, csv[columns.Station], user, plugIn, plugOut, kwh);
    }

    private static Stay StayOf(SessionRow row, SiteOptions site)
    {
        long first = -FloorDivide(-row.PlugIn.ToUnixTimeSeconds(), site.StepSeconds);
        long end = Math.Max(first, FloorDivide(row.PlugOut.ToUnixTimeSeconds(), site.StepSeconds));
        long most = (end - first) * site.StationStepMillijoules;
        long demand = Math.Min((long)decimal.Round(row.KilowattHours * 3_600_000_000m), most);
        return new Stay(new ChargingSession(row.Line, row.Id, row.Station, row.User, first, end, demand), row.PlugIn,
            row.PlugOut);
    }

    private static DateTimeOffset Time(CsvReader csv, int column)
    {
        string[] formats = ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mmzzz",
            "yyyy-MM-dd'T'HH:mm'Z'",
            "yyyy-MM-dd HH:mm:sszzz"];
        return DateTimeOffset.TryParseExact(csv[column], formats, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            && time.Year is >= 1980 and <= 2100
            ? time : throw csv.Bad(column, $"'{csv[column]}', a time such as 2018-10-08T06:25:00-07:00 was expected");
    }

    private static long FloorDivide(long dividend, long divisor) =>
        dividend / divisor - (dividend % divisor < 0 ? 1 : 0);

    private sealed record Columns(int Session, int Station, int User, int PlugIn, int PlugOut, int Energy);

    private sealed record Stay(ChargingSession Session, DateTimeOffset PlugIn, DateTimeOffset PlugOut);
}
