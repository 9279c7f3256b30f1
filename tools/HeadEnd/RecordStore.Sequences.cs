using Microsoft.Data.Sqlite;

namespace MeterFirmware.Tools.HeadEnds;

/// <summary>
/// Whose numbers are whose. An address has one present journal, and maybe earlier ones:
/// <code>
///   m1            nameless: what came before protocol 1.1
///   m1#7c19…      named, from 1: a journal that began with 1.1. Another one after it is a replaced board
///   m1#7c19…      named, from 480: a journal of before 1.1 that got a name; its numbers below 480 are the nameless ones
/// </code>
/// </summary>
internal sealed partial class RecordStore
{
    private readonly Dictionary<string, Sequence> _sequences = [];
    private readonly Dictionary<string, Sequence> _current = [];
    private readonly HashSet<string> _speaksNoPlain = [];

    /// <summary>Takes lines for people: journals that took another's place, numbers settled elsewhere.</summary>
    public Action<string>? Announce { get; init; }

    /// <summary>Highest number of the device's present journal up to which all is settled; 0 for a stranger.</summary>
    public long SettledOf(string device) => _current.TryGetValue(device, out Sequence? known) ? known.Progress.Settled : 0;

    /// <summary>What to tell a device after this message of its.</summary>
    public Settlement SettlementOf(Arrival arrival)
    {
        Sequence? own = _sequences.GetValueOrDefault(Sequence.KeyOf(arrival.Device, arrival.Journal));
        Sequence? asked = own == null ? null : NamedOf(own) ?? own;
        bool isPlain = arrival.Journal.Length == 0 && asked?.Journal is null or "" && !_speaksNoPlain.Contains(arrival.Device);
        return new Settlement(arrival.Device, asked?.Journal ?? arrival.Journal, asked?.Progress.Settled ?? 0, isPlain);
    }

    /// <summary>The named journal whose early numbers a nameless sequence holds; null: none.</summary>
    private Sequence? NamedOf(Sequence sequence) =>
        sequence.Journal.Length == 0 && _current.TryGetValue(sequence.Device, out Sequence? current) && current.From > 1 ? current : null;

    private void Settle(Sequence sequence, long acknowledged, long first, long last, Outcome outcome)
    {
        Progress progress = sequence.Progress;
        Sequence? named = NamedOf(sequence);

        // A device has one cursor: of a nameless sequence it can settle only the numbers below the name's.
        acknowledged = named == null ? acknowledged : Math.Min(acknowledged, named.From - 1);
        if (acknowledged > progress.Settled)
        {
            // Another head-end has these, or nobody. Marked, so that a person sees whose word it was.
            Run(_insertElsewhere, sequence.Id, progress.Settled + 1, acknowledged);
            outcome.Elsewhere += acknowledged - progress.Settled;
            outcome.Announcements.Add($"alarm settled-elsewhere: {Sequence.KeyOf(sequence.Device, sequence.Journal)} calls numbers up to "
                + $"{acknowledged} settled, {progress.Settled} are settled here");
        }

        progress.NoteHighest(last);
        progress.Add(1, acknowledged);
        progress.Add(first, last);
        if (named != null)
        {
            AddNameless(named, sequence);
        }
    }

    /// <summary>Numbers below the journal's first are settled when the nameless sequence has them.</summary>
    private static void AddNameless(Sequence named, Sequence nameless)
    {
        long last = Math.Min(nameless.Progress.Settled, named.From - 1);
        if (last > 0)
        {
            named.Progress.Add(1, last);
        }
    }

    private Sequence SequenceOf(Arrival arrival, SqliteTransaction transaction, Outcome outcome)
    {
        // A will names no journal: it is of the connection, whatever that was of.
        if (arrival is StatusArrival { Online: false } && _current.TryGetValue(arrival.Device, out Sequence? present))
        {
            return present;
        }

        string key = Sequence.KeyOf(arrival.Device, arrival.Journal);
        if (!_sequences.TryGetValue(key, out Sequence? sequence))
        {
            sequence = Insert(arrival, key, transaction, outcome);
        }

        // A birth says which journal is the present one. A record of an older one may come late, one of a new one early.
        if (arrival is StatusArrival { Online: true } status)
        {
            if (_current[arrival.Device] != sequence)
            {
                MakeCurrent(sequence, transaction);
            }

            sequence.From = status.JournalFrom;
            if (sequence.From > 1 && _sequences.TryGetValue(arrival.Device, out Sequence? nameless))
            {
                AddNameless(sequence, nameless);
            }
        }

        return sequence;
    }

