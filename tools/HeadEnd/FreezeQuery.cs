using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace MeterFirmware.Tools.HeadEnds;

/// <summary>Frozen registers out of a database, which it leaves as it is.</summary>
internal static class FreezeQuery
{
    /// <summary>Reads a file without writing to it. <see cref="SqliteException"/>: it is no database of a head-end.</summary>
    public static IReadOnlyList<FrozenRegisters> Read(string path, string? device, string? kind)
    {
        // Without a write-ahead log beside it nobody writes: then nothing is made beside it either.
        string suffix = File.Exists(path + "-wal") ? "" : "?immutable=1";
        SqliteConnectionStringBuilder source = new()
        {
            DataSource = new Uri(Path.GetFullPath(path)).AbsoluteUri + suffix,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
            DefaultTimeout = 1,
        };
        using SqliteConnection connection = new(source.ConnectionString);
        connection.Open();
        return Read(connection, device, kind);
    }

    /// <summary>Freezes in the order of the instants that they stand for; of one device or all, one kind or all.</summary>
    public static IReadOnlyList<FrozenRegisters> Read(SqliteConnection connection, string? device, string? kind)
    {
        using SqliteCommand command = connection.CreateCommand();
        // A row's name is address or address#journal; a file of 0.1.0, which is only read here, knows addresses alone.
        command.CommandText = """
            SELECT substr(name, 1, instr(name || '#', '#') - 1) AS owner, start_utc, end_utc, zone, flags, import_total_wh, export_total_wh, body FROM record
            JOIN device ON device.id=record.device
            WHERE kind='freeze' AND ($device IS NULL OR owner=$device) AND start_utc BETWEEN 0 AND $utcMax AND end_utc BETWEEN 0 AND $utcMax
            ORDER BY owner, start_utc, number
            """;
        command.Parameters.AddWithValue("$device", (object?)device ?? DBNull.Value);
        command.Parameters.AddWithValue("$utcMax", Bounds.UtcSecondsMax);   // a file of 0.1.0 may hold times that no date has
        List<FrozenRegisters> freezes = [];
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            using JsonDocument body = JsonDocument.Parse((byte[])row[7]);
            string ofKind = body.RootElement.GetProperty("freeze").GetString()!;
            if (kind == null || kind == ofKind)
            {
                freezes.Add(new FrozenRegisters(row.GetString(0), ofKind, body.RootElement.GetProperty("ordinal").GetInt64(),
                    At(row.GetInt64(1), row.GetInt32(3)), At(row.GetInt64(2), row.GetInt32(3)), row.GetString(4),
                    row.GetInt64(5), row.GetInt64(6), body.RootElement.Clone()));
            }
        }

        return freezes;
    }

    private static DateTimeOffset At(long utcSeconds, int offsetSeconds) =>
        DateTimeOffset.FromUnixTimeSeconds(utcSeconds).ToOffset(TimeSpan.FromSeconds(offsetSeconds));
}
