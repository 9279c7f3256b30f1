using System.Data.Common;

namespace MeterFirmware.Tools.HeadEnds.Quality;

/// <summary>Findings, estimates and edits of a head-end's database, and the readings that count. What was measured is
/// never changed: it stays in the record table, whatever stands beside it.</summary>
public sealed class QualityStore(IHeadEndStore store, Func<DateTimeOffset> utcNow)
{
    private const string MeasuredColumns = """
        record.start_utc_s, record.end_utc_s, record.rate_index, record.import_total_watthours,
        record.export_total_watthours, record.import_milliwatthours, record.export_milliwatthours, record.flags,
        record.received_utc_s, record.journal_id
        """;

    private const string OfDevice = """
        FROM device JOIN journal ON journal.device_id=device.id JOIN record ON record.journal_id=journal.id
        WHERE device.address=@device AND record.kind='interval' AND record.local_day IS NOT NULL
        """;

    private readonly SqlStore _store = (SqlStore)store;

    /// <summary>Addresses that ever sent an interval: from those they are expected.</summary>
    public IReadOnlyList<string> Metering() => _store.Rows("""
        SELECT address FROM device WHERE EXISTS (SELECT 1 FROM journal JOIN record ON record.journal_id=journal.id
            WHERE journal.device_id=device.id AND record.kind='interval') ORDER BY address
        """, row => row.GetString(0));

    /// <summary>What a device measured, in time order.</summary>
    public IReadOnlyList<MeasuredInterval> Measured(string device, long fromUtcSeconds, long toUtcSeconds) =>
        _store.Rows($"""
            SELECT {MeasuredColumns} {OfDevice} AND record.start_utc_s>=@from AND record.start_utc_s<@to
            ORDER BY record.start_utc_s, record.number
            """, Interval, ("device", device), ("from", fromUtcSeconds), ("to", toUtcSeconds));

    /// <summary>The last interval that begins before a time; null: there is none.</summary>
    public MeasuredInterval? Before(string device, long utcSeconds) => _store.Rows($"""
        SELECT {MeasuredColumns} {OfDevice} AND record.start_utc_s<@at
        ORDER BY record.start_utc_s DESC, record.number DESC LIMIT 1
        """, Interval, ("device", device), ("at", utcSeconds)).SingleOrDefault();

    /// <summary>The first interval that begins at a time or later; null: there is none yet.</summary>
    public MeasuredInterval? After(string device, long utcSeconds) => _store.Rows($"""
        SELECT {MeasuredColumns} {OfDevice} AND record.start_utc_s>=@at
        ORDER BY record.start_utc_s, record.number LIMIT 1
        """, Interval, ("device", device), ("at", utcSeconds)).SingleOrDefault();

    /// <summary>Drawn and given back in a time, mWh.</summary>
    public long MeasuredEnergy(string device, long fromUtcSeconds, long toUtcSeconds) => _store.Rows($"""
        SELECT {SqlStore.Sums("record.import_milliwatthours")}, {SqlStore.Sums("record.export_milliwatthours")}
        {OfDevice} AND record.start_utc_s>=@from AND record.start_utc_s<@to
        """, row => row.IsDBNull(0) ? 0 : SqlStore.Sum(row, 0) + SqlStore.Sum(row, 2),
        ("device", device), ("from", fromUtcSeconds), ("to", toUtcSeconds)).Single();

    /// <summary>Most that a device can draw, W, from its place at a time; else its transformer's rating; null: not
    /// known.</summary>
    public long? RatingWatts(string device, long utcSeconds) => _store.Rows("""
        SELECT place.rating_watts, area.rating_kva FROM place LEFT JOIN area ON area.name=place.area
            AND area.valid_from_utc_s<=@at AND (area.valid_to_utc_s IS NULL OR area.valid_to_utc_s>@at)
        WHERE address=@device AND place.valid_from_utc_s<=@at
            AND (place.valid_to_utc_s IS NULL OR place.valid_to_utc_s>@at)
        """,
        row => !row.IsDBNull(0) ? row.GetInt32(0) : row.IsDBNull(1) ? (long?)null : row.GetInt32(1) * 1_000L,
        ("device", device), ("at", utcSeconds)).FirstOrDefault();

