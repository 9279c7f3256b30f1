using System.Data;
using System.Data.Common;
using MeterFirmware.Tools.HeadEnds.Store;

namespace MeterFirmware.Tools.HeadEnds.Store;

/// <summary>What both databases have in common: every statement that both understand. Its derived classes open
/// connections, migrate, and write records in bulk.</summary>
public abstract partial class SqlStore : IHeadEndStore
{
    /// <inheritdoc/>
    public abstract string Engine { get; }

    /// <inheritdoc/>
    public string SchemaVersion { get; protected set; } = "";

    /// <inheritdoc/>
    public abstract IIntakeTransaction Begin();

    /// <inheritdoc/>
    public abstract bool IsUnavailable(Exception e);

    /// <inheritdoc/>
    public abstract long RemoveBefore(long horizonUtcSeconds);

    /// <inheritdoc/>
    /// <summary>How the name of a copy ends.</summary>
    public abstract string BackupSuffix { get; }

    /// <summary>Copies the database as it is at one moment into a new file, and reads the copy back.</summary>
    /// <exception cref="IOException">It could not be written, or not be read back.</exception>
    public abstract void Backup(string path);

    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the derived class holds.</summary>
    protected abstract void Dispose(bool isDisposing);

    /// <summary>Runs a query on a connection that nobody writes on meanwhile.</summary>
    protected abstract T Read<T>(Func<DbConnection, T> query);

    /// <summary>Changes something beside the intake: all of it or nothing.</summary>
    internal abstract T Write<T>(Func<DbConnection, DbTransaction, T> change);

    /// <summary>Runs one statement that changes something.</summary>
    /// <returns>How many rows it changed.</returns>
    internal int Change(string sql, params (string Name, object? Value)[] parameters) => Write(
        (connection, transaction) => Change(connection, transaction, sql, parameters));

    /// <summary>Runs one statement of a transaction.</summary>
    internal static int Change(DbConnection connection, DbTransaction transaction, string sql,
        params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using DbCommand command = Command(connection, transaction, sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>A command of a connection.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="transaction">What it is part of; null: none.</param>
    /// <param name="sql">With parameters as @name.</param>
    /// <param name="parameters">Their values.</param>
    internal static DbCommand Command(DbConnection connection, DbTransaction? transaction, string sql,
        params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction ?? command.Transaction;
        foreach ((string name, object? value) in parameters)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;

            // PostgreSQL has to know what a null is of; every one of ours is a text.
            parameter.DbType = value switch
            {
                null or string => DbType.String,
                long => DbType.Int64,
                int => DbType.Int32,
                bool => DbType.Boolean,
                byte[] => DbType.Binary,
                _ => throw new ArgumentException($"{name}: a {value.GetType()} is no column's"),
            };
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>Writes the names of event codes, as this program's catalogue has them.</summary>
    protected void NameEvents() => Write((connection, transaction) =>
    {
        foreach ((int code, string name) in EventNames.All)
        {
            Change(connection, transaction, """
                INSERT INTO event_name VALUES(@code, @name) ON CONFLICT(code) DO UPDATE SET name=excluded.name
                WHERE event_name.name<>excluded.name
                """, ("code", code), ("name", name));
        }

        return 0;
    });

    /// <summary>Runs a query and reads each of its rows.</summary>
    internal List<T> Rows<T>(string sql, Func<DbDataReader, T> read,
        params (string Name, object? Value)[] parameters) =>
        Read(connection =>
        {
            using DbCommand command = Command(connection, null, sql, parameters);
            using DbDataReader row = command.ExecuteReader();
            List<T> rows = [];
            while (row.Read())
            {
                rows.Add(read(row));
            }

            return rows;
        });

    /// <summary>Runs a query of one number.</summary>
    internal long Scalar(string sql, params (string Name, object? Value)[] parameters) =>
        Rows(sql, row => row.GetInt64(0), parameters).Single();
}
