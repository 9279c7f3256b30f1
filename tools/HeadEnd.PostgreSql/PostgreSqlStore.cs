using System.Data.Common;
using DbUp;
using DbUp.Builder;
using DbUp.Engine;
using Npgsql;

namespace MeterFirmware.Tools.HeadEnds.PostgreSql;

/// <summary>A PostgreSQL database, 15 or newer; records lie in a table a month.</summary>
public sealed class PostgreSqlStore : SqlStore
{
    /// <summary>Our number among the database's advisory locks: the letters mf-i.</summary>
    private const long IntakeLock = 0x6d66_2d69;

    private readonly string _connectionString;
    private readonly NpgsqlDataSource _source;
    private NpgsqlConnection? _writing;
    private RecordMonths? _months;

    /// <param name="connectionString">As Npgsql takes it.</param>
    /// <exception cref="NpgsqlException">The server is away, or refuses.</exception>
    public PostgreSqlStore(string connectionString)
    {
        _connectionString = connectionString;
        _source = NpgsqlDataSource.Create(connectionString);
        try
        {
            SchemaVersion = Migrate();
            NameEvents();
            using NpgsqlConnection connection = _source.OpenConnection();
            Engine = $"PostgreSQL {connection.PostgreSqlVersion}";
        }
        catch
        {
            _source.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override string Engine { get; }

    /// <inheritdoc/>
    public override IIntakeTransaction Begin()
    {
        NpgsqlConnection? before = _writing;
        NpgsqlConnection writing = Writing();
        return new PostgreSqlTransaction(writing, _months!) { IsFirst = writing != before };
    }

    // A lost connection, and the classes that blame the server:
    // https://www.postgresql.org/docs/15/errcodes-appendix.html. 08 connection, 25 read-only server, 40 serialization,
    // 53 resources, 55 not available now, 57 shutdown, 58 system.
    /// <inheritdoc/>
    public override bool IsUnavailable(Exception e) => e switch
    {
        PostgresException { SqlState: { } state } => state[..2] is "08" or "25" or "40" or "53" or "55" or "57" or "58",
        NpgsqlException or TimeoutException or IOException => true,
        IntakeTakenException => true,
        _ => false,
    };

    /// <inheritdoc/>
    public override long RemoveBefore(long horizonUtcSeconds)
    {
        using NpgsqlConnection connection = _source.OpenConnection();
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        long removed = RecordMonths.RemoveBefore(connection, transaction, horizonUtcSeconds);
        transaction.Commit();
        _months?.Reload();
        return removed;
    }

    /// <inheritdoc/>
    public override string BackupSuffix => ".dump";

    /// <inheritdoc/>
    public override void Backup(string path) => PostgreSqlPrograms.Dump(_connectionString, path);

    /// <inheritdoc/>
    internal override T Write<T>(Func<DbConnection, DbTransaction, T> change)
    {
        using NpgsqlConnection connection = _source.OpenConnection();
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        T result = change(connection, transaction);
        transaction.Commit();
        return result;
    }

    /// <inheritdoc/>
    protected override T Read<T>(Func<DbConnection, T> query)
    {
        using NpgsqlConnection reading = _source.OpenConnection();
        return query(reading);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        _writing?.Dispose();
        _source.Dispose();
    }

    /// <summary>The one connection that writes, made anew when it was lost. It holds a lock for as long as it lives, so
    /// that no second head-end takes in beside this one: numbers are compared with what this process knows.</summary>
    private NpgsqlConnection Writing()
    {
        if (_writing is { FullState: System.Data.ConnectionState.Open })
        {
            return _writing;
        }

        _writing?.Dispose();
        _writing = null;
        NpgsqlConnection writing = _source.OpenConnection();
        try
        {
            using NpgsqlCommand take = new($"SELECT pg_try_advisory_lock({IntakeLock})", writing);
            if (!(bool)take.ExecuteScalar()!)
            {
                throw new IntakeTakenException(writing.Database);
            }

            using NpgsqlCommand staging = new(PostgreSqlTransaction.Staging, writing);
            staging.ExecuteNonQuery();
            _months = new RecordMonths(writing);
        }
        catch
        {
            writing.Dispose();
            throw;
        }

        _writing = writing;
        return writing;
    }

    private string Migrate()
    {
        UpgradeEngineBuilder builder = DeployChanges.To
            .PostgresqlDatabase(new DbUp.Postgresql.PostgresqlConnectionManager(_source))
            .WithScriptsEmbeddedInAssembly(typeof(PostgreSqlStore).Assembly);
        foreach (string name in CommonScripts.Names)
        {
            builder = builder.WithScript(name + ".sql",
                CommonScripts.Tables(name, "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"));
        }

        UpgradeEngine engine = builder
            .JournalToPostgresqlTable("public", "schema_version")
            .WithVariablesDisabled()
            .WithTransaction()
            .LogToNowhere()
            .Build();
        DatabaseUpgradeResult result = engine.PerformUpgrade();
        return result.Successful ? CommonScripts.Newest
            : throw (result.Error is NpgsqlException ? result.Error : new InvalidOperationException(
                $"migration {result.ErrorScript?.Name}: {result.Error.Message}", result.Error));
    }
}
