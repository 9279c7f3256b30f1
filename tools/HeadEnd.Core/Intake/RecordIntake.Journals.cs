namespace MeterFirmware.Tools.HeadEnds.Intake;

/// <summary>
/// Whose numbers are whose. An address has one present journal, and maybe earlier ones:
/// <code>
///   m1            nameless: what came before protocol 1.1
///   m1#7c19…      named, from 1: a journal that began with 1.1. Another one after it is a replaced board
///   m1#7c19…      named, from 480: a journal of before 1.1 that got a name; its numbers below 480 are the nameless
/// ones
/// </code>
/// </summary>
internal sealed partial class RecordIntake
{
    private readonly Dictionary<string, Sequence> _sequences = [];
    private readonly Dictionary<string, Sequence> _current = [];
    private readonly HashSet<string> _speaksNoPlain = [];

    /// <summary>Takes lines for people: journals that took another's place, numbers settled elsewhere.</summary>
    public Action<string>? Announce { get; init; }

    /// <summary>Highest number of the device's present journal up to which all is settled; 0 for a stranger.</summary>
    public long SettledOf(string device) =>
        _current.TryGetValue(device, out Sequence? known) ? known.Progress.Settled : 0;

    /// <summary>What to tell a device after this message of its.</summary>
    public Settlement SettlementOf(Arrival arrival)
    {
        Sequence? own = _sequences.GetValueOrDefault(Sequence.KeyOf(arrival.Device, arrival.Journal));
        Sequence? asked = own == null ? null : NamedOf(own) ?? own;
        bool isPlain = arrival.Journal.Length == 0 && asked?.Journal is null or ""
            && !_speaksNoPlain.Contains(arrival.Device);
        return new Settlement(arrival.Device, asked?.Journal ?? arrival.Journal, asked?.Progress.Settled ?? 0, isPlain);
    }

    /// <summary>The named journal whose early numbers a nameless sequence holds; null: none.</summary>
    private Sequence? NamedOf(Sequence sequence) =>
        sequence.Journal.Length == 0 && _current.TryGetValue(sequence.Device, out Sequence? current)
            && current.From > 1 ? current : null;

    private void Settle(Sequence sequence, long acknowledged, NumberRange numbers, IIntakeTransaction transaction,
        IntakeOutcome outcome)
    {
        Progress progress = sequence.Progress;
        Sequence? named = NamedOf(sequence);

        // A device has one cursor: of a nameless sequence it can settle only the numbers below the name's.
        acknowledged = named == null ? acknowledged : Math.Min(acknowledged, named.From - 1);
        if (acknowledged > progress.Settled)
        {
            // Another head-end has these, or nobody. Marked, so that a person sees whose word it was.
            transaction.AddSettledElsewhere(new NumberRange(sequence.Id, progress.Settled + 1, acknowledged));
            outcome.Elsewhere += acknowledged - progress.Settled;
            outcome.Announcements.Add(
                $"alarm settled-elsewhere: {Sequence.KeyOf(sequence.Device, sequence.Journal)} calls numbers up to "
                + $"{acknowledged} settled, {progress.Settled} are settled here");
        }

        progress.NoteHighest(numbers.Last);
        progress.Add(1, acknowledged);
        progress.Add(numbers.First, numbers.Last);
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

    private Sequence SequenceOf(Arrival arrival, IIntakeTransaction transaction, IntakeOutcome outcome)
    {
        // A will names no journal: it is of the connection, whatever that was of.
        if (arrival is StatusArrival { Online: false } && _current.TryGetValue(arrival.Device, out Sequence? present))
        {
            return present;
        }

        string key = Sequence.KeyOf(arrival.Device, arrival.Journal);
        if (!_sequences.TryGetValue(key, out Sequence? sequence))
        {
            sequence = Add(arrival, key, transaction, outcome);
        }

        // A birth says which journal is the present one. A record of an older one may come late, one of a new one
        // early.
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

    private Sequence Add(Arrival arrival, string key, IIntakeTransaction transaction, IntakeOutcome outcome)
    {
        long deviceId = _current.TryGetValue(arrival.Device, out Sequence? before)
            ? before.DeviceId : transaction.AddDevice(arrival.Device, UtcNow().ToUnixTimeSeconds());
        Sequence sequence = new(
            transaction.AddJournal(deviceId, arrival.Journal), deviceId, arrival.Device, arrival.Journal);
        _sequences[key] = sequence;
        if (before != null && before.Progress.IsBegun)
        {
            // Only a nameless journal gets a name. One that had a name has lost it, whatever the new one says of
            // earlier numbers.
            bool isNamed = arrival is StatusArrival { JournalFrom: > 1 } && before.Journal.Length == 0;
            outcome.Replaced += isNamed ? 0 : 1;
            outcome.Announcements.Add(isNamed
                ? $"{arrival.Device}: its journal is named {arrival.Journal} from number "
                    + $"{((StatusArrival)arrival).JournalFrom} on"
                : $"alarm journal-replaced: {arrival.Device}: journal '{arrival.Journal}' in the place of "
                    + $"'{before.Journal}', which is settled up to {before.Progress.Settled}; "
                    + "its numbers are a sequence of their own");
        }

        MakeCurrent(sequence, transaction);
        return sequence;
    }

    private void MakeCurrent(Sequence sequence, IIntakeTransaction transaction)
    {
        _current[sequence.Device] = sequence;
        transaction.MakeCurrent(sequence.DeviceId, sequence.Id);
    }

    private void TakeStatus(
        Sequence sequence, StatusArrival status, IIntakeTransaction transaction, long nowUtcSeconds)
    {
        sequence.Progress.NoteNext(status.Next);
        if (status.Online)
        {
            _ = status.Protocol.Length > 0
                ? _speaksNoPlain.Add(status.Device) : _speaksNoPlain.Remove(status.Device);
        }

        transaction.UpdateStatus(sequence.DeviceId, sequence.Id, status, nowUtcSeconds);
    }

    private void Load()
    {
        _sequences.Clear();
        _current.Clear();
        _speaksNoPlain.Clear();
        Dictionary<long, Sequence> byId = [];
        foreach (JournalRow row in _store.Journals())
        {
            Sequence sequence = new(row.Id, row.DeviceId, row.Device, row.Name) { From = row.FirstNumber };
            sequence.Progress.Add(1, row.Settled);
            sequence.Progress.NoteNext(row.Next);
            sequence.Progress.NoteHighest(Math.Max(row.Highest, row.Settled));
            _sequences[Sequence.KeyOf(row.Device, row.Name)] = sequence;
            byId[sequence.Id] = sequence;
            if (row.IsCurrent)
            {
                _current[sequence.Device] = sequence;
                _ = row.Protocol.Length > 0 && _speaksNoPlain.Add(sequence.Device);
            }
        }

        foreach (NumberRange range in _store.Ahead())
        {
            byId[range.JournalId].Progress.Add(range.First, range.Last);
            byId[range.JournalId].Progress.NoteHighest(range.Last);
        }

        _isLoaded = true;
    }
}
