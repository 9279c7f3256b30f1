using System.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace MeterFirmware.Tools.HeadEnds.PostgreSql;

/// <summary>A batch on its way into PostgreSQL: records by binary COPY into a staging table, and from there in two
/// statements, however many they are.</summary>
internal sealed class PostgreSqlTransaction : IntakeTransaction
{
    /// <summary>Of the session.</summary>
    public const string Staging = """
        CREATE TEMP TABLE staging(
            place INTEGER NOT NULL, is_known BOOLEAN NOT NULL, LIKE record INCLUDING DEFAULTS) ON COMMIT DELETE ROWS
        """;

    private const string Columns = "journal_id, number, kind, start_utc_s, end_utc_s, zone_offset_s, local_day, flags, "
        + "rate_index, import_total_watthours, export_total_watthours, import_milliwatthours, export_milliwatthours, "
        + "event_code, received_utc_s, body";

    /// <summary>What two sendings of one record have in common.</summary>
    private const string Content =
        "kind, {0}.start_utc_s, {0}.end_utc_s, {0}.import_total_watthours, {0}.import_milliwatthours";

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly RecordMonths _months;
    private bool _isCommitted;

    public PostgreSqlTransaction(NpgsqlConnection connection, RecordMonths months)
    {
        _connection = connection;
        _months = months;
        _transaction = connection.BeginTransaction();
    }

    protected override DbConnection Connection => _connection;

    protected override DbTransaction Transaction => _transaction;

    public override RecordsAdded AddRecords(IReadOnlyList<RecordRow> rows, long nowUtcSeconds)
    {
        _months.Make(_transaction, rows.Where(row => row.Record.IsTimed).Select(row => row.Record.StartUtc));
        Copy(rows, nowUtcSeconds);

        // The first of two in one batch counts. What cannot be there is not looked for.
        using NpgsqlCommand insert = new($"""
            INSERT INTO record({Columns}) SELECT DISTINCT ON (journal_id, number) {Columns} FROM staging
            WHERE NOT is_known OR NOT EXISTS (SELECT 1 FROM record
                WHERE record.journal_id=staging.journal_id AND record.number=staging.number)
            ORDER BY journal_id, number, place
            ON CONFLICT DO NOTHING
            """, _connection, _transaction);
        int stored = insert.ExecuteNonQuery();
        return new RecordsAdded(stored, stored == rows.Count ? [] : Differing());
    }

    public override void Settle(IReadOnlyList<JournalProgress> journals)
    {
        // In the order of the rows, so that two writers could not wait for each other.
        using NpgsqlCommand settle = new("""
            UPDATE journal SET settled_number=GREATEST(settled_number, progress.settled),
                last_seen_utc_s=progress.seen
            FROM unnest(@ids, @settled, @seen) AS progress(id, settled, seen) WHERE journal.id=progress.id
            """, _connection, _transaction);
        settle.Parameters.AddWithValue("ids", journals.Select(journal => journal.JournalId).ToArray());
        settle.Parameters.AddWithValue("settled", journals.Select(journal => journal.Settled).ToArray());
        settle.Parameters.AddWithValue("seen", journals.Select(journal => journal.SeenUtcSeconds).ToArray());
        settle.ExecuteNonQuery();
    }

    public override void Commit()
    {
        _transaction.Commit();
        _isCommitted = true;
    }

    public override void Dispose()
    {
        if (!_isCommitted)
        {
            _months.Reload();
        }

        _transaction.Dispose();
    }

    private void Copy(IReadOnlyList<RecordRow> rows, long nowUtcSeconds)
    {
        using NpgsqlBinaryImporter copy = _connection.BeginBinaryImport(
            $"COPY staging(place, is_known, {Columns}) FROM STDIN (FORMAT BINARY)");
        for (int i = 0; i < rows.Count; i++)
        {
            RecordArrival record = rows[i].Record;
            copy.StartRow();
            copy.Write(i, NpgsqlDbType.Integer);
            copy.Write(rows[i].IsKnown, NpgsqlDbType.Boolean);
            copy.Write(rows[i].JournalId, NpgsqlDbType.Bigint);
            copy.Write(record.Number, NpgsqlDbType.Bigint);
            copy.Write(record.Kind, NpgsqlDbType.Text);
            copy.Write(record.StartUtc, NpgsqlDbType.Bigint);
            copy.Write(record.EndUtc, NpgsqlDbType.Bigint);
            copy.Write(record.Offset, NpgsqlDbType.Integer);
            Write(copy, record.LocalDay);
            copy.Write(record.Flags, NpgsqlDbType.Text);
            Write(copy, record.Rate);
            Write(copy, record.ImportTotalWh);
            Write(copy, record.ExportTotalWh);
            Write(copy, record.ImportMilliwattHours);
            Write(copy, record.ExportMilliwattHours);
            Write(copy, record.EventCode);
            copy.Write(nowUtcSeconds, NpgsqlDbType.Bigint);
            copy.Write(record.Body, NpgsqlDbType.Bytea);
        }

        copy.Complete();
    }

    private static void Write(NpgsqlBinaryImporter copy, long? value)
    {
        if (value is { } number)
        {
            copy.Write(number, NpgsqlDbType.Bigint);
        }
        else
        {
            copy.WriteNull();
        }
    }

    private static void Write(NpgsqlBinaryImporter copy, int? value)
    {
        if (value is { } number)
        {
            copy.Write(number, NpgsqlDbType.Integer);
        }
        else
        {
            copy.WriteNull();
        }
    }

    private List<int> Differing()
    {
        using NpgsqlCommand differing = new($"""
            SELECT place FROM staging JOIN record USING(journal_id, number)
            WHERE is_known AND (record.{string.Format(null, Content, "record")})
                IS DISTINCT FROM (staging.{string.Format(null, Content, "staging")}) ORDER BY place
            """, _connection, _transaction);
        using NpgsqlDataReader row = differing.ExecuteReader();
        List<int> places = [];
        while (row.Read())
        {
            places.Add(row.GetInt32(0));
        }

        return places;
    }
}
