using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace MeterFirmware.Tools.HeadEnds;

/// <summary>
/// The head-end's SQLite store. A record's place is (device, number), so that what comes twice is stored once; one
/// transaction per batch, synchronous, so that what was acknowledged survives a power cut. Used from one thread at a
/// time: the owner locks.
/// </summary>
internal sealed class RecordStore : IDisposable
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS device(
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, online INTEGER NOT NULL DEFAULT 0, birth BLOB,
            rates TEXT NOT NULL DEFAULT '', settled INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE IF NOT EXISTS record(
            device INTEGER NOT NULL REFERENCES device(id), number INTEGER NOT NULL, kind TEXT NOT NULL,
            start_utc INTEGER NOT NULL, end_utc INTEGER NOT NULL, zone INTEGER NOT NULL, flags TEXT NOT NULL,
            day INTEGER, rate INTEGER, import_total_wh INTEGER, export_total_wh INTEGER,
            import_mwh INTEGER, export_mwh INTEGER, body BLOB NOT NULL, PRIMARY KEY(device, number)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS gap(
            device INTEGER NOT NULL REFERENCES device(id), first INTEGER NOT NULL, last INTEGER NOT NULL,
            reason TEXT NOT NULL, PRIMARY KEY(device, first, last)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS conflict(
            device INTEGER NOT NULL REFERENCES device(id), number INTEGER NOT NULL, body BLOB NOT NULL);
        """;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, long> _ids = [];
    private readonly Dictionary<string, Progress> _progress = [];
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _same;
    private readonly SqliteCommand _insertGap;
    private readonly SqliteCommand _insertConflict;
    private readonly SqliteCommand _settle;

    public RecordStore(string? path)
    {
        SqliteConnectionStringBuilder source = new() { DataSource = path ?? ":memory:", Pooling = false, DefaultTimeout = 1 };
        _connection = new SqliteConnection(source.ConnectionString);
        _connection.Open();
        Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;");
        Execute(Schema);
        _insert = Prepare("""
            INSERT OR IGNORE INTO record VALUES(
                $device, $number, $kind, $start, $end, $zone, $flags, $day, $rate, $importTotal, $exportTotal, $import,
                $export, $body)
            """, "device number kind start end zone flags day rate importTotal exportTotal import export body");
        _same = Prepare("""
            SELECT COUNT(*) FROM record WHERE device=$device AND number=$number AND kind=$kind AND start_utc=$start
                AND end_utc=$end AND import_total_wh IS $importTotal AND import_mwh IS $import
            """, "device number kind start end importTotal import");
        _insertGap = Prepare("INSERT OR IGNORE INTO gap VALUES($device, $first, $last, $reason)",
            "device first last reason");
        _insertConflict = Prepare("INSERT INTO conflict VALUES($device, $number, $body)", "device number body");
        _settle = Prepare("UPDATE device SET settled=$settled WHERE id=$device", "settled device");
        Load();
    }

    /// <summary>Highest number of the device up to which all is settled; 0 for a stranger.</summary>
    public long SettledOf(string device) => _progress.TryGetValue(device, out Progress? known) ? known.Settled : 0;

    /// <summary>Stores a batch in one transaction, durable when this returns.</summary>
    public void Store(IReadOnlyList<Arrival> batch, HeadEndCounters counters)
    {
        try
        {
            StoreAll(batch, counters);
        }
        catch (SqliteException)
        {
            // Disk full, database locked: what was rolled back must not be taken for stored.
            _ids.Clear();
            _progress.Clear();
            Load();
            throw;
        }
    }

    private void StoreAll(IReadOnlyList<Arrival> batch, HeadEndCounters counters)
    {
        long stored = 0;
        long again = 0;
        long conflicts = 0;
        HashSet<string> touched = [];
        using (SqliteTransaction transaction = _connection.BeginTransaction())
        {
            foreach (SqliteCommand command in new[] { _insert, _same, _insertGap, _insertConflict, _settle })
            {
                command.Transaction = transaction;
            }

            foreach (Arrival arrival in batch)
            {
                long id = IdOf(arrival.Device, transaction);
                touched.Add(arrival.Device);
                switch (arrival)
                {
                    case RecordArrival record:
                        bool isNew = Insert(id, record);
                        stored += isNew ? 1 : 0;
                        again += isNew ? 0 : 1;
                        conflicts += !isNew && IsConflict(id, record) ? 1 : 0;
                        Settle(record.Device, record.Acknowledged, record.Number, record.Number);
                        break;
                    case GapArrival gap:
                        Run(_insertGap, id, gap.First, gap.Last, gap.Reason);
                        Settle(gap.Device, gap.Acknowledged, gap.First, gap.Last);
                        break;
                    case StatusArrival status:
                        UpdateStatus(id, status, transaction);
                        break;
                }
            }

            foreach (string device in touched)
            {
                Run(_settle, SettledOf(device), _ids[device]);
            }

            transaction.Commit();
        }

        // Counted only when durable: a counter must not be ahead of the disk.
        Interlocked.Add(ref counters.StoredCount, stored);
        Interlocked.Add(ref counters.DeliveredAgainCount, again);
        Interlocked.Add(ref counters.ConflictsCount, conflicts);
    }

    public IReadOnlyList<DailyTotal> Totals(string? device)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = """
            SELECT name, day, rate, SUM(import_mwh), SUM(export_mwh), COUNT(*) FROM record JOIN device ON device.id=record.device
            WHERE kind='interval' AND ($device IS NULL OR name=$device) GROUP BY name, day, rate ORDER BY name, day, rate
            """;
        command.Parameters.AddWithValue("$device", (object?)device ?? DBNull.Value);
        List<DailyTotal> totals = [];
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            DateOnly? date = row.IsDBNull(1) ? null : DateOnly.FromDayNumber(UnixDay + row.GetInt32(1));
            totals.Add(new DailyTotal(row.GetString(0), date, row.GetInt32(2), row.GetInt64(3), row.GetInt64(4),
                row.GetInt32(5)));
        }

        return totals;
    }

    public IReadOnlyList<IntervalTotal> Intervals()
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText =
            "SELECT start_utc, rate, SUM(import_mwh) FROM record WHERE kind='interval' AND day IS NOT NULL GROUP BY start_utc, rate ORDER BY start_utc";
        List<IntervalTotal> totals = [];
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            totals.Add(new IntervalTotal(row.GetInt64(0), row.GetInt32(1), row.GetInt64(2)));
        }

        return totals;
    }

    /// <summary>Freezes in the order of the instants that they stand for; of one device or all, one kind or all.</summary>
    public IReadOnlyList<FrozenRegisters> Freezes(string? device, string? kind) => FreezeQuery.Read(_connection, device, kind);

    /// <summary>Numbers from 1 to <paramref name="upTo"/> that are stored, or that gaps cover and no record fills.</summary>
    public long CountSettled(string device, long upTo)
    {
        if (!_ids.TryGetValue(device, out long id))
        {
            return 0;
        }

        using SqliteCommand stored = _connection.CreateCommand();
        stored.CommandText = "SELECT COUNT(*) FROM record WHERE device=$device AND number<=$upTo";
        stored.Parameters.AddWithValue("$device", id);
        stored.Parameters.AddWithValue("$upTo", upTo);
        return (long)stored.ExecuteScalar()! + DroppedOf(id, upTo);
    }

    public IReadOnlyList<DeviceState> Devices()
    {
        using SqliteCommand command = _connection.CreateCommand();

        // Dropped: what gaps cover and no record fills. Gaps of one device may overlap, so distinct numbers count.
        command.CommandText = """
            SELECT name, online, rates, settled,
                (SELECT COUNT(*) FROM record WHERE record.device=device.id),
                (SELECT COUNT(*) - COUNT(DISTINCT number) FROM record WHERE record.device=device.id),
                (SELECT COUNT(*) FROM conflict WHERE conflict.device=device.id), id
            FROM device ORDER BY name
            """;
        List<DeviceState> devices = [];
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            string rates = row.GetString(2);
            devices.Add(new DeviceState(row.GetString(0), row.GetBoolean(1), rates.Length == 0 ? [] : rates.Split('\n'),
                row.GetInt64(3), row.GetInt64(4), DroppedOf(row.GetInt64(7), long.MaxValue), row.GetInt64(5), row.GetInt64(6)));
        }

        return devices;
    }

    public void Dispose() => _connection.Dispose();

    private static int UnixDay { get; } = new DateOnly(1970, 1, 1).DayNumber;

    private long DroppedOf(long id, long upTo)
    {
        using SqliteCommand gaps = _connection.CreateCommand();
        gaps.CommandText = "SELECT first, last FROM gap WHERE device=$device ORDER BY first, last";
        gaps.Parameters.AddWithValue("$device", id);
        using SqliteCommand filled = _connection.CreateCommand();
        filled.CommandText = "SELECT COUNT(*) FROM record WHERE device=$device AND number BETWEEN $first AND $last";
        long dropped = 0;
        long counted = 0;
        using SqliteDataReader row = gaps.ExecuteReader();
        while (row.Read())
        {
            long first = Math.Max(row.GetInt64(0), counted + 1);
            long last = Math.Min(row.GetInt64(1), upTo);
            if (last < first)
            {
                continue;
            }

            filled.Parameters.Clear();
            filled.Parameters.AddWithValue("$device", id);
            filled.Parameters.AddWithValue("$first", first);
            filled.Parameters.AddWithValue("$last", last);
            dropped += last - first + 1 - (long)filled.ExecuteScalar()!;
            counted = last;
        }

        return dropped;
    }

    private bool Insert(long id, RecordArrival record)
    {
        bool isTimed = record.Kind is not ("raw" or "loss") && !record.Flags.Contains("untimed", StringComparison.Ordinal);
        object? day = isTimed ? Math.DivRem(record.StartUtc + record.Offset, 86_400).Quotient : null;
        return Run(_insert, id, record.Number, record.Kind, record.StartUtc, record.EndUtc, record.Offset, record.Flags,
            day, record.Rate, record.ImportTotalWh, record.ExportTotalWh, record.ImportMilliwattHours,
            record.ExportMilliwattHours, record.Body) == 1;
    }

    private bool IsConflict(long id, RecordArrival record)
    {
        Bind(_same, id, record.Number, record.Kind, record.StartUtc, record.EndUtc, record.ImportTotalWh,
            record.ImportMilliwattHours);
        if ((long)_same.ExecuteScalar()! == 1)
        {
            return false;
        }

        // The storage of a device was replaced, or two devices have one name: a person must see both records.
        Run(_insertConflict, id, record.Number, record.Body);
        return true;
    }

    private void Settle(string device, long acknowledged, long first, long last)
    {
        Progress progress = _progress[device];
        progress.Add(1, acknowledged);
        progress.Add(first, last);
    }

    private void UpdateStatus(long id, StatusArrival status, SqliteTransaction transaction)
    {
        using SqliteCommand update = _connection.CreateCommand();
        update.Transaction = transaction;
        update.CommandText = """
            UPDATE device SET online=$online, birth=CASE WHEN $online THEN $body ELSE birth END,
                rates=COALESCE($rates, rates) WHERE id=$id
            """;
        update.Parameters.AddWithValue("$online", status.Online);
        update.Parameters.AddWithValue("$body", status.Body);
        update.Parameters.AddWithValue("$rates", status.Rates == null ? DBNull.Value : string.Join('\n', status.Rates));
        update.Parameters.AddWithValue("$id", id);
        update.ExecuteNonQuery();
    }

    private long IdOf(string device, SqliteTransaction transaction)
    {
        if (_ids.TryGetValue(device, out long id))
        {
            return id;
        }

        using SqliteCommand insert = _connection.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = "INSERT INTO device(name) VALUES($name) RETURNING id";
        insert.Parameters.AddWithValue("$name", device);
        id = (long)insert.ExecuteScalar()!;
        _ids[device] = id;
        _progress[device] = new Progress();
        return id;
    }

    private void Load()
    {
        using (SqliteCommand devices = _connection.CreateCommand())
        {
            devices.CommandText = "SELECT id, name, settled FROM device";
            using SqliteDataReader row = devices.ExecuteReader();
            while (row.Read())
            {
                _ids[row.GetString(1)] = row.GetInt64(0);
                Progress progress = new();
                progress.Add(1, row.GetInt64(2));
                _progress[row.GetString(1)] = progress;
            }
        }

        using SqliteCommand ahead = _connection.CreateCommand();
        ahead.CommandText = """
            SELECT name, number, number FROM record JOIN device ON device.id=record.device WHERE number > settled
            UNION ALL SELECT name, first, last FROM gap JOIN device ON device.id=gap.device WHERE last > settled
            ORDER BY 1, 2
            """;
        using SqliteDataReader number = ahead.ExecuteReader();
        while (number.Read())
        {
            _progress[number.GetString(0)].Add(number.GetInt64(1), number.GetInt64(2));
        }
    }

    private void Execute(string sql)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string sql, string parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (string name in parameters.Split(' '))
        {
            command.Parameters.Add(new SqliteParameter("$" + name, DBNull.Value));
        }

        return command;
    }

    private static void Bind(SqliteCommand command, params object?[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }
    }

    private static int Run(SqliteCommand command, params object?[] values)
    {
        Bind(command, values);
        return command.ExecuteNonQuery();
    }
}