    private Sequence Insert(Arrival arrival, string key, SqliteTransaction transaction, Outcome outcome)
    {
        Sequence sequence = new(Change("""
            INSERT INTO device(name, address, journal) VALUES($name, $address, $journal) RETURNING id
            """, transaction, ("$name", key), ("$address", arrival.Device), ("$journal", arrival.Journal)), arrival.Device, arrival.Journal);
        _sequences[key] = sequence;
        if (_current.TryGetValue(arrival.Device, out Sequence? before) && before.Progress.IsBegun)
        {
            // Only a nameless journal gets a name. One that had a name has lost it, whatever the new one says of
            // earlier numbers.
            bool isNamed = arrival is StatusArrival { JournalFrom: > 1 } && before.Journal.Length == 0;
            outcome.Replaced += isNamed ? 0 : 1;
            outcome.Announcements.Add(isNamed
                ? $"{arrival.Device}: its journal is named {arrival.Journal} from number {((StatusArrival)arrival).JournalFrom} on"
                : $"alarm journal-replaced: {arrival.Device}: journal '{arrival.Journal}' in the place of '{before.Journal}', "
                    + $"which is settled up to {before.Progress.Settled}; its numbers are a sequence of their own");
        }

        MakeCurrent(sequence, transaction);
        return sequence;
    }

    private void MakeCurrent(Sequence sequence, SqliteTransaction transaction)
    {
        _current[sequence.Device] = sequence;
        Change("UPDATE device SET is_current=(id=$id) WHERE address=$address RETURNING id", transaction,
            ("$id", sequence.Id), ("$address", sequence.Device));
    }

    private void UpdateStatus(Sequence sequence, StatusArrival status, SqliteTransaction transaction)
    {
        sequence.Progress.NoteNext(status.Next);
        if (status.Online)
        {
            _ = status.Protocol.Length > 0 ? _speaksNoPlain.Add(status.Device) : _speaksNoPlain.Remove(status.Device);
        }

        Change("""
            UPDATE device SET online=$online, birth=CASE WHEN $online THEN $body ELSE birth END,
                rates=COALESCE($rates, rates), next=CASE WHEN $next > 0 THEN $next ELSE next END,
                protocol=CASE WHEN $online THEN $protocol ELSE protocol END, journal_from=CASE WHEN $online THEN $from ELSE journal_from END
            WHERE id=$id RETURNING id
            """, transaction, ("$next", status.Next), ("$online", status.Online), ("$body", status.Body),
            ("$rates", status.Rates == null ? DBNull.Value : string.Join('\n', status.Rates)), ("$protocol", status.Protocol),
            ("$from", status.JournalFrom), ("$id", sequence.Id));
    }

    /// <summary>Runs a statement that returns a row's id.</summary>
    private long Change(string sql, SqliteTransaction transaction, params (string Name, object Value)[] parameters)
    {
        using SqliteCommand command = new(sql, _connection, transaction);
        foreach ((string name, object value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return (long)command.ExecuteScalar()!;
    }

    private void Load()
    {
        _sequences.Clear();
        _current.Clear();
        _speaksNoPlain.Clear();
        Dictionary<long, Sequence> byId = [];
        using (SqliteCommand devices = _connection.CreateCommand())
        {
            devices.CommandText = """
                SELECT id, name, settled, next, (SELECT MAX(number) FROM record WHERE record.device=device.id), address, journal,
                    journal_from, protocol, is_current FROM device
                """;
            using SqliteDataReader row = devices.ExecuteReader();
            while (row.Read())
            {
                Sequence sequence = new(row.GetInt64(0), row.GetString(5), row.GetString(6)) { From = row.GetInt64(7) };
                sequence.Progress.Add(1, row.GetInt64(2));
                sequence.Progress.NoteNext(row.GetInt64(3));
                sequence.Progress.NoteHighest(row.IsDBNull(4) ? 0 : row.GetInt64(4));
                _sequences[row.GetString(1)] = sequence;
                byId[sequence.Id] = sequence;
                if (row.GetBoolean(9))
                {
                    _current[sequence.Device] = sequence;
                    _ = row.GetString(8).Length > 0 && _speaksNoPlain.Add(sequence.Device);
                }
            }
        }

        using SqliteCommand ahead = _connection.CreateCommand();
        ahead.CommandText = """
            SELECT device, number, number FROM record JOIN device ON device.id=record.device WHERE number > settled
            UNION ALL SELECT device, number, number FROM quarantine JOIN device ON device.id=quarantine.device WHERE number > settled
            UNION ALL SELECT device, first, last FROM gap JOIN device ON device.id=gap.device WHERE last > settled
            ORDER BY 1, 2
            """;
        using SqliteDataReader number = ahead.ExecuteReader();
        while (number.Read())
        {
            byId[number.GetInt64(0)].Progress.Add(number.GetInt64(1), number.GetInt64(2));
        }
    }
}
