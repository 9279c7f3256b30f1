using System.Globalization;
using Npgsql;

namespace MeterFirmware.Tools.HeadEnds.PostgreSql;

/// <summary>The parts of the record table, one a month (UTC). A part is made when its first record comes; a record
/// whose month lies in the future, or long ago, stays in the default part, for a wrong clock must not make a table a
/// month.</summary>
internal sealed class RecordMonths(NpgsqlConnection connection)
{
    private const int YearsBackMax = 10;
    private const string Prefix = "record_2";   // of the years 2000 to 2999
    private const string Pattern = "'record_'yyyy'_'MM";

    private HashSet<string>? _known;

    /// <summary>Makes the parts that these times need. They are gone again when the transaction is rolled back: then
    /// <see cref="Reload"/>.</summary>
    public void Make(NpgsqlTransaction transaction, IEnumerable<long> startsUtcSeconds)
    {
        _known ??= Load(connection, transaction);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        foreach (DateTimeOffset month in startsUtcSeconds.Select(MonthOf).Distinct())
        {
            if (month > now.AddYears(-YearsBackMax) && month < now.AddMonths(1) && _known.Add(NameOf(month)))
            {
                Make(transaction, month);
            }
        }
    }

    /// <summary>Forgets what parts there are.</summary>
    public void Reload() => _known = null;

    /// <summary>Drops whole months, and removes what else is older.</summary>
    public static long RemoveBefore(NpgsqlConnection connection, NpgsqlTransaction transaction, long horizonUtcSeconds)
    {
        string first = NameOf(DateTimeOffset.FromUnixTimeSeconds(horizonUtcSeconds));
        long removed = 0;
        foreach (string part in Load(connection, transaction).Where(name => string.CompareOrdinal(name, first) < 0))
        {
            using NpgsqlCommand count = new($"SELECT COUNT(*) FROM {part}", connection, transaction);
            removed += (long)count.ExecuteScalar()!;
            using NpgsqlCommand drop = new($"DROP TABLE {part}", connection, transaction);
            drop.ExecuteNonQuery();
        }

        using NpgsqlCommand rest = new("""
            DELETE FROM record_default
            WHERE CASE WHEN local_day IS NULL THEN received_utc_s ELSE start_utc_s END < @horizon
            """, connection, transaction);
        rest.Parameters.AddWithValue("horizon", horizonUtcSeconds);
        return removed + rest.ExecuteNonQuery();
    }

    private static DateTimeOffset MonthOf(long utcSeconds)
    {
        DateTimeOffset time = DateTimeOffset.FromUnixTimeSeconds(utcSeconds);
        return new DateTimeOffset(time.Year, time.Month, 1, 0, 0, 0, TimeSpan.Zero);
    }

    private static string NameOf(DateTimeOffset month) => month.ToString(Pattern, CultureInfo.InvariantCulture);

    private static HashSet<string> Load(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        using NpgsqlCommand command = new("""
            SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid=inhrelid WHERE inhparent='record'::regclass
            """, connection, transaction);
        using NpgsqlDataReader row = command.ExecuteReader();
        HashSet<string> names = [];
        while (row.Read())
        {
            if (row.GetString(0).StartsWith(Prefix, StringComparison.Ordinal))
            {
                names.Add(row.GetString(0));
            }
        }

        return names;
    }

    private void Make(NpgsqlTransaction transaction, DateTimeOffset month)
    {
        string name = NameOf(month);
        long from = month.ToUnixTimeSeconds();
        long to = month.AddMonths(1).ToUnixTimeSeconds();

        // A clock that ran ahead may have put records of this month into the default part.
        using NpgsqlCommand make = new($"""
            CREATE TABLE {name}(LIKE record INCLUDING DEFAULTS);
            CREATE UNIQUE INDEX {name}_once ON {name}(journal_id, number);
            WITH early AS (DELETE FROM record_default WHERE start_utc_s>={from} AND start_utc_s<{to} RETURNING *)
                INSERT INTO {name} SELECT * FROM early;
            ALTER TABLE record ATTACH PARTITION {name} FOR VALUES FROM ({from}) TO ({to});
            """, connection, transaction);
        make.ExecuteNonQuery();
    }
}