    /// <summary>End of a device's last place; null: one goes on, or it never had one.</summary>
    public long? PlacedTo(string device) => _store.Rows("""
        SELECT CASE WHEN COUNT(*)=COUNT(valid_to_utc_s) THEN MAX(valid_to_utc_s) END FROM place WHERE address=@device
        """, row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0), ("device", device)).Single();

    /// <summary>Now: the wall's, or in a town with a time of its own the end of the device's newest interval.</summary>
    public long NowOf(string device, QualitySettings settings) => settings.HasWallTime
        ? utcNow().ToUnixTimeSeconds() : Before(device, long.MaxValue)?.EndUtcSeconds ?? 0;

    /// <summary>Times of which a device's data were erased and that reach into a period.</summary>
    public IReadOnlyList<(long FromUtcSeconds, long ToUtcSeconds)> Erased(string device, long fromUtcSeconds,
        long toUtcSeconds) => _store.Rows("""
        SELECT start_utc_s, end_utc_s FROM erasure WHERE address=@device AND start_utc_s<@to AND end_utc_s>@from
        ORDER BY start_utc_s
        """, row => (row.GetInt64(0), row.GetInt64(1)),
        ("device", device), ("from", fromUtcSeconds), ("to", toUtcSeconds));

    /// <summary>What counts for a device, in time order.</summary>
    public IReadOnlyList<Reading> Readings(string device, long fromUtcSeconds, long toUtcSeconds) => _store.Rows("""
        SELECT start_utc_s, end_utc_s, rate_index, import_milliwatthours, export_milliwatthours, source FROM reading
        WHERE address=@device AND start_utc_s>=@from AND start_utc_s<@to ORDER BY start_utc_s, end_utc_s
        """,
        row => new Reading(row.GetInt64(0), row.GetInt64(1), row.GetInt32(2), row.GetInt64(3), row.GetInt64(4),
            row.GetString(5)),
        ("device", device), ("from", fromUtcSeconds), ("to", toUtcSeconds));

    /// <summary>Puts what a check found in the place of what the check of the same day found before.</summary>
    public void Replace(string device, DateOnly day, IReadOnlyList<Finding> findings) => _store.Write(
        (connection, transaction) =>
        {
            SqlStore.Change(connection, transaction,
                "DELETE FROM quality_finding WHERE address=@device AND local_day=@day",
                ("device", device), ("day", NumberOf(day)));
            foreach (Finding finding in findings)
            {
                SqlStore.Change(connection, transaction,
                    "INSERT INTO quality_finding VALUES(@device, @day, @rule, @start, @end, @detail, @now)",
                    ("device", device), ("day", NumberOf(day)), ("rule", finding.Rule),
                    ("start", finding.StartUtcSeconds), ("end", finding.EndUtcSeconds), ("detail", finding.Detail),
                    ("now", utcNow().ToUnixTimeSeconds()));
            }

            return 0;
        });

    /// <summary>Findings of a day in the order of their addresses.</summary>
    /// <param name="day">Local day.</param>
    /// <param name="after">Address behind which to begin; null: at the first.</param>
    /// <param name="countMax">How many devices at most.</param>
    /// <param name="rule">Of one rule; null: of all.</param>
    public IReadOnlyList<DeviceFinding> Findings(DateOnly day, string? after, int countMax, string? rule = null) =>
        _store.Rows("""
            SELECT address, rule, start_utc_s, end_utc_s, detail FROM quality_finding
            WHERE local_day=@day AND (@rule IS NULL OR rule=@rule) AND address IN (
                SELECT DISTINCT address FROM quality_finding WHERE local_day=@day AND address>@after
                    AND (@rule IS NULL OR rule=@rule) ORDER BY address LIMIT @count)
            ORDER BY address, start_utc_s, rule
            """,
            row => new DeviceFinding(row.GetString(0), day, new Finding(row.GetString(1), row.GetInt64(2),
                row.GetInt64(3), row.GetString(4))),
            ("day", NumberOf(day)), ("rule", rule), ("after", after ?? ""), ("count", countMax));

    /// <summary>Estimates and edits of a device, newest first, with all that they replaced.</summary>
    public IReadOnlyList<Correction> Corrections(string device, long fromUtcSeconds, long toUtcSeconds) =>
        _store.Rows("""
        SELECT id, start_utc_s, end_utc_s, rate_index, import_milliwatthours, export_milliwatthours, method, old_source,
            old_import_milliwatthours, old_export_milliwatthours, who, why, at_utc_s, is_current
        FROM correction WHERE address=@device AND start_utc_s>=@from AND start_utc_s<@to ORDER BY id DESC
        """,
        row => new Correction(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt32(3), row.GetInt64(4),
            row.GetInt64(5), row.GetString(6), row.GetString(7), row.GetInt64(8), row.GetInt64(9), row.GetString(10),
            row.GetString(11), DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(12)), row.GetInt32(13) != 0),
        ("device", device), ("from", fromUtcSeconds), ("to", toUtcSeconds));

    /// <summary>Adds a correction in the place of the one that was current; a copy of that one changes nothing, and an
    /// estimate takes neither an edit's place nor that of one which a person took back.</summary>
    /// <returns>False: it changed nothing.</returns>
    public bool Correct(string device, Reading reading, string method, string who, string why) => _store.Write(
        (connection, transaction) =>
        {
            (long, long, long, string)? current = First(connection, transaction, """
                SELECT import_milliwatthours, export_milliwatthours, end_utc_s, method FROM correction
                WHERE address=@device AND start_utc_s=@start AND is_current=1
                """, row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3)), device, reading);
            bool isSame = current == (
                reading.ImportMilliwattHours, reading.ExportMilliwattHours, reading.EndUtcSeconds, method);
            bool isHands = current is { Item4: Correction.Hand or Correction.Withdrawn };
            if (isSame || (isHands && method is Correction.Register or Correction.LikeDays))
            {
                return false;
            }

            (long Import, long Export, string Source) old = First(connection, transaction, """
                SELECT import_milliwatthours, export_milliwatthours, source FROM reading
                WHERE address=@device AND start_utc_s=@start
                """, row => (row.GetInt64(0), row.GetInt64(1), row.GetString(2)), device, reading) ?? (0, 0, "missing");
            SqlStore.Change(connection, transaction,
                "UPDATE correction SET is_current=0 WHERE address=@device AND start_utc_s=@start AND is_current=1",
                ("device", device), ("start", reading.StartUtcSeconds));
            SqlStore.Change(connection, transaction, """
                INSERT INTO correction(address, start_utc_s, end_utc_s, rate_index, import_milliwatthours,
                    export_milliwatthours, method, old_source, old_import_milliwatthours, old_export_milliwatthours,
                    who, why, at_utc_s, is_current)
                VALUES(@device, @start, @end, @rate, @import, @export, @method, @source, @oldImport, @oldExport, @who,
                    @why, @now, 1)
                """,
                ("device", device), ("start", reading.StartUtcSeconds), ("end", reading.EndUtcSeconds),
                ("rate", reading.Rate), ("import", reading.ImportMilliwattHours),
                ("export", reading.ExportMilliwattHours), ("method", method), ("source", old.Source),
                ("oldImport", old.Import), ("oldExport", old.Export), ("who", who), ("why", why),
                ("now", utcNow().ToUnixTimeSeconds()));
            return true;
        });

    /// <summary>Freezes of a device that stand for instants of a period, in their order.</summary>
    public IReadOnlyList<FrozenRegisters> Freezes(string device, long fromUtcSeconds, long toUtcSeconds) =>
        _store.Rows("""
        SELECT record.start_utc_s, record.end_utc_s, record.zone_offset_s, record.flags, record.import_total_watthours,
            record.export_total_watthours, record.body
        FROM device JOIN journal ON journal.device_id=device.id JOIN record ON record.journal_id=journal.id
        WHERE device.address=@device AND record.kind='freeze' AND record.start_utc_s>=@from AND record.start_utc_s<=@to
        ORDER BY record.start_utc_s, record.number
        """,
        row => FrozenRegisters.Of(device, SqlStore.At(row.GetInt64(0), row.GetInt32(2)),
            SqlStore.At(row.GetInt64(1), row.GetInt32(2)), row.GetString(3), row.GetInt64(4), row.GetInt64(5),
            (byte[])row[6]),
        ("device", device), ("from", fromUtcSeconds), ("to", toUtcSeconds));

    /// <summary>Begin of the first interval that a device ever sent; null: it sent none.</summary>
    public long? FirstStart(string device) => After(device, 0)?.StartUtcSeconds;

    /// <summary>Days since 1970-01-01, as columns named local_day hold them.</summary>
    internal static int NumberOf(DateOnly day) => day.DayNumber - new DateOnly(1970, 1, 1).DayNumber;

    private static T? First<T>(DbConnection connection, DbTransaction transaction, string sql,
        Func<DbDataReader, T> read, string device, Reading reading)
        where T : struct
    {
        using DbCommand command = SqlStore.Command(connection, transaction, sql,
            ("device", device), ("start", reading.StartUtcSeconds));
        using DbDataReader row = command.ExecuteReader();
        return row.Read() ? read(row) : null;
    }

    private static MeasuredInterval Interval(DbDataReader row) => new(row.GetInt64(0), row.GetInt64(1), row.GetInt32(2),
        row.IsDBNull(3) ? null : row.GetInt64(3), row.IsDBNull(4) ? null : row.GetInt64(4), row.GetInt64(5),
        row.GetInt64(6), row.GetString(7), row.GetInt64(8), row.GetInt64(9));
}
