using System.Data.Common;
using System.Text.Json;

namespace MeterFirmware.Tools.HeadEnds.Fleets;

/// <summary>Fleet and topology of a head-end's database, and what is read along them.</summary>
/// <param name="store">SQLite or PostgreSQL.</param>
/// <param name="utcNow">Says which places are in force.</param>
public sealed class FleetStore(IHeadEndStore store, Func<DateTimeOffset> utcNow)
{
    private readonly SqlStore _store = (SqlStore)store;
    private readonly Lock _replacing = new();

    /// <summary>The topology, all times.</summary>
    public IReadOnlyList<Area> Areas() => _store.Rows(
        "SELECT name, kind, parent, rating_kva, valid_from_utc_s, valid_to_utc_s FROM area ORDER BY name, 5",
        row => new Area(row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2),
            row.IsDBNull(3) ? null : row.GetInt32(3), At(row, 4)!.Value, At(row, 5)));

    /// <summary>The places of devices, all times.</summary>
    public IReadOnlyList<Place> Places() => _store.Rows("""
        SELECT address, area, model, customer, is_protected, valid_from_utc_s, valid_to_utc_s, role, rating_watts,
            tariff
        FROM place ORDER BY address, valid_from_utc_s
        """,
        row => new Place(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3),
            row.GetInt32(4) != 0, At(row, 5)!.Value, At(row, 6), row.GetString(7),
            row.IsDBNull(8) ? null : row.GetInt32(8), row.GetString(9)));

    /// <summary>Devices that are never to be disconnected where they are now.</summary>
    public IReadOnlySet<string> Protected() => _store.Rows("""
        SELECT DISTINCT address FROM place WHERE is_protected<>0 AND valid_from_utc_s<=@now
            AND (valid_to_utc_s IS NULL OR valid_to_utc_s>@now)
        """, row => row.GetString(0), ("now", utcNow().ToUnixTimeSeconds())).ToHashSet();

    /// <summary>Devices that are connected now.</summary>
    public IReadOnlySet<string> Online() => _store.Rows(
        "SELECT address FROM device WHERE is_online=@yes", row => row.GetString(0), ("yes", true)).ToHashSet();

    /// <summary>Every device that was heard of or has a place, with what campaigns choose by.</summary>
    public IReadOnlyList<KnownDevice> Known() => _store.Rows("""
        SELECT known.address, place.area, COALESCE(place.model, ''), COALESCE(device.is_online, @no),
            COALESCE(place.is_protected, 0), device.birth
        FROM (SELECT address FROM device UNION SELECT address FROM place) known
        LEFT JOIN device ON device.address=known.address
        LEFT JOIN place ON place.address=known.address AND valid_from_utc_s<=@now
            AND (valid_to_utc_s IS NULL OR valid_to_utc_s>@now)
        ORDER BY known.address
        """,
        row => new KnownDevice(row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetString(2),
            row.IsDBNull(5) ? "" : FirmwareOf((byte[])row.GetValue(5)), row.GetBoolean(3), row.GetInt32(4) != 0),
        ("no", false), ("now", utcNow().ToUnixTimeSeconds()));

    /// <summary>Names of transformer areas that are, or lie below, an area now.</summary>
    public IReadOnlySet<string> TransformersOf(string area)
    {
        DateTimeOffset now = utcNow();
        List<Area> current = [.. Areas().Where(one => one.From <= now && !(one.To <= now))];
        HashSet<string> names = [.. current.Where(one => one.Name == area).Select(one => one.Name)];
        while (current.Where(one => one.Parent != null && names.Contains(one.Parent)).Count(one => names.Add(one.Name))
            > 0)
        {
            // One level lower each time: substation, feeder, transformer.
        }

        return names;
    }

    /// <summary>Puts a topology in the place of the one before; the places of devices have to fit it.</summary>
    /// <returns>What is wrong; empty: it is in force.</returns>
    public IReadOnlyList<FleetFault> ReplaceAreas(string csv)
    {
        // Areas and places are checked against each other: one file at a time.
        lock (_replacing)
        {
            return Told(TryReplaceAreas(csv));
        }
    }

    /// <summary>Puts places in the place of those before.</summary>
    /// <returns>What is wrong; empty: they are in force.</returns>
    public IReadOnlyList<FleetFault> ReplacePlaces(string csv)
    {
        lock (_replacing)
        {
            return Told(TryReplacePlaces(csv));
        }
    }

    /// <summary>The first faults in the order of their lines.</summary>
    private static IReadOnlyList<FleetFault> Told(List<FleetFault> faults) =>
        [.. faults.OrderBy(fault => fault.Line).Take(FleetCsv.FaultsMax)];

    private List<FleetFault> TryReplaceAreas(string csv)
    {
        List<FleetFault> faults = [];
        List<Area> areas = FleetCsv.ReadAreas(csv, faults);
        if (faults.Count > 0)
        {
            return faults;
        }

        FleetCsv.ReadPlaces(FleetCsv.Write(Places()), areas, faults);
        if (faults.Count > 0)
        {
            return [.. faults.Select(fault => fault with { Problem = $"of the devices as they are: {fault.Problem}" })];
        }

        _store.Write((connection, transaction) =>
        {
            SqlStore.Change(connection, transaction, "DELETE FROM area");
            foreach (Area area in areas)
            {
                SqlStore.Change(connection, transaction,
                    "INSERT INTO area VALUES(@name, @from, CAST(@to AS BIGINT), @kind, @parent, "
                    + "CAST(@rating AS INTEGER))",
                    ("name", area.Name), ("from", area.From.ToUnixTimeSeconds()),
                    ("to", area.To?.ToUnixTimeSeconds()), ("kind", area.Kind), ("parent", area.Parent),
                    ("rating", area.RatingKva));
            }

            return 0;
        });
        return [];
    }

    /// <summary>Changes places in one step with something else of the same database.</summary>
    /// <param name="change">The places as they are to those that shall be, or what is wrong.</param>
    /// <param name="also">Done in the same transaction.</param>
    internal string? Replace(Func<List<Place>, (List<Place>? Places, string? Problem)> change,
        Action<DbConnection, DbTransaction> also)
    {
        lock (_replacing)
        {
            (List<Place>? places, string? problem) = change([.. Places()]);
            if (places != null)
            {
                _store.Write((connection, transaction) =>
                {
                    Put(connection, transaction, places);
                    also(connection, transaction);
                    return 0;
                });
            }

            return problem;
        }
    }

    private List<FleetFault> TryReplacePlaces(string csv)
    {
        List<FleetFault> faults = [];
        List<Place> places = FleetCsv.ReadPlaces(csv, Areas(), faults);
        if (faults.Count > 0)
        {
            return faults;
        }

        _store.Write((connection, transaction) =>
        {
            Put(connection, transaction, places);
            return 0;
        });
        return [];
    }

    private static void Put(DbConnection connection, DbTransaction transaction, List<Place> places)
    {
        SqlStore.Change(connection, transaction, "DELETE FROM place");
        foreach (Place place in places)
        {
            SqlStore.Change(connection, transaction, """
                INSERT INTO place(address, valid_from_utc_s, valid_to_utc_s, area, model, customer, is_protected,
                    role, rating_watts, tariff)
                VALUES(@address, @from, CAST(@to AS BIGINT), @area, @model, @customer, @protected, @role,
                    CAST(@rating AS INTEGER), @tariff)
                """,
                ("address", place.Address), ("from", place.From.ToUnixTimeSeconds()),
                ("to", place.To?.ToUnixTimeSeconds()), ("area", place.Area), ("model", place.Model),
                ("customer", place.Customer), ("protected", place.IsProtected ? 1 : 0), ("role", place.Role),
                ("rating", place.RatingWatts), ("tariff", place.Tariff));
        }
    }

    /// <summary>Devices in the order of their addresses: those that were heard of, and those that have a
    /// place.</summary>
    /// <param name="after">Address behind which to begin; null: at the first.</param>
    /// <param name="countMax">How many at most.</param>
    /// <param name="area">Of one transformer area; null: all. Empty: those that wait to be placed.</param>
    public IReadOnlyList<FleetDevice> Devices(string? after, int countMax, string? area = null) => _store.Rows("""
        SELECT known.address, place.area, COALESCE(place.customer, ''), COALESCE(device.is_online, @no),
            (SELECT NULLIF(MAX(last_seen_utc_s), 0) FROM journal WHERE journal.device_id=device.id),
            place.valid_from_utc_s,
            (SELECT CASE WHEN COUNT(*)=COUNT(valid_to_utc_s) THEN MAX(valid_to_utc_s) END FROM place own
                WHERE own.address=known.address)
        FROM (SELECT address FROM device UNION SELECT address FROM place) known
        LEFT JOIN device ON device.address=known.address
        LEFT JOIN place ON place.address=known.address AND valid_from_utc_s<=@now
            AND (valid_to_utc_s IS NULL OR valid_to_utc_s>@now)
        WHERE known.address>@after AND (@area IS NULL OR COALESCE(place.area, '')=@area)
        ORDER BY known.address LIMIT @count
        """,
        row => new FleetDevice(row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetString(2),
            row.GetBoolean(3), At(row, 4), At(row, 5), At(row, 6)),
        ("no", false), ("now", utcNow().ToUnixTimeSeconds()), ("after", after ?? ""), ("area", area),
        ("count", countMax));

    /// <summary>Load curve of one device, or of all customers together (null), from one time up to another. Meters of
    /// whole areas, and those behind a customer's meter, are not counted twice.</summary>
    /// <param name="device">One device; null: all.</param>
    /// <param name="fromUtcSeconds">From here.</param>
    /// <param name="toUtcSeconds">Up to here.</param>
    /// <param name="area">Of one transformer area, feeder or substation; null: of all.</param>
    public IReadOnlyList<LoadPoint> Load(string? device, long fromUtcSeconds, long toUtcSeconds,
        string? area = null) => _store.Rows($"""
        SELECT start_utc_s, COALESCE(rate, ''), rate_index, {SqlStore.Sums("import_milliwatthours")},
            {SqlStore.Sums("export_milliwatthours")}, COUNT(*)
        FROM (SELECT start_utc_s, rate_index, import_milliwatthours, export_milliwatthours,
                (SELECT name FROM rate_name WHERE rate_name.device_id=journal.device_id
                    AND rate_name.rate_index=record.rate_index AND valid_from_utc_s<=start_utc_s
                    ORDER BY valid_from_utc_s DESC LIMIT 1) AS rate
            FROM device JOIN journal ON journal.device_id=device.id JOIN record ON record.journal_id=journal.id
            WHERE kind='interval' AND start_utc_s>=@from AND start_utc_s<@to AND local_day IS NOT NULL
                AND (@device IS NULL OR address=@device)
                AND (@device IS NOT NULL OR NOT EXISTS (SELECT 1 FROM place WHERE place.address=device.address
                    AND role<>'' AND valid_from_utc_s<=start_utc_s
                    AND (valid_to_utc_s IS NULL OR valid_to_utc_s>start_utc_s)))
                AND (@area IS NULL OR EXISTS (SELECT 1 FROM place WHERE place.address=device.address
                    AND valid_from_utc_s<=start_utc_s AND (valid_to_utc_s IS NULL OR valid_to_utc_s>start_utc_s)
                    AND (area=@area OR area IN (
                        SELECT low.name FROM area low LEFT JOIN area high ON high.name=low.parent
                            AND high.valid_from_utc_s<=start_utc_s
                            AND (high.valid_to_utc_s IS NULL OR high.valid_to_utc_s>start_utc_s)
                        WHERE low.valid_from_utc_s<=start_utc_s
                            AND (low.valid_to_utc_s IS NULL OR low.valid_to_utc_s>start_utc_s)
                            AND (low.parent=@area OR high.parent=@area)))))) intervals
        GROUP BY start_utc_s, rate_index, rate ORDER BY start_utc_s, rate_index
        """,
        row => new LoadPoint(row.GetInt64(0), row.GetString(1), row.GetInt32(2), SqlStore.Sum(row, 3),
            SqlStore.Sum(row, 5), (int)row.GetInt64(7)),
        ("from", fromUtcSeconds), ("to", toUtcSeconds), ("device", device), ("area", area));

    /// <summary>Start of the newest interval that any device sent; null: none did.</summary>
    public DateTimeOffset? NewestInterval() => _store.Rows("""
        SELECT MAX((SELECT MAX(start_utc_s) FROM record WHERE record.journal_id=journal.id AND kind='interval'))
        FROM journal
        """, row => At(row, 0)).Single();

    // A birth was checked when it was taken in; one of an older program may say anything.
    private static string FirmwareOf(byte[] birth)
    {
        try
        {
            using JsonDocument message = JsonDocument.Parse(birth);
            return message.RootElement.ValueKind == JsonValueKind.Object
                && message.RootElement.TryGetProperty("firmware", out JsonElement firmware)
                && firmware.ValueKind == JsonValueKind.String ? firmware.GetString()! : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private static DateTimeOffset? At(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(column));
}
