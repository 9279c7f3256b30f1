using System.Data.Common;

namespace MeterFirmware.Tools.HeadEnds.Store;

/// <summary>What is asked of the store.</summary>
public abstract partial class SqlStore
{
    private const int MillionWattHoursInMilli = 1_000_000;

    private static int UnixDay { get; } = new DateOnly(1970, 1, 1).DayNumber;

    /// <inheritdoc/>
    public IReadOnlyList<JournalRow> Journals() => Rows("""
        SELECT journal.id, device_id, address, name, first_number, is_current, settled_number, next_number,
            (SELECT MAX(number) FROM record WHERE record.journal_id=journal.id), protocol
        FROM journal JOIN device ON device.id=journal.device_id ORDER BY journal.id
        """,
        row => new JournalRow(row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetInt64(4),
            row.GetBoolean(5), row.GetInt64(6), row.GetInt64(7), row.IsDBNull(8) ? 0 : row.GetInt64(8),
            row.GetString(9)));

    /// <inheritdoc/>
    public IReadOnlyList<NumberRange> Ahead() => Rows("""
        SELECT journal_id, number, number FROM record JOIN journal ON journal.id=journal_id
            WHERE number > settled_number
        UNION ALL SELECT journal_id, number, number FROM quarantine JOIN journal ON journal.id=journal_id
            WHERE number > settled_number
        UNION ALL SELECT journal_id, gap.first_number, last_number FROM gap JOIN journal ON journal.id=journal_id
            WHERE last_number > settled_number
        ORDER BY 1, 2
        """, row => new NumberRange(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)));

    /// <inheritdoc/>
    public IReadOnlyList<DailyTotal> Totals(string? device) => Rows($"""
        SELECT address, local_day, rate_index, {Sums("import_milliwatthours")}, {Sums("export_milliwatthours")},
            COUNT(*)
        FROM record JOIN journal ON journal.id=journal_id JOIN device ON device.id=device_id
        WHERE kind='interval' AND (@device IS NULL OR address=@device)
        GROUP BY address, local_day, rate_index ORDER BY address, local_day, rate_index
        """,
        row => new DailyTotal(row.GetString(0), DateOf(row, 1), row.GetInt32(2), Sum(row, 3), Sum(row, 5),
            (int)row.GetInt64(7)),
        ("device", device));

    /// <inheritdoc/>
    public IReadOnlyList<IntervalTotal> Intervals(string? device) => Rows($"""
        SELECT start_utc_s, rate_index, {Sums("import_milliwatthours")}
        FROM record JOIN journal ON journal.id=journal_id JOIN device ON device.id=device_id
        WHERE kind='interval' AND local_day IS NOT NULL AND (@device IS NULL OR address=@device)
        GROUP BY start_utc_s, rate_index ORDER BY start_utc_s, rate_index
        """,
        row => new IntervalTotal(row.GetInt64(0), row.GetInt32(1), Sum(row, 2)), ("device", device));

    /// <inheritdoc/>
    public IReadOnlyList<FrozenRegisters> Freezes(string? device, string? kind) => [.. Rows("""
        SELECT address, start_utc_s, end_utc_s, zone_offset_s, flags, import_total_watthours, export_total_watthours,
            body
        FROM record JOIN journal ON journal.id=journal_id JOIN device ON device.id=device_id
        WHERE kind='freeze' AND (@device IS NULL OR address=@device) ORDER BY address, start_utc_s, number
        """,
        row => FrozenRegisters.Of(row.GetString(0), At(row.GetInt64(1), row.GetInt32(3)),
            At(row.GetInt64(2), row.GetInt32(3)), row.GetString(4), row.GetInt64(5), row.GetInt64(6),
            (byte[])row[7]),
        ("device", device)).Where(freeze => kind == null || kind == freeze.Kind)];

    /// <inheritdoc/>
    public long CountSettled(string device, long upTo)
    {
        List<(long Id, long First)> current = Rows("""
            SELECT journal.id, first_number FROM journal JOIN device ON device.id=device_id
            WHERE address=@device AND is_current
            """, row => (row.GetInt64(0), row.GetInt64(1)), ("device", device));
        if (current.Count == 0)
        {
            return 0;
        }

        // A journal that got its name later: its early numbers are the nameless sequence's.
        List<long> nameless = current[0].First <= 1 ? [] : Rows("""
            SELECT journal.id FROM journal JOIN device ON device.id=device_id WHERE address=@device AND name=''
            """, row => row.GetInt64(0), ("device", device));
        return CountSettled(current[0].Id, upTo)
            + nameless.Sum(id => CountSettled(id, Math.Min(upTo, current[0].First - 1)));
    }

    /// <inheritdoc/>
    public IReadOnlyList<DeviceState> Devices()
    {
        ILookup<long, string> rates = Rows("""
            SELECT device_id, name FROM rate_name
            WHERE valid_from_utc_s=(SELECT MAX(valid_from_utc_s) FROM rate_name newest
                WHERE newest.device_id=rate_name.device_id) ORDER BY device_id, rate_index
            """, row => (Id: row.GetInt64(0), Name: row.GetString(1))).ToLookup(rate => rate.Id, rate => rate.Name);

        // Dropped: what gaps cover and no record fills. Gaps of one device may overlap, so distinct numbers count.
        List<(DeviceState State, long JournalId)> journals = Rows("""
            SELECT address, is_online, settled_number,
                (SELECT COUNT(*) FROM record WHERE record.journal_id=journal.id),
                (SELECT COUNT(*) - COUNT(DISTINCT number) FROM record WHERE record.journal_id=journal.id),
                (SELECT COUNT(*) FROM conflict WHERE conflict.journal_id=journal.id), journal.id,
                (SELECT COUNT(*) FROM quarantine WHERE quarantine.journal_id=journal.id), name, device_id
            FROM journal JOIN device ON device.id=device_id ORDER BY address, is_current DESC, journal.id
            """,
            row => (new DeviceState(row.GetString(0), row.GetBoolean(1), [.. rates[row.GetInt64(9)]], row.GetInt64(2),
                row.GetInt64(3), 0, row.GetInt64(4), row.GetInt64(5), row.GetInt64(7), 0, row.GetString(8)),
                row.GetInt64(6)));
        IEnumerable<DeviceState> counted = journals.Select(one => one.State with
        {
            Dropped = Unfilled("gap", one.JournalId, long.MaxValue),
            SettledElsewhere = Unfilled("settled_elsewhere", one.JournalId, long.MaxValue),
        });

        // The present journal comes first: its word on all but what is counted.
        return [.. counted.GroupBy(one => one.Device).Select(all => all.First() with
        {
            Stored = all.Sum(one => one.Stored),
            Dropped = all.Sum(one => one.Dropped),
            Doubled = all.Sum(one => one.Doubled),
            Conflicts = all.Sum(one => one.Conflicts),
            Quarantined = all.Sum(one => one.Quarantined),
            SettledElsewhere = all.Sum(one => one.SettledElsewhere),
            Journals = all.Count(),
        })];
    }

    /// <summary>Two sums of a column, so that neither database can overflow: see <see cref="Sum"/>.</summary>
    internal static string Sums(string column) =>
        $"CAST(SUM({column} / {MillionWattHoursInMilli}) AS BIGINT), "
        + $"CAST(SUM({column} % {MillionWattHoursInMilli}) AS BIGINT)";

    /// <summary>A sum in two parts; beyond 64 bits the largest number stands for it.</summary>
    internal static long Sum(DbDataReader row, int column) => (long)Int128.Min(
        (Int128)row.GetInt64(column) * MillionWattHoursInMilli + row.GetInt64(column + 1), long.MaxValue);

    private static DateOnly? DateOf(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : DateOnly.FromDayNumber(UnixDay + row.GetInt32(column));

    internal static DateTimeOffset At(long utcSeconds, int offsetSeconds) =>
        DateTimeOffset.FromUnixTimeSeconds(utcSeconds).ToOffset(TimeSpan.FromSeconds(offsetSeconds));

    private long CountSettled(long journalId, long upTo) => Scalar("""
        SELECT (SELECT COUNT(*) FROM record WHERE journal_id=@journal AND number<=@upTo)
            + (SELECT COUNT(*) FROM quarantine WHERE journal_id=@journal AND number<=@upTo
                AND number NOT IN (SELECT number FROM record WHERE journal_id=@journal AND number<=@upTo))
        """, ("journal", journalId), ("upTo", upTo)) + Unfilled("gap", journalId, upTo);

    /// <summary>Numbers in a table's ranges that no record fills; ranges may overlap.</summary>
    private long Unfilled(string table, long journalId, long upTo)
    {
        long unfilled = 0;
        long counted = 0;
        foreach ((long begin, long end) in Rows(
            $"SELECT first_number, last_number FROM {table} WHERE journal_id=@journal ORDER BY 1, 2",
            row => (row.GetInt64(0), row.GetInt64(1)), ("journal", journalId)))
        {
            long first = Math.Max(begin, counted + 1);
            long last = Math.Min(end, upTo);
            if (last < first)
            {
                continue;
            }

            unfilled += last - first + 1 - Scalar(
                "SELECT COUNT(*) FROM record WHERE journal_id=@journal AND number BETWEEN @first AND @last",
                ("journal", journalId), ("first", first), ("last", last));
            counted = last;
        }

        return unfilled;
    }
}
