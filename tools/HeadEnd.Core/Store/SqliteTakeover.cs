using System.Data;
using DbUp.Engine;

namespace MeterFirmware.Tools.HeadEnds.Store;

/// <summary>The first migration of a SQLite file: makes the tables, and takes over what a file of release 0.1.0, or of
/// a version between it and this one, holds. Such a file counts the steps that it has seen in its
/// user_version.</summary>
internal sealed class SqliteTakeover(string tables, string takeover) : IScript
{
    /// <summary>Steps from release 0.1.0 to the tables that <c>takeover</c> reads.</summary>
    private static readonly string[] _steps = [Missing, BoundNumbers(), NameJournals];

    /// <inheritdoc/>
    public string ProvideScript(Func<IDbCommand> commandFactory)
    {
        bool isOld = Scalar(commandFactory,
            "SELECT COUNT(*) FROM pragma_table_info('device') WHERE name='settled'") == 1;
        if (!isOld)
        {
            return tables;
        }

        int done = (int)Scalar(commandFactory, "PRAGMA user_version");
        return string.Join('\n', [_steps[0], .. _steps.Skip(1 + done), Rename, tables, takeover]);
    }

    private static long Scalar(Func<IDbCommand> commandFactory, string sql)
    {
        using IDbCommand command = commandFactory();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Tables that came after release 0.1.0.</summary>
    private const string Missing = """
        CREATE TABLE IF NOT EXISTS quarantine(
            device INTEGER NOT NULL REFERENCES device(id), number INTEGER NOT NULL, reason TEXT NOT NULL,
            body BLOB NOT NULL, PRIMARY KEY(device, number)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS elsewhere(
            device INTEGER NOT NULL REFERENCES device(id), first INTEGER NOT NULL, last INTEGER NOT NULL,
            PRIMARY KEY(device, first)) WITHOUT ROWID;
        """;

    private const string Rename = """
        ALTER TABLE device RENAME TO old_device;
        ALTER TABLE record RENAME TO old_record;
        ALTER TABLE gap RENAME TO old_gap;
        ALTER TABLE conflict RENAME TO old_conflict;
        ALTER TABLE quarantine RENAME TO old_quarantine;
        ALTER TABLE elsewhere RENAME TO old_elsewhere;
        """;

    /// <summary>1: numbers have bounds. What 0.1.0 took beyond them is set apart: it made totals overflow for
    /// everybody.</summary>
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
                SELECT device, number, 'stored by version 0.1.0 with a value that cannot be', body FROM record
                WHERE {impossible};
            DELETE FROM record WHERE {impossible};
            """;
    }

    /// <summary>2: numbers are of a journal. A row of device is a sequence of numbers, its name the address or, with a
    /// journal's name, address#journal; what came before is the nameless sequence. A conflict has a key, and its
    /// resends are dropped.</summary>
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
}
