using System.Text;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Tools.HeadEnds.Fleets;

/// <summary>The fleet and its topology as two CSV files. A file is the whole: what it does not name is gone.</summary>
public static class FleetCsv
{
    /// <summary>Faults that are told of one file, at most.</summary>
    public const int FaultsMax = 20;
    private const int RatingKvaMax = 1_000_000;

    private static readonly string[] _kinds = ["substation", "feeder", "transformer"];

    private static readonly string[] _areaColumns = ["name", "kind", "parent", "rating_kva", "valid_from", "valid_to"];

    private static readonly string[] _placeColumns =
        ["address", "area", "model", "customer", "protected", "valid_from", "valid_to", "role", "rating_w",
            "tariff"];

    /// <summary>Columns that files of earlier versions have: the ones after them may be left out.</summary>
    private const int PlaceColumnsLeast = 7;

    private const int RatingWattsMax = 1_000_000_000;

    /// <summary>Writes the topology.</summary>
    public static string Write(IEnumerable<Area> areas)
    {
        StringBuilder text = new(CsvText.Line(_areaColumns));
        foreach (Area area in areas)
        {
            text.Append(CsvText.Line(
                [area.Name, area.Kind, area.Parent, area.RatingKva, area.From, area.To]));
        }

        return text.ToString();
    }

    /// <summary>Writes the places of devices.</summary>
    public static string Write(IEnumerable<Place> places)
    {
        StringBuilder text = new(CsvText.Line(_placeColumns));
        foreach (Place place in places)
        {
            text.Append(CsvText.Line([place.Address, place.Area, place.Model, place.Customer,
                place.IsProtected ? "yes" : "no", place.From, place.To, place.Role, place.RatingWatts,
                place.Tariff]));
        }

        return text.ToString();
    }

    /// <summary>Reads a topology. Faults: nothing of it may be taken.</summary>
    public static List<Area> ReadAreas(string text, List<FleetFault> faults)
    {
        List<(CsvRow Row, Area Area)> areas = [];
        foreach (CsvRow row in Rows(text, _areaColumns, _areaColumns.Length, faults))
        {
            string kind = row.Text("kind", isNeeded: true);
            int level = Array.IndexOf(_kinds, kind);
            if (level < 0)
            {
                row.Fault("kind", $"'{kind}': {string.Join(", ", _kinds)} was expected");
            }

            string parent = row.Text("parent", isNeeded: level > 0);
            if (level == 0 && parent.Length > 0)
            {
                row.Fault("parent", "a substation hangs on nothing");
            }

            areas.Add((row, new Area(row.Text("name", isNeeded: true), kind, parent.Length == 0 ? null : parent,
                row.Number("rating_kva", 1, RatingKvaMax), row.Time("valid_from", isNeeded: true) ?? default,
                row.Time("valid_to", isNeeded: false))));
        }

        // Lines are compared with each other when each of them can be read.
        if (faults.Count == 0)
        {
            CheckValidity(areas.Select(one => (one.Row, one.Area.Name, one.Area.From, one.Area.To)));
            CheckParents(areas);
        }

        return [.. areas.Select(one => one.Area)];
    }

