using Microsoft.Data.Sqlite;

namespace MeterFirmware.Tools.HeadEnds;

/// <summary>The tables of the head-end's file, and how a file of an older version becomes one of this.</summary>
internal static class StoreSchema
{
    /// <summary>The tables as version 0.1.0 made them, and what came since.</summary>
    private const string Tables = """
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
        CREATE TABLE IF NOT EXISTS quarantine(
            device INTEGER NOT NULL REFERENCES device(id), number INTEGER NOT NULL, reason TEXT NOT NULL,
            body BLOB NOT NULL, PRIMARY KEY(device, number)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS elsewhere(
            device INTEGER NOT NULL REFERENCES device(id), first INTEGER NOT NULL, last INTEGER NOT NULL,
            PRIMARY KEY(device, first)) WITHOUT ROWID;
        """;

    /// <summary>Steps from one version of the file to the next; the file's version (user_version) counts those done.</summary>
    private static readonly string[] _steps = [BoundNumbers(), NameJournals];

    /// <summary>Brings the file to this version, each step whole or not at all.</summary>
    public static void Prepare(SqliteConnection connection)
    {
        Execute(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;");
        Execute(connection, Tables);
        connection.CreateFunction<byte[], byte[]>("record_hash", RecordHash.Of, isDeterministic: true);
        using SqliteCommand version = new("PRAGMA user_version", connection);
        for (int step = (int)(long)version.ExecuteScalar()!; step < _steps.Length; step++)
        {
            using SqliteTransaction transaction = connection.BeginTransaction();
            Execute(connection, $"{_steps[step]} PRAGMA user_version={step + 1};", transaction);
            transaction.Commit();
        }
    }

    /// <summary>1: numbers have bounds. What 0.1.0 took beyond them is set apart: it made totals overflow for everybody.</summary>
    private static string BoundNumbers()
    {
        long energyMax = Bounds.IntervalMilliwattHoursMax(Bounds.PowerWattsMax);
        string impossible = $"""
            start_utc NOT BETWEEN 0 AND {Bounds.UtcSecondsMax} OR end_utc NOT BETWEEN 0 AND {Bounds.UtcSecondsMax}
            OR import_total_wh NOT BETWEEN 0 AND {Bounds.RegisterWattHoursMax}
            OR export_total_wh NOT BETWEEN 0 AND {Bounds.RegisterWattHoursMax}
            OR import_mwh NOT BETWEEN 0 AND {energyMax} OR export_mwh NOT BETWEEN 0 AND {energyMax}
            OR rate NOT BETWEEN 0 AND {Bounds.RateCountMax - 1} OR (kind='interval' AND end_utc < start_utc)
            """;
        return $"""
            ALTER TABLE device ADD COLUMN next INTEGER NOT NULL DEFAULT 0;
            INSERT OR IGNORE INTO quarantine
                SELECT device, number, 'stored by version 0.1.0 with a value that cannot be', body FROM record WHERE {impossible};
            DELETE FROM record WHERE {impossible};
            """;
    }

    /// <summary>2: numbers are of a journal. A row of device is a sequence of numbers, its name the address or, with a journal's
    /// name, address#journal; what came before is the nameless sequence. A conflict has a key, and its resends are dropped.</summary>
    private const string NameJournals = """
        ALTER TABLE device ADD COLUMN address TEXT NOT NULL DEFAULT '';
        ALTER TABLE device ADD COLUMN journal TEXT NOT NULL DEFAULT '';
        ALTER TABLE device ADD COLUMN journal_from INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE device ADD COLUMN protocol TEXT NOT NULL DEFAULT '';
        ALTER TABLE device ADD COLUMN is_current INTEGER NOT NULL DEFAULT 1;
        UPDATE device SET address=name;
        CREATE INDEX device_address ON device(address);
        ALTER TABLE conflict ADD COLUMN hash BLOB;
        UPDATE conflict SET hash=record_hash(body);
        DELETE FROM conflict WHERE rowid NOT IN (SELECT MIN(rowid) FROM conflict GROUP BY device, number, hash);
        CREATE UNIQUE INDEX conflict_once ON conflict(device, number, hash);
        """;

    private static void Execute(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using SqliteCommand command = new(sql, connection, transaction);
        command.ExecuteNonQuery();
    }
}
