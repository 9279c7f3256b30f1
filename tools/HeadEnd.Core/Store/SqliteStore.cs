using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace MeterFirmware.Tools.HeadEnds.Store;

/// <summary>A SQLite file, or one in memory: write-ahead log, synchronous, so that what was acknowledged survives a
/// power cut.</summary>
public sealed class SqliteStore : SqlStore
{
    private readonly SqliteConnection _connection;
    private readonly string _readingSource;
    private readonly bool _isShared;
    private readonly Lock _sharing = new();

    // Held for reading by whoever has a connection of its own: the file is free once the store is closed.
    private readonly ReaderWriterLockSlim _open = new(LockRecursionPolicy.SupportsRecursion);
    private bool _hasBegun;
    private bool _isClosed;

    /// <param name="path">Made when it is not there; null: in memory.</param>
    /// <exception cref="SqliteException">It is no database, locked, or not writable.</exception>
    public SqliteStore(string? path)
        : this(Source(path ?? ":memory:", SqliteOpenMode.ReadWriteCreate), isShared: path == null)
    {
        try
        {
            Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;");
            SchemaVersion = SqliteMigration.Apply(_connection);
            NameEvents();
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    private SqliteStore(string source, bool isShared)
    {
        _readingSource = source;
        _isShared = isShared;
        _connection = new SqliteConnection(source);
        _connection.Open();
    }

    /// <inheritdoc/>
    public override string Engine => $"SQLite {_connection.ServerVersion}";

    /// <summary>Reads a file without writing to it; one of an older version is read as a copy in memory.</summary>
    /// <exception cref="SqliteException">It is no database of a head-end.</exception>
    public static IHeadEndStore OpenReadOnly(string path)
    {
        // Without a write-ahead log beside it nobody writes: then nothing is made beside it either.
        string suffix = File.Exists(path + "-wal") ? "" : "?immutable=1";
        SqliteStore store = new(
            Source(new Uri(Path.GetFullPath(path)).AbsoluteUri + suffix, SqliteOpenMode.ReadOnly), isShared: true);
        try
        {
            store.Execute("SELECT id FROM device LIMIT 1");
            if (SqliteMigration.IsNewest(store._connection))
            {
                return store;
            }

            using (store)
            {
                SqliteStore copy = new(Source(":memory:", SqliteOpenMode.ReadWriteCreate), isShared: true);
                store._connection.BackupDatabase(copy._connection);
                copy.SchemaVersion = SqliteMigration.Apply(copy._connection);
                return copy;
            }
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override IIntakeTransaction Begin()
    {
        SqliteTransactionOfIntake transaction = new(_connection, _isShared ? _sharing : null) { IsFirst = !_hasBegun };
        _hasBegun = true;
        return transaction;
    }

    // Result codes that blame the file, the disk or another process, not the message: https://sqlite.org/rescode.html.
    /// <inheritdoc/>
    public override bool IsUnavailable(Exception e) => e is SqliteException
    {
        SqliteErrorCode: 5 or 6 or 7 or 8 or 9 or 10 or 11 or 13 or 14 or 15 or 22 or 26,
    };

    /// <inheritdoc/>
    public override long RemoveBefore(long horizonUtcSeconds)
    {
        long removed = 0;
        foreach (long journal in Rows("SELECT id FROM journal", row => row.GetInt64(0)))
        {
            // A journal at a time: no other writer waits for a whole fleet's records to go.
            using DbCommand command = Command(_connection, null, """
                DELETE FROM record WHERE journal_id=@journal
                    AND CASE WHEN local_day IS NULL THEN received_utc_s ELSE start_utc_s END < @horizon
                """, ("journal", journal), ("horizon", horizonUtcSeconds));
            lock (_sharing)
            {
                removed += command.ExecuteNonQuery();
            }
        }

        return removed;
    }

    /// <inheritdoc/>
    public override string BackupSuffix => ".sqlite";

    /// <inheritdoc/>
    public override void Backup(string path)
    {
        try
        {
            using SqliteConnection copy = new(Source(path, SqliteOpenMode.ReadWriteCreate));
            copy.Open();
            Read(connection =>
            {
                ((SqliteConnection)connection).BackupDatabase(copy);
                return 0;
            });
            using SqliteCommand check = new("PRAGMA quick_check(1)", copy);
            if (check.ExecuteScalar() is not "ok")
            {
                throw new IOException($"{path}: the copy cannot be read back");
            }
        }
        catch (SqliteException e)
        {
            throw new IOException($"{path}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    internal override T Write<T>(Func<DbConnection, DbTransaction, T> change)
    {
        if (_isShared)
        {
            lock (_sharing)
            {
                return Write(_connection, change);
            }
        }

        // Waits its turn behind the batches of the intake.
        return WhileOpen(() =>
        {
            using SqliteConnection writing = new(_readingSource) { DefaultTimeout = 30 };
            writing.Open();
            return Write(writing, change);
        });
    }

    private static T Write<T>(SqliteConnection connection, Func<DbConnection, DbTransaction, T> change)
    {
        using SqliteTransaction transaction = connection.BeginTransaction();
        T result = change(connection, transaction);
        transaction.Commit();
        return result;
    }

    /// <inheritdoc/>
    protected override T Read<T>(Func<DbConnection, T> query)
    {
        if (_isShared)
        {
            lock (_sharing)
            {
                return query(_connection);
            }
        }

        return WhileOpen(() =>
        {
            using SqliteConnection reading = new(_readingSource);
            reading.Open();
            return query(reading);
        });
    }

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        _open.EnterWriteLock();
        try
        {
            _isClosed = true;
            _connection.Dispose();
        }
        finally
        {
            _open.ExitWriteLock();
        }
    }

    // A page that is still open would make the file anew.
    private T WhileOpen<T>(Func<T> use)
    {
        _open.EnterReadLock();
        try
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            return use();
        }
        finally
        {
            _open.ExitReadLock();
        }
    }

    private static string Source(string path, SqliteOpenMode mode) => new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = mode,
        Pooling = false,
        DefaultTimeout = 1,
    }.ConnectionString;

    private void Execute(string sql)
    {
        using SqliteCommand command = new(sql, _connection);
        command.ExecuteNonQuery();
    }
}
