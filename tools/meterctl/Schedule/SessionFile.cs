using System.Globalization;

namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>Reads recorded charging sessions from CSV. Columns are found by name: session, station, plug_in, plug_out,
/// energy_kwh, and if present user; others are ignored. Any error names file, line and column.</summary>
public static class SessionFile
{
    public static IReadOnlyList<ChargingSession> Load(string path, SiteOptions site)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: {e.Message}");
        }

        if (lines.Length == 0)
        {
            throw new InputException($"{path}:1: empty file, a header with session,station,plug_in,plug_out,energy_kwh was expected");
        }

        string[] header = Split(lines[0].TrimStart('\uFEFF'), path, 1);
        Columns columns = new(
            Find(header, "session", path), Find(header, "station", path), Array.IndexOf(header, "user"),
            Find(header, "plug_in", path), Find(header, "plug_out", path), Find(header, "energy_kwh", path), header.Length);
        List<ChargingSession> sessions = [];
        Dictionary<string, int> seen = [];
        for (int i = 1; i < lines.Length; i++)
        {
            if (lines[i].Length == 0)
            {
                continue;
            }

            ChargingSession session = Parse(Split(lines[i], path, i + 1), columns, site, path, i + 1);
            if (!seen.TryAdd(session.Id, i + 1))
            {
                throw new InputException($"{path}:{i + 1}: session '{session.Id}' stands already in line {seen[session.Id]}");
            }

            sessions.Add(session);
        }

        if (sessions.Count == 0)
        {
            throw new InputException($"{path}:2: no sessions");
        }

        return sessions;
    }

    private static ChargingSession Parse(string[] cells, Columns columns, SiteOptions site, string path, int line)
    {
        if (cells.Length != columns.Count)
        {
            throw new InputException($"{path}:{line}: {cells.Length} columns, the header has {columns.Count}");
        }

        DateTimeOffset plugIn = Time(cells[columns.PlugIn], "plug_in", path, line);
        DateTimeOffset plugOut = Time(cells[columns.PlugOut], "plug_out", path, line);
        if (plugOut < plugIn)
        {
            throw new InputException($"{path}:{line}: plug_out {cells[columns.PlugOut]} lies before plug_in {cells[columns.PlugIn]}");
        }

        string energyText = cells[columns.Energy];
        if (!decimal.TryParse(energyText, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal kwh)
            || kwh < 0 || kwh > 1000)
        {
            throw new InputException($"{path}:{line}: energy_kwh: '{energyText}', a number from 0 to 1000 was expected");
        }

        string id = cells[columns.Session];
        if (id.Length == 0)
        {
            throw new InputException($"{path}:{line}: session: a name was expected");
        }

        long first = -FloorDivide(-plugIn.ToUnixTimeSeconds(), site.StepSeconds);
        long end = Math.Max(first, FloorDivide(plugOut.ToUnixTimeSeconds(), site.StepSeconds));
        long most = (end - first) * site.StationStepMillijoules;
        long demand = Math.Min((long)decimal.Round(kwh * 3_600_000_000m), most);
        string user = columns.User < 0 ? "" : cells[columns.User];
        return new ChargingSession(line, id, cells[columns.Station], user, first, end, demand);
    }

    private static DateTimeOffset Time(string text, string column, string path, int line)
    {
        string[] formats = ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm'Z'",
            "yyyy-MM-dd HH:mm:sszzz"];
        if (!DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            || time.Year < 1980 || time.Year > 2100)
        {
            throw new InputException($"{path}:{line}: {column}: '{text}', a time such as 2018-10-08T06:25:00-07:00 was expected");
        }

        return time;
    }

    private static int Find(string[] header, string name, string path)
    {
        int at = Array.IndexOf(header, name);
        return at >= 0 ? at : throw new InputException($"{path}:1: column '{name}' is missing");
    }

    private static string[] Split(string line, string path, int number)
    {
        List<string> cells = [];
        System.Text.StringBuilder cell = new();
        bool quoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (quoted && c == '"' && i + 1 < line.Length && line[i + 1] == '"')
            {
                cell.Append('"');
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
            }
            else
            {
                cell.Append(c);
            }
        }

        if (quoted)
        {
            throw new InputException($"{path}:{number}: a quote is not closed");
        }

        cells.Add(cell.ToString().Trim());
        return [.. cells];
    }

    private static long FloorDivide(long dividend, long divisor) =>
        dividend / divisor - (dividend % divisor < 0 ? 1 : 0);

    private sealed record Columns(int Session, int Station, int User, int PlugIn, int PlugOut, int Energy, int Count);
}
