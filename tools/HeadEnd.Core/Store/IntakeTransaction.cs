using System.Data.Common;

namespace MeterFirmware.Tools.HeadEnds.Store;

/// <summary>What both databases have in common of a batch.</summary>
public abstract class IntakeTransaction : IIntakeTransaction
{
    /// <summary>Records kept under one number beside the first: two devices of one name are seen with fewer, and a
    /// device that sends another one each time must not fill the disk.</summary>
    private const int ConflictsMax = 16;

    /// <inheritdoc/>
    public bool IsFirst { get; init; }

    /// <summary>The connection that writes.</summary>
    protected abstract DbConnection Connection { get; }

    /// <summary>All of it, or nothing.</summary>
    protected abstract DbTransaction Transaction { get; }

    /// <inheritdoc/>
    public long AddDevice(string address, long nowUtcSeconds) => Scalar(
        "INSERT INTO device(address, first_seen_utc_s) VALUES(@address, @now) RETURNING id",
        ("address", address), ("now", nowUtcSeconds));

    /// <inheritdoc/>
    public long AddJournal(long deviceId, string name) => Scalar(
        "INSERT INTO journal(device_id, name) VALUES(@device, @name) RETURNING id",
        ("device", deviceId), ("name", name));

    /// <inheritdoc/>
    public void MakeCurrent(long deviceId, long journalId) => Run(
        "UPDATE journal SET is_current=(id=@id) WHERE device_id=@device", ("id", journalId), ("device", deviceId));

    /// <inheritdoc/>
    public void UpdateStatus(long deviceId, long journalId, StatusArrival status, long nowUtcSeconds)
    {
        if (!status.Online)
        {
            Run("UPDATE device SET is_online=@online WHERE id=@device", ("online", false), ("device", deviceId));
            return;
        }

        Run("UPDATE device SET is_online=@online, birth=@body, protocol=@protocol WHERE id=@device",
            ("online", true), ("body", status.Body), ("protocol", status.Protocol), ("device", deviceId));
        Run("""
            UPDATE journal SET first_number=@first, next_number=CASE WHEN @next > 0 THEN @next ELSE next_number END
            WHERE id=@id
            """, ("first", status.JournalFrom), ("next", status.Next), ("id", journalId));
        if (status.Rates is { Length: > 0 } names)
        {
            NameRates(deviceId, names, nowUtcSeconds);
        }
    }

    /// <inheritdoc/>
    public void AddGap(NumberRange numbers, string reason) => Run(
        "INSERT INTO gap VALUES(@journal, @first, @last, @reason) ON CONFLICT DO NOTHING",
        ("journal", numbers.JournalId), ("first", numbers.First), ("last", numbers.Last), ("reason", reason));

    /// <inheritdoc/>
    public void AddSettledElsewhere(NumberRange numbers) => Run(
        "INSERT INTO settled_elsewhere VALUES(@journal, @first, @last) ON CONFLICT DO NOTHING",
        ("journal", numbers.JournalId), ("first", numbers.First), ("last", numbers.Last));

    /// <inheritdoc/>
    public void AddQuarantine(long journalId, long number, string reason, byte[] body) => Run(
        "INSERT INTO quarantine VALUES(@journal, @number, @reason, @body) ON CONFLICT DO NOTHING",
        ("journal", journalId), ("number", number), ("reason", reason), ("body", body));

    /// <inheritdoc/>
    public bool TryAddConflict(long journalId, long number, byte[] body) => Run($"""
        INSERT INTO conflict SELECT @journal, @number, @hash, @body
        WHERE (SELECT COUNT(*) FROM conflict WHERE journal_id=@journal AND number=@number) < {ConflictsMax}
        ON CONFLICT DO NOTHING
        """, ("journal", journalId), ("number", number), ("hash", RecordHash.Of(body)), ("body", body)) == 1;

    /// <inheritdoc/>
    public abstract RecordsAdded AddRecords(IReadOnlyList<RecordRow> rows, long nowUtcSeconds);

    /// <inheritdoc/>
    public abstract void Settle(IReadOnlyList<JournalProgress> journals);

    /// <inheritdoc/>
    public virtual void Commit() => Transaction.Commit();

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Names hold from now on; the first ones for all that came before, too.</summary>
    private void NameRates(long deviceId, string[] names, long nowUtcSeconds)
    {
        List<string> known = [];
        using (DbCommand newest = SqlStore.Command(Connection, Transaction, """
            SELECT name FROM rate_name WHERE device_id=@device AND valid_from_utc_s=(
                SELECT MAX(valid_from_utc_s) FROM rate_name WHERE device_id=@device) ORDER BY rate_index
            """, ("device", deviceId)))
        using (DbDataReader row = newest.ExecuteReader())
        {
            while (row.Read())
            {
                known.Add(row.GetString(0));
            }
        }

        if (known.SequenceEqual(names))
        {
            return;
        }

        long from = known.Count == 0 ? 0 : nowUtcSeconds;
        Run("DELETE FROM rate_name WHERE device_id=@device AND valid_from_utc_s=@from",
            ("device", deviceId), ("from", from));
        for (int i = 0; i < names.Length; i++)
        {
            Run("INSERT INTO rate_name VALUES(@device, @from, @rate, @name)",
                ("device", deviceId), ("from", from), ("rate", i), ("name", names[i]));
        }
    }

    private long Scalar(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using DbCommand command = SqlStore.Command(Connection, Transaction, sql, parameters);
        return (long)command.ExecuteScalar()!;
    }

    private int Run(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using DbCommand command = SqlStore.Command(Connection, Transaction, sql, parameters);
        return command.ExecuteNonQuery();
    }
}
