using System.Data.Common;
using System.Globalization;
using MeterFirmware.Tools.HeadEnds.Alarms;

namespace MeterFirmware.Tools.HeadEnds.Sessions;

/// <summary>Charging sessions of a head-end's database, and the check of their signatures.</summary>
/// <param name="store">SQLite or PostgreSQL.</param>
/// <param name="alarms">Takes those that are wrong.</param>
/// <param name="billingKeyOf">A charger's billing key; null: it is not known.</param>
/// <param name="utcNow">Now.</param>
public sealed class SessionStore(IHeadEndStore store, AlarmStore alarms, Func<string, byte[]?> billingKeyOf,
    Func<DateTimeOffset> utcNow)
{
    private const int BatchMax = 1_000;
    private const int ToldMax = 5;

    /// <summary>A wrong one is an alarm for so long after it was found.</summary>
    private static readonly TimeSpan _alarmFor = TimeSpan.FromDays(30);

    /// <summary>A batch may become durable so long after the time that its records bear.</summary>
    private static readonly TimeSpan _lateMax = TimeSpan.FromMinutes(10);

    private readonly SqlStore _store = (SqlStore)store;
    private readonly Lock _checking = new();
    private long? _checkedFromUtcSeconds;

    /// <summary>Checks what came since the last look; at the first look everything that is not known to be
    /// valid.</summary>
    public void Check()
    {
        lock (_checking)
        {
            long now = utcNow().ToUnixTimeSeconds();
            if (_checkedFromUtcSeconds == null)
            {
                // Other keys may be known now, and records may be gone.
                _store.Change("""
                    DELETE FROM session_check WHERE signature<>'valid' OR NOT EXISTS (SELECT 1 FROM record
                        WHERE record.journal_id=session_check.journal_id AND record.number=session_check.number)
                    """);
            }

            while (CheckSome(_checkedFromUtcSeconds ?? 0, now) == BatchMax)
            {
                // The next ones.
            }

            _checkedFromUtcSeconds = now - (long)_lateMax.TotalSeconds;
            alarms.Set(AlarmKinds.Signature, Wrong(now - (long)_alarmFor.TotalSeconds));
        }
    }

    /// <summary>Sessions that began in a period, in the order of their begin.</summary>
    /// <param name="fromUtcSeconds">From here.</param>
    /// <param name="toUtcSeconds">Up to here.</param>
    /// <param name="device">Of one charger; null: of all.</param>
    /// <param name="signature">One of <see cref="SessionSignatures"/>; null: all.</param>
    /// <param name="after">The <see cref="ChargingSession.Id"/> behind which to begin; null: at the first.</param>
    /// <param name="countMax">How many at most.</param>
    public IReadOnlyList<ChargingSession> List(long fromUtcSeconds, long toUtcSeconds, string? device,
        string? signature, string? after, int countMax)
    {
        (long Start, long Journal, long Number) place = Parse(after) ?? (long.MinValue, 0, 0);
        return _store.Rows("""
            SELECT record.start_utc_s, record.journal_id, record.number, address, end_utc_s, zone_offset_s, body,
                COALESCE(signature, 'waiting'), COALESCE(detail, '')
            FROM record JOIN journal ON journal.id=record.journal_id JOIN device ON device.id=journal.device_id
            LEFT JOIN session_check ON session_check.journal_id=record.journal_id
                AND session_check.number=record.number
            WHERE kind='session' AND start_utc_s>=@from AND start_utc_s<@to AND (@device IS NULL OR address=@device)
                AND (@signature IS NULL OR COALESCE(signature, 'waiting')=@signature)
                AND (start_utc_s>@start OR (start_utc_s=@start AND (record.journal_id>@journal
                    OR (record.journal_id=@journal AND record.number>@number))))
            ORDER BY record.start_utc_s, record.journal_id, record.number LIMIT @count
            """,
            row => ChargingSession.Of(
                string.Create(CultureInfo.InvariantCulture, $"{row.GetInt64(0)}.{row.GetInt64(1)}.{row.GetInt64(2)}"),
                row.GetString(3), SqlStore.At(row.GetInt64(0), row.GetInt32(5)),
                SqlStore.At(row.GetInt64(4), row.GetInt32(5)), (byte[])row[6], row.GetString(7), row.GetString(8)),
            ("from", fromUtcSeconds), ("to", toUtcSeconds), ("device", device), ("signature", signature),
            ("start", place.Start), ("journal", place.Journal), ("number", place.Number), ("count", countMax));
    }

    /// <summary>Whether a text is a session's place in the list.</summary>
    public static bool IsCursor(string? text) => text == null || Parse(text) != null;

    private static (long Start, long Journal, long Number)? Parse(string? text)
    {
        long[] parts = [.. (text ?? "").Split('.').Select(part => long.TryParse(
            part, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : -1)];
        return parts.Length == 3 && parts.All(part => part >= 0) ? (parts[0], parts[1], parts[2]) : null;
    }

    private int CheckSome(long fromUtcSeconds, long now)
    {
        List<(long Journal, long Number, string Address, byte[] Message)> found = _store.Rows("""
            SELECT record.journal_id, record.number, address, body
            FROM record JOIN journal ON journal.id=record.journal_id JOIN device ON device.id=journal.device_id
            WHERE kind='session' AND received_utc_s>=@from AND NOT EXISTS (SELECT 1 FROM session_check
                WHERE session_check.journal_id=record.journal_id AND session_check.number=record.number)
            LIMIT @count
            """,
            row => (row.GetInt64(0), row.GetInt64(1), row.GetString(2), (byte[])row[3]),
            ("from", fromUtcSeconds), ("count", BatchMax));
        if (found.Count == 0)
        {
            return 0;
        }

        _store.Write((connection, transaction) =>
        {
            foreach ((long journal, long number, string address, byte[] message) in found)
            {
                (string signature, string detail) = SessionVerifier.Check(message, billingKeyOf(address));
                SqlStore.Change(connection, transaction, """
                    INSERT INTO session_check VALUES(@journal, @number, @signature, @detail, @now)
                    ON CONFLICT DO NOTHING
                    """, ("journal", journal), ("number", number), ("signature", signature), ("detail", detail),
                    ("now", now));
            }

            return 0;
        });
        return found.Count;
    }

    // The first condition is the index's own.
    private Dictionary<string, string> Wrong(long sinceUtcSeconds) => _store.Rows("""
        SELECT address, body, start_utc_s, zone_offset_s, detail
        FROM session_check JOIN record ON record.journal_id=session_check.journal_id
            AND record.number=session_check.number
        JOIN journal ON journal.id=record.journal_id JOIN device ON device.id=journal.device_id
        WHERE signature<>'valid' AND signature='wrong' AND checked_utc_s>=@since
        ORDER BY address, start_utc_s DESC
        """, Told, ("since", sinceUtcSeconds)).GroupBy(one => one.Address)
        .ToDictionary(device => device.Key, device => string.Join("; ", device.Take(ToldMax).Select(one => one.Words))
            + (device.Count() > ToldMax ? $"; {device.Count() - ToldMax} more" : ""));

    private static (string Address, string Words) Told(DbDataReader row)
    {
        DateTimeOffset start = SqlStore.At(row.GetInt64(2), row.GetInt32(3));
        ChargingSession session = ChargingSession.Of("", row.GetString(0), start, start, (byte[])row[1], "", "");
        return (session.Address, string.Create(CultureInfo.InvariantCulture,
            $"session {session.Number} of {start:yyyy-MM-dd}: {row.GetString(4)}"));
    }
}
