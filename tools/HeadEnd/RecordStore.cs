using Microsoft.Data.Sqlite;

namespace MeterFirmware.Tools.HeadEnds;

/// <summary>
/// The head-end's SQLite store. A record's place is (device, journal, number), so that what comes twice is stored once; one
/// transaction per batch, synchronous, so that what was acknowledged survives a power cut. Used from one thread at a
/// time: the owner locks.
/// </summary>
internal sealed partial class RecordStore : IDisposable
{
    /// <summary>Records kept under one number beside the first: two devices of one name are seen with fewer, and a
    /// device that sends another one each time must not fill the disk.</summary>
    private const int ConflictsMax = 16;

    private readonly SqliteConnection _connection;
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
        _insertConflict = Prepare($"""
            INSERT OR IGNORE INTO conflict SELECT $device, $number, $body, $hash
            WHERE (SELECT COUNT(*) FROM conflict WHERE device=$device AND number=$number) < {ConflictsMax}
            """, "device number body hash");
        _insertQuarantine = Prepare("INSERT OR IGNORE INTO quarantine VALUES($device, $number, $reason, $body)",
            "device number reason body");
        _insertElsewhere = Prepare("INSERT OR IGNORE INTO elsewhere VALUES($device, $first, $last)", "device first last");
        _settle = Prepare("UPDATE device SET settled=$settled WHERE id=$device", "settled device");
        _writing = [_insert, _same, _insertGap, _insertConflict, _insertQuarantine, _insertElsewhere, _settle];
        Load();
    }

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
        HashSet<Sequence> touched = [];
        using (SqliteTransaction transaction = _connection.BeginTransaction())
        {
            foreach (SqliteCommand command in _writing)
            {
                command.Transaction = transaction;
            }

            foreach (Arrival arrival in batch)
            {
                Sequence sequence = SequenceOf(arrival, transaction, outcome);
                touched.Add(sequence);
                switch (arrival)
                {
                    case RecordArrival record:
                        StoreRecord(sequence, record, outcome);
                        break;
                    case GapArrival gap:
                        StoreGap(sequence, gap, outcome);
                        break;
                    case StatusArrival status:
                        UpdateStatus(sequence, status, transaction);
                        break;
                }

                if (NamedOf(sequence) is { } named)
                {
                    touched.Add(named);
                }
            }

            foreach (Sequence sequence in touched)
            {
                Run(_settle, sequence.Progress.Settled, sequence.Id);
            }

            transaction.Commit();
        }

        // Counted only when durable: a counter must not be ahead of the disk.
        Interlocked.Add(ref counters.StoredCount, outcome.Stored);
        Interlocked.Add(ref counters.DeliveredAgainCount, outcome.Again);
        Interlocked.Add(ref counters.ConflictsCount, outcome.Conflicts);
        Interlocked.Add(ref counters.RefusedCount, outcome.Refused.Count);
        Interlocked.Add(ref counters.JournalsReplacedCount, outcome.Replaced);
        Interlocked.Add(ref counters.SettledElsewhereCount, outcome.Elsewhere);
        outcome.Announcements.ForEach(line => Announce?.Invoke(line));
        outcome.Refused.ForEach(refused => refusals?.Add(refused.Device, refused.Reason));
    }

    private void StoreRecord(Sequence sequence, RecordArrival record, Outcome outcome)
    {
        long id = sequence.Id;
        if (sequence.Progress.Problem(record.Number, record.Acknowledged, isGap: false) is { } problem)
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

        Settle(sequence, record.Acknowledged, record.Number, record.Number, outcome);
    }

    private void StoreGap(Sequence sequence, GapArrival gap, Outcome outcome)
    {
        if (sequence.Progress.Problem(gap.Last, gap.Acknowledged, isGap: true) is { } problem)
        {
            outcome.Refused.Add((gap.Device, problem));
            return;
        }

        Run(_insertGap, sequence.Id, gap.First, gap.Last, gap.Reason);
        Settle(sequence, gap.Acknowledged, gap.First, gap.Last, outcome);
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

        // Two devices of one name, or a device before 1.1 whose storage was replaced: a person must see both records, once.
        return Run(_insertConflict, id, record.Number, record.Body, RecordHash.Of(record.Body)) == 1;
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

        public long Replaced { get; set; }

        public long Elsewhere { get; set; }

        public List<(string Device, string Reason)> Refused { get; } = [];

        public List<string> Announcements { get; } = [];
    }
}
