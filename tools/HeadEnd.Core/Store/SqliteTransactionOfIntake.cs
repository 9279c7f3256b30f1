using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace MeterFirmware.Tools.HeadEnds.Store;

/// <summary>A batch on its way into SQLite.</summary>
internal sealed class SqliteTransactionOfIntake : IntakeTransaction
{
    private readonly Lock? _sharing;
    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _transaction;

    /// <param name="connection">The one that writes.</param>
    /// <param name="sharing">Held to the end when readers share the connection; null: they do not.</param>
    public SqliteTransactionOfIntake(SqliteConnection connection, Lock? sharing)
    {
        _sharing = sharing;
        _connection = connection;
        _sharing?.Enter();
        try
        {
            _transaction = connection.BeginTransaction();
        }
        catch
        {
            _sharing?.Exit();
            throw;
        }
    }

    protected override DbConnection Connection => _connection;

    protected override DbTransaction Transaction => _transaction;

    public override RecordsAdded AddRecords(IReadOnlyList<RecordRow> rows, long nowUtcSeconds)
    {
        using SqliteCommand insert = Prepare("""
            INSERT INTO record VALUES($journal, $number, $kind, $start, $end, $zone, $day, $flags, $rate, $importTotal,
                $exportTotal, $import, $export, $code, $received, $body) ON CONFLICT DO NOTHING
            """,
            "journal number kind start end zone day flags rate importTotal exportTotal import export code received "
            + "body");
        using SqliteCommand same = Prepare("""
            SELECT COUNT(*) FROM record WHERE journal_id=$journal AND number=$number AND kind=$kind
                AND start_utc_s=$start AND end_utc_s=$end AND import_total_watthours IS $importTotal
                AND import_milliwatthours IS $import
            """, "journal number kind start end importTotal import");
        int stored = 0;
        List<int> differing = [];
        for (int i = 0; i < rows.Count; i++)
        {
            RecordArrival record = rows[i].Record;
            Bind(insert, rows[i].JournalId, record.Number, record.Kind, record.StartUtc, record.EndUtc, record.Offset,
                record.LocalDay, record.Flags, record.Rate, record.ImportTotalWh, record.ExportTotalWh,
                record.ImportMilliwattHours, record.ExportMilliwattHours, record.EventCode, nowUtcSeconds, record.Body);
            if (insert.ExecuteNonQuery() == 1)
            {
                stored++;
                continue;
            }

            Bind(same, rows[i].JournalId, record.Number, record.Kind, record.StartUtc, record.EndUtc,
                record.ImportTotalWh, record.ImportMilliwattHours);
            if ((long)same.ExecuteScalar()! == 0)
            {
                differing.Add(i);
            }
        }

        return new RecordsAdded(stored, differing);
    }

    public override void Settle(IReadOnlyList<JournalProgress> journals)
    {
        using SqliteCommand settle = Prepare(
            "UPDATE journal SET settled_number=MAX(settled_number, $settled), last_seen_utc_s=$seen WHERE id=$id",
            "settled seen id");
        foreach (JournalProgress journal in journals)
        {
            Bind(settle, journal.Settled, journal.SeenUtcSeconds, journal.JournalId);
            settle.ExecuteNonQuery();
        }
    }

    public override void Dispose()
    {
        _transaction.Dispose();
        _sharing?.Exit();
    }

    private SqliteCommand Prepare(string sql, string parameters)
    {
        SqliteCommand command = new(sql, _connection, _transaction);
        foreach (string name in parameters.Split(' '))
        {
            command.Parameters.Add(new SqliteParameter("$" + name, DBNull.Value));
        }

        return command;
    }

    private static void Bind(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }
    }
}
