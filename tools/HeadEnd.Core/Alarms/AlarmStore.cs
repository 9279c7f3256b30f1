using System.Data.Common;

namespace MeterFirmware.Tools.HeadEnds.Alarms;

/// <summary>Alarms of a head-end's database. A kind and a subject have one alarm that goes on; one that ends and comes
/// again is a new one.</summary>
public sealed class AlarmStore(IHeadEndStore store, Func<DateTimeOffset> utcNow)
{
    private const string Columns =
        "id, kind, subject, detail, since_utc_s, ended_utc_s, acknowledged_by, acknowledged_utc_s";

    private readonly SqlStore _store = (SqlStore)store;
    private readonly Lock _changing = new();

    /// <summary>Longest note.</summary>
    public const int WordsMax = 500;

    /// <summary>Called with every alarm that begins.</summary>
    public event Action<Alarm>? Began;

    /// <summary>What alarms of a kind that go on are about.</summary>
    public IReadOnlySet<string> OpenSubjects(string kind) => Open(kind).Select(alarm => alarm.Subject).ToHashSet();

    /// <summary>Says what is wrong of a kind now: what is new begins, what is gone ends.</summary>
    /// <param name="kind">One of <see cref="AlarmKinds"/>.</param>
    /// <param name="now">Detail by subject.</param>
    public void Set(string kind, IReadOnlyDictionary<string, string> now)
    {
        List<Alarm> begun = [];
        lock (_changing)
        {
            Dictionary<string, Alarm> open = Open(kind).ToDictionary(alarm => alarm.Subject);
            List<Alarm> ended = [.. open.Values.Where(alarm => !now.ContainsKey(alarm.Subject))];
            List<KeyValuePair<string, string>> changed = [.. now.Where(one =>
                !open.TryGetValue(one.Key, out Alarm? before) || before.Detail != one.Value)];
            if (ended.Count == 0 && changed.Count == 0)
            {
                return;
            }

            _store.Write((connection, transaction) =>
            {
                foreach (Alarm alarm in ended)
                {
                    SqlStore.Change(connection, transaction, "UPDATE alarm SET ended_utc_s=@now WHERE id=@id",
                        ("now", Now), ("id", alarm.Id));
                }

                foreach ((string subject, string detail) in changed)
                {
                    begun.AddRange(Put(connection, transaction, kind, subject, detail, open));
                }

                return 0;
            });
        }

        foreach (Alarm alarm in begun)
        {
            Began?.Invoke(alarm);
        }
    }

    /// <summary>Alarms, newest first.</summary>
    /// <param name="before">Alarm before which to begin; null: at the newest.</param>
    /// <param name="countMax">How many at most.</param>
    /// <param name="isOpen">Only those that go on.</param>
    public IReadOnlyList<Alarm> List(long? before, int countMax, bool isOpen) => _store.Rows(
        $"SELECT {Columns} FROM alarm WHERE id<@before {(isOpen ? "AND ended_utc_s IS NULL" : "")} "
        + "ORDER BY id DESC LIMIT @count", Row, ("before", before ?? long.MaxValue), ("count", countMax));

    /// <summary>One alarm; null: there is none of that number.</summary>
    public Alarm? Find(long id) => _store.Rows(
        $"SELECT {Columns} FROM alarm WHERE id=@id", Row, ("id", id)).SingleOrDefault();

    /// <summary>Alarms that go on, by kind: how many, and how many of them nobody acknowledged.</summary>
    public IReadOnlyList<(string Kind, int Open, int New)> Counts() => _store.Rows("""
        SELECT kind, COUNT(*), SUM(CASE WHEN acknowledged_utc_s IS NULL THEN 1 ELSE 0 END) FROM alarm
        WHERE ended_utc_s IS NULL GROUP BY kind ORDER BY kind
        """, row => (row.GetString(0), (int)row.GetInt64(1), (int)row.GetInt64(2)));

    /// <summary>Notes that somebody has seen it. False: somebody did already, or it is not there.</summary>
    public bool Acknowledge(long id, string who) => _store.Change("""
        UPDATE alarm SET acknowledged_by=@who, acknowledged_utc_s=@now WHERE id=@id AND acknowledged_utc_s IS NULL
        """, ("who", who), ("now", Now), ("id", id)) == 1;

    /// <summary>Adds a note. False: it is empty or too long, or the alarm is not there.</summary>
    public bool AddNote(long id, string who, string words)
    {
        string kept = words.Trim();
        if (kept.Length is 0 or > WordsMax || kept.Any(c => char.IsControl(c) && c != '\n') || Find(id) == null)
        {
            return false;
        }

        _store.Change("INSERT INTO alarm_note(alarm_id, at_utc_s, who, words) VALUES(@id, @now, @who, @words)",
            ("id", id), ("now", Now), ("who", who), ("words", kept));
        return true;
    }

    /// <summary>Notes of an alarm, oldest first.</summary>
    public IReadOnlyList<AlarmNote> Notes(long id) => _store.Rows(
        "SELECT at_utc_s, who, words FROM alarm_note WHERE alarm_id=@id ORDER BY id",
        row => new AlarmNote(DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(0)), row.GetString(1), row.GetString(2)),
        ("id", id));

    private long Now => utcNow().ToUnixTimeSeconds();

    private List<Alarm> Open(string kind) => _store.Rows(
        $"SELECT {Columns} FROM alarm WHERE kind=@kind AND ended_utc_s IS NULL", Row, ("kind", kind));

    private IEnumerable<Alarm> Put(DbConnection connection, DbTransaction transaction, string kind, string subject,
        string detail, Dictionary<string, Alarm> open)
    {
        if (open.TryGetValue(subject, out Alarm? before))
        {
            SqlStore.Change(connection, transaction, "UPDATE alarm SET detail=@detail WHERE id=@id",
                ("detail", detail), ("id", before.Id));
            return [];
        }

        using DbCommand insert = SqlStore.Command(connection, transaction, """
            INSERT INTO alarm(kind, subject, detail, since_utc_s) VALUES(@kind, @subject, @detail, @now) RETURNING id
            """, ("kind", kind), ("subject", subject), ("detail", detail), ("now", Now));
        return [new Alarm((long)insert.ExecuteScalar()!, kind, subject, detail,
            DateTimeOffset.FromUnixTimeSeconds(Now), null, "", null)];
    }

    private static Alarm Row(DbDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetString(2),
        row.GetString(3), DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(4)),
        row.IsDBNull(5) ? null : DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(5)), row.GetString(6),
        row.IsDBNull(7) ? null : DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(7)));
}
