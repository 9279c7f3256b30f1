using Microsoft.Data.Sqlite;

namespace MeterFirmware.Tools.HeadEnds;

/// <summary>
/// The head-end's SQLite store. A record's place is (device, number), so that what comes twice is stored once; one
/// transaction per batch, synchronous, so that what was acknowledged survives a power cut. Used from one thread at a
/// time: the owner locks.
/// </summary>
internal sealed partial class RecordStore : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, long> _ids = [];
    private readonly Dictionary<string, Progress> _progress = [];
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _same;
    private readonly SqliteCommand _insertGap;
    private readonly SqliteCommand _insertConflict;
    private readonly SqliteCommand _insertQuarantine;
    private readonly SqliteCommand _insertElsewhere;
    private readonly SqliteCommand _settle;
    private readonly SqliteCommand[] _writing;

    public RecordStore(string? path)
    {
        SqliteConnectionStringBuilder source = new() { DataSource = path ?? ":memory:", Pooling = false, DefaultTimeout = 1 };
        _connection = new SqliteConnection(source.ConnectionString);
        _connection.Open();
        StoreSchema.Prepare(_connection);
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
        _insertQuarantine = Prepare("INSERT OR IGNORE INTO quarantine VALUES($device, $number, $reason, $body)",
            "device number reason body");
        _insertElsewhere = Prepare("INSERT OR IGNORE INTO elsewhere VALUES($device, $first, $last)", "device first last");
        _settle = Prepare("UPDATE device SET settled=$settled WHERE id=$device", "settled device");
        _writing = [_insert, _same, _insertGap, _insertConflict, _insertQuarantine, _insertElsewhere, _settle];
        Load();
    }

    /// <summary>Highest number of the device up to which all is settled; 0 for a stranger.</summary>
    public long SettledOf(string device) => _progress.TryGetValue(device, out Progress? known) ? known.Settled : 0;

    /// <summary>Stores a batch in one transaction, durable when this returns. What cannot be is refused and the rest stored.
    /// Throws <see cref="SqliteException"/> when nothing can be stored now: the disk is full, the file locked.</summary>
    /// <param name="batch">In the order of arrival.</param>
    /// <param name="counters">Counted when durable.</param>
    /// <param name="refusals">Told what was refused; null: only counted.</param>
    public void Store(IReadOnlyList<Arrival> batch, HeadEndCounters counters, Refusals? refusals = null)
    {
        try
        {
            StoreAll(batch, counters, refusals);
        }
        catch (Exception e)
        {
            // What was rolled back must not be taken for stored.
            _ids.Clear();
            _progress.Clear();
            Load();
            if (IsOfTheFile(e))
            {
                throw;
            }

            StoreSingly(batch, counters, refusals, e);
        }
    }

    /// <summary>A message that the store cannot take must not hold the others up, nor come again and again.</summary>
    private void StoreSingly(IReadOnlyList<Arrival> batch, HeadEndCounters counters, Refusals? refusals, Exception cause)
    {
        if (batch.Count > 1)
        {
            foreach (Arrival arrival in batch)
            {
                Store([arrival], counters, refusals);
            }
        }
        else if (batch.Count == 1)
        {
            Interlocked.Increment(ref counters.RefusedCount);
            refusals?.Add(batch[0].Device, $"not stored: {cause.Message}");
        }
    }

    // Result codes that blame the file, the disk or another process, not the message: https://sqlite.org/rescode.html.
    private static bool IsOfTheFile(Exception e) => e is SqliteException { SqliteErrorCode: 5 or 6 or 7 or 8 or 9 or 10 or 11 or 13 or 14 or 15 or 22 or 26 };

    private void StoreAll(IReadOnlyList<Arrival> batch, HeadEndCounters counters, Refusals? refusals)
    {
        Outcome outcome = new();
        HashSet<string> touched = [];
        using (SqliteTransaction transaction = _connection.BeginTransaction())
        {
            foreach (SqliteCommand command in _writing)
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
                        StoreRecord(id, record, outcome);
                        break;
                    case GapArrival gap:
                        StoreGap(id, gap, outcome);
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
        Interlocked.Add(ref counters.StoredCount, outcome.Stored);
        Interlocked.Add(ref counters.DeliveredAgainCount, outcome.Again);
        Interlocked.Add(ref counters.ConflictsCount, outcome.Conflicts);
        Interlocked.Add(ref counters.RefusedCount, outcome.Refused.Count);
        outcome.Refused.ForEach(refused => refusals?.Add(refused.Device, refused.Reason));
    }

    private void StoreRecord(long id, RecordArrival record, Outcome outcome)
    {
        Progress progress = _progress[record.Device];
        if (progress.Problem(record.Number, record.Acknowledged, isGap: false) is { } problem)
        {
            outcome.Refused.Add((record.Device, problem));
            return;
        }

        if (record.Problem is { } impossible)
        {
            // Kept for a person and settled: a device that held it back would hold all that follows back too.
            Run(_insertQuarantine, id, record.Number, impossible, record.Body);
            outcome.Refused.Add((record.Device, $"record {record.Number} set apart: {impossible}"));
        }
        else if (Insert(id, record))
        {
            outcome.Stored++;
        }
        else
        {
            outcome.Again++;
            outcome.Conflicts += IsConflict(id, record) ? 1 : 0;
        }

        Settle(id, progress, record.Acknowledged, record.Number, record.Number);
    }

    private void StoreGap(long id, GapArrival gap, Outcome outcome)
    {
        Progress progress = _progress[gap.Device];
        if (progress.Problem(gap.Last, gap.Acknowledged, isGap: true) is { } problem)
        {
            outcome.Refused.Add((gap.Device, problem));
            return;
        }

        Run(_insertGap, id, gap.First, gap.Last, gap.Reason);
        Settle(id, progress, gap.Acknowledged, gap.First, gap.Last);
    }

    public void Dispose() => _connection.Dispose();

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

    private void Settle(long id, Progress progress, long acknowledged, long first, long last)
    {
        if (acknowledged > progress.Settled)
        {
            // Another head-end has these. Marked, so that a person sees whose word it was.
            Run(_insertElsewhere, id, progress.Settled + 1, acknowledged);
        }

        progress.NoteHighest(last);
        progress.Add(1, acknowledged);
        progress.Add(first, last);
    }

    private void UpdateStatus(long id, StatusArrival status, SqliteTransaction transaction)
    {
        _progress[status.Device].NoteNext(status.Next);
        using SqliteCommand update = _connection.CreateCommand();
        update.Transaction = transaction;
        update.CommandText = """
            UPDATE device SET online=$online, birth=CASE WHEN $online THEN $body ELSE birth END,
                rates=COALESCE($rates, rates), next=CASE WHEN $next > 0 THEN $next ELSE next END WHERE id=$id
            """;
        update.Parameters.AddWithValue("$next", status.Next);
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
            devices.CommandText = """
                SELECT id, name, settled, next, (SELECT MAX(number) FROM record WHERE record.device=device.id) FROM device
                """;
            using SqliteDataReader row = devices.ExecuteReader();
            while (row.Read())
            {
                _ids[row.GetString(1)] = row.GetInt64(0);
                Progress progress = new();
                progress.Add(1, row.GetInt64(2));
                progress.NoteNext(row.GetInt64(3));
                progress.NoteHighest(row.IsDBNull(4) ? 0 : row.GetInt64(4));
                _progress[row.GetString(1)] = progress;
            }
        }

        using SqliteCommand ahead = _connection.CreateCommand();
        ahead.CommandText = """
            SELECT name, number, number FROM record JOIN device ON device.id=record.device WHERE number > settled
            UNION ALL SELECT name, number, number FROM quarantine JOIN device ON device.id=quarantine.device WHERE number > settled
            UNION ALL SELECT name, first, last FROM gap JOIN device ON device.id=gap.device WHERE last > settled
            ORDER BY 1, 2
            """;
        using SqliteDataReader number = ahead.ExecuteReader();
        while (number.Read())
        {
            _progress[number.GetString(0)].Add(number.GetInt64(1), number.GetInt64(2));
        }
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

    /// <summary>What one transaction did, told when it is durable.</summary>
    private sealed class Outcome
    {
        public long Stored { get; set; }

        public long Again { get; set; }

        public long Conflicts { get; set; }

        public List<(string Device, string Reason)> Refused { get; } = [];
    }
}
