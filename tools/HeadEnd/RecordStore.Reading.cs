using Microsoft.Data.Sqlite;

namespace MeterFirmware.Tools.HeadEnds;

/// <summary>What is asked of the store.</summary>
internal sealed partial class RecordStore
{
    public IReadOnlyList<DailyTotal> Totals(string? device)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = """
            SELECT address, day, rate, SUM(import_mwh / 1000000), SUM(import_mwh % 1000000), SUM(export_mwh / 1000000),
                SUM(export_mwh % 1000000), COUNT(*) FROM record JOIN device ON device.id=record.device
            WHERE kind='interval' AND ($device IS NULL OR address=$device) GROUP BY address, day, rate ORDER BY address, day, rate
            """;
        command.Parameters.AddWithValue("$device", (object?)device ?? DBNull.Value);
        List<DailyTotal> totals = [];
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            DateOnly? date = row.IsDBNull(1) ? null : DateOnly.FromDayNumber(UnixDay + row.GetInt32(1));
            totals.Add(new DailyTotal(row.GetString(0), date, row.GetInt32(2), Sum(row, 3), Sum(row, 5), row.GetInt32(7)));
        }

        return totals;
    }

    public IReadOnlyList<IntervalTotal> Intervals(string? device)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = """
            SELECT start_utc, rate, SUM(import_mwh / 1000000), SUM(import_mwh % 1000000)
            FROM record JOIN device ON device.id=record.device
            WHERE kind='interval' AND day IS NOT NULL AND ($device IS NULL OR address=$device) GROUP BY start_utc, rate ORDER BY start_utc
            """;
        command.Parameters.AddWithValue("$device", (object?)device ?? DBNull.Value);
        List<IntervalTotal> totals = [];
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            totals.Add(new IntervalTotal(row.GetInt64(0), row.GetInt32(1), Sum(row, 2)));
        }

        return totals;
    }

    /// <summary>Freezes in the order of the instants that they stand for; of one device or all, one kind or all.</summary>
    public IReadOnlyList<FrozenRegisters> Freezes(string? device, string? kind) => FreezeQuery.Read(_connection, device, kind);

    /// <summary>Numbers of the present journal from 1 to <paramref name="upTo"/> that are stored or set apart, or that gaps cover and no record fills.</summary>
    public long CountSettled(string device, long upTo)
    {
        if (!_current.TryGetValue(device, out Sequence? current))
        {
            return 0;
        }

        // A journal that got its name later: its early numbers are the nameless sequence's.
        return CountSettled(current.Id, upTo) + (current.From > 1 && _sequences.TryGetValue(device, out Sequence? nameless)
            ? CountSettled(nameless.Id, Math.Min(upTo, current.From - 1)) : 0);
    }

    private long CountSettled(long id, long upTo)
    {
        using SqliteCommand stored = _connection.CreateCommand();
        stored.CommandText = """
            SELECT (SELECT COUNT(*) FROM record WHERE device=$device AND number<=$upTo)
                + (SELECT COUNT(*) FROM quarantine WHERE device=$device AND number<=$upTo
                    AND number NOT IN (SELECT number FROM record WHERE device=$device))
            """;
        stored.Parameters.AddWithValue("$device", id);
        stored.Parameters.AddWithValue("$upTo", upTo);
        return (long)stored.ExecuteScalar()! + Unfilled("gap", id, upTo);
    }

    public IReadOnlyList<DeviceState> Devices()
    {
        using SqliteCommand command = _connection.CreateCommand();

        // Dropped: what gaps cover and no record fills. Gaps of one device may overlap, so distinct numbers count.
        command.CommandText = """
            SELECT address, online, rates, settled,
                (SELECT COUNT(*) FROM record WHERE record.device=device.id),
                (SELECT COUNT(*) - COUNT(DISTINCT number) FROM record WHERE record.device=device.id),
                (SELECT COUNT(*) FROM conflict WHERE conflict.device=device.id), id,
                (SELECT COUNT(*) FROM quarantine WHERE quarantine.device=device.id), journal
            FROM device ORDER BY address, is_current DESC
            """;
        List<DeviceState> sequences = [];
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            string rates = row.GetString(2);
            sequences.Add(new DeviceState(row.GetString(0), row.GetBoolean(1), rates.Length == 0 ? [] : rates.Split('\n'),
                row.GetInt64(3), row.GetInt64(4), Unfilled("gap", row.GetInt64(7), long.MaxValue), row.GetInt64(5), row.GetInt64(6),
                row.GetInt64(8), Unfilled("elsewhere", row.GetInt64(7), long.MaxValue), row.GetString(9)));
        }

        // The present journal comes first: its word on all but what is counted.
        return [.. sequences.GroupBy(one => one.Device).Select(all => all.First() with
        {
            Stored = all.Sum(one => one.Stored),
            Dropped = all.Sum(one => one.Dropped),
            Doubled = all.Sum(one => one.Doubled),
            Conflicts = all.Sum(one => one.Conflicts),
            Quarantined = all.Sum(one => one.Quarantined),
            SettledElsewhere = all.Sum(one => one.SettledElsewhere),
            Journals = all.Count(),
        })];
    }

    /// <summary>A sum in two parts, so that SQLite cannot overflow; beyond 64 bits the largest number stands for it.</summary>
    private static long Sum(SqliteDataReader row, int column) =>
        (long)Int128.Min((Int128)row.GetInt64(column) * 1_000_000 + row.GetInt64(column + 1), long.MaxValue);

    private static int UnixDay { get; } = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>Numbers in a table's ranges that no record fills; ranges may overlap.</summary>
    private long Unfilled(string table, long id, long upTo)
    {
        using SqliteCommand gaps = _connection.CreateCommand();
        gaps.CommandText = $"SELECT first, last FROM {table} WHERE device=$device ORDER BY first, last";
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
}