    /// <summary>Reads the places of devices. Faults: nothing of it may be taken.</summary>
    /// <param name="text">The file.</param>
    /// <param name="areas">The topology that it has to fit.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static List<Place> ReadPlaces(string text, IReadOnlyList<Area> areas, List<FleetFault> faults)
    {
        ILookup<string, Area> transformers =
            areas.Where(area => area.Kind == "transformer").ToLookup(area => area.Name);
        List<(CsvRow Row, Place Place)> places = [];
        foreach (CsvRow row in Rows(text, _placeColumns, PlaceColumnsLeast, faults))
        {
            string address = row.Text("address", isNeeded: true);
            if (!TelemetrySettings.IsDevice(address))
            {
                row.Fault("address", $"'{address}': 1 to 32 of A-Z a-z 0-9 - _ were expected");
            }

            Place place = new(address, row.Text("area", isNeeded: true), row.Text("model", isNeeded: false),
                row.Text("customer", isNeeded: false), row.YesNo("protected"),
                row.Time("valid_from", isNeeded: true) ?? default, row.Time("valid_to", isNeeded: false),
                row.Text("role", isNeeded: false), row.Number("rating_w", 1, RatingWattsMax), row.Text("tariff", isNeeded: false));
            if (place.Role is not ("" or Place.Supply or Place.Behind))
            {
                row.Fault("role", $"'{place.Role}': {Place.Supply}, {Place.Behind} or nothing was expected");
            }

            if (!transformers[place.Area].Any(area => Covers(area.From, area.To, place.From, place.To)))
            {
                row.Fault("area", $"'{place.Area}' is no transformer area in force in all that time");
            }

            places.Add((row, place));
        }

        if (faults.Count == 0)
        {
            CheckValidity(places.Select(one => (one.Row, one.Place.Address, one.Place.From, one.Place.To)));
        }

        return [.. places.Select(one => one.Place)];
    }

    private static IEnumerable<CsvRow> Rows(string text, string[] columns, int columnsLeast, List<FleetFault> faults)
    {
        List<(int Line, List<string> Cells)> lines;
        try
        {
            lines = CsvText.Read(text);
        }
        catch (FormatException e)
        {
            faults.Add(new FleetFault(0, "", e.Message));
            yield break;
        }

        int count = lines.Count == 0 ? 0 : lines[0].Cells.Count;
        if (count < columnsLeast || !lines[0].Cells.SequenceEqual(columns.Take(count)))
        {
            faults.Add(new FleetFault(1, "", $"the header {string.Join(',', columns)} was expected"));
            yield break;
        }

        foreach ((int line, List<string> cells) in lines.Skip(1))
        {
            if (faults.Count >= FaultsMax)
            {
                yield break;
            }

            if (cells.Count != count)
            {
                faults.Add(new FleetFault(line, "", $"{count} cells were expected, {cells.Count} are there"));
                continue;
            }

            yield return new CsvRow(line, columns, cells, faults);
        }
    }

    /// <summary>Of one name, no two may be in force at one time, and none may end before it begins.</summary>
    private static void CheckValidity(
        IEnumerable<(CsvRow Row, string Name, DateTimeOffset From, DateTimeOffset? To)> rows)
    {
        foreach (var sameName in rows.GroupBy(row => row.Name))
        {
            (CsvRow Row, DateTimeOffset To)? before = null;
            foreach ((CsvRow row, string name, DateTimeOffset from, DateTimeOffset? to) in sameName.OrderBy(
                row => row.From))
            {
                if (to <= from)
                {
                    row.Fault("valid_to", "a time after valid_from was expected");
                }

                if (before is { } earlier && from < earlier.To)
                {
                    row.Fault("valid_from", $"'{name}' is in force in line {earlier.Row.Line} then");
                }

                before = (row, to ?? DateTimeOffset.MaxValue);
            }
        }
    }

    /// <summary>A parent is one level up and in force as long as its child: with fixed levels there is no
    /// cycle.</summary>
    private static void CheckParents(List<(CsvRow Row, Area Area)> areas)
    {
        ILookup<string, Area> byName = areas.Select(one => one.Area).ToLookup(area => area.Name);
        foreach ((CsvRow row, Area area) in areas.Where(one => one.Area.Parent != null))
        {
            string wanted = _kinds[Math.Max(Array.IndexOf(_kinds, area.Kind) - 1, 0)];
            if (!byName[area.Parent!].Any(parent =>
                parent.Kind == wanted && Covers(parent.From, parent.To, area.From, area.To)))
            {
                row.Fault("parent", $"'{area.Parent}' is no {wanted} in force in all that time");
            }
        }
    }

    private static bool Covers(
        DateTimeOffset outerFrom, DateTimeOffset? outerTo, DateTimeOffset innerFrom, DateTimeOffset? innerTo) =>
        outerFrom <= innerFrom
        && (outerTo ?? DateTimeOffset.MaxValue) >= (innerTo ?? DateTimeOffset.MaxValue);
}
