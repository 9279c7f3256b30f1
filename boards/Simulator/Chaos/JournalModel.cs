using System;
using System.Collections.Generic;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using static MeterFirmware.Boards.Simulator.Chaos.ChaosFailure;

namespace MeterFirmware.Boards.Simulator.Chaos;

/// <summary>
/// A seeded run against a journal, and what a journal that is opened on the same bytes must then hold: what was
/// confirmed, what the head-end acknowledged, nothing twice, nothing missing without a gap record.
/// </summary>
public sealed class JournalModel
{
    public const int PayloadBytesMax = 64;

    private readonly Dictionary<long, int> _itemOfNumber = [];
    private readonly Random _random;
    private readonly byte[] _payload = new byte[PayloadBytesMax];
    private readonly byte[] _read = new byte[PayloadBytesMax];
    private readonly byte[] _expected = new byte[PayloadBytesMax];
    private readonly int _seed;
    private string _identity;
    private int _nextItem;
    private int _outageLeft;
    private long _cursorFloor;

    public JournalModel(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
    }

    /// <summary>The highest number that a head-end acknowledged.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>The highest number that was confirmed.</summary>
    public long NumberMax { get; private set; }

    /// <summary>The record whose append has not returned yet; −1 between appends.</summary>
    public int PendingItem { get; private set; } = -1;

    public static JournalLayout Layout()
    {
        JournalLayout layout = new(3);
        layout.Put(RecordKind.Interval, 0);
        layout.Put(RecordKind.Bill, 0);
        layout.Put(RecordKind.Event, 1);
        layout.Keep(1, 2);
        return layout;
    }

    /// <summary>Opens as a device does at every start:
    /// with another identity in hand, for the case that the store has none.</summary>
    public static Journal OpenJournal(FaultyBlockStore store)
    {
        Journal journal = new(store, Layout(), PayloadBytesMax);
        journal.Open(1, JournalIdentity.Make(new HostEntropy()));
        return journal;
    }

    /// <summary>Appends one record; now and then the head-end acknowledges, or is away for long.</summary>
    public bool Step(Journal journal)
    {
        _identity ??= journal.Identity;
        Require(journal.Identity == _identity, "the journal changed its identity");
        PendingItem = _nextItem++;
        int count = Fill(PendingItem, _payload, out int kind);
        bool isStored = journal.TryAppend(kind, _payload, 0, count, out long number);
        if (isStored)
        {
            Require(number > NumberMax, $"number {number} after {NumberMax}");
            _itemOfNumber.Add(number, PendingItem);
            NumberMax = number;
        }

        if (!isStored)
        {
            return false;
        }

        PendingItem = -1;
        AcknowledgeSometimes(journal);
        return true;
    }

    /// <summary>After a power cut: whether the record in flight made it is learned from the journal, as a product
    /// does.</summary>
    public void ForgetPending(Journal journal)
    {
        if (PendingItem < 0)
        {
            return;
        }

        for (long at = NumberMax + 1; journal.TryFind(at, out long number); at = number + 1)
        {
            Require(journal.TryRead(number, _read, out int _, out int kind),
                $"number {number} was found and cannot be read");
            if (kind != RecordFormat.GapKind && BitConverter.ToInt32(_read, 0) == PendingItem)
            {
                _itemOfNumber.Add(number, PendingItem);
                NumberMax = number;
            }
        }

        PendingItem = -1;
    }

    /// <summary>Checks a journal that was opened on this run's bytes, perhaps in the middle of a write.</summary>
    public void Check(Journal journal, bool mayBeDamaged = false)
    {
        Require(journal.NextNumber > NumberMax, "a number would be given out twice");
        Require(journal.AcknowledgedNumber <= Acknowledged, "acknowledged what nobody acknowledged");

        // None: damage took every copy and the journal was opened without another one.
        // Another one is never taken silently.
        Require(_identity == null || journal.Identity == _identity || (mayBeDamaged && journal.Identity == null),
            $"identity {journal.Identity} in the place of {_identity}");
        Require(journal.Identity == null || journal.IdentityFrom == 1, "records lost their journal's name");
        if (!mayBeDamaged)
        {
            Require(journal.Report.NewlyMissing == 0, "a power cut alone loses nothing");
            Require(journal.AcknowledgedNumber >= _cursorFloor, "the cursor fell far back");
        }

        List<(long First, long Last)> gaps = [];
        HashSet<int> seenItems = [];
        SortedSet<long> readable = [];
        for (long at = 1; journal.TryFind(at, out long number); at = number + 1)
        {
            Require(journal.TryRead(number, _read, out int count, out int kind),
                $"number {number} was found and cannot be read");
            readable.Add(number);
            if (kind == RecordFormat.GapKind)
            {
                gaps.Add((GapRecord.FirstOf(_read, 0), GapRecord.LastOf(_read, 0)));
                continue;
            }

            int item = BitConverter.ToInt32(_read, 0);
            Require(seenItems.Add(item), $"item {item} is there twice");
            int expectedCount = Fill(item, _expected, out int expectedKind);
            Require(expectedCount == count && expectedKind == kind, $"item {item} has another length or kind");
            Require(_expected.AsSpan(0, count).SequenceEqual(_read.AsSpan(0, count)), $"item {item} has changed");
            bool isConfirmed = _itemOfNumber.TryGetValue(number, out int confirmed) && confirmed == item;
            Require(isConfirmed || item == PendingItem, $"item {item} under number {number}");
        }

        for (long number = journal.AcknowledgedNumber + 1; number < journal.NextNumber; number++)
        {
            // Between the journal's older cursor and the head-end's, records may have given way: they are delivered.
            bool isNamed = readable.Contains(number) || gaps.Exists(gap => gap.First <= number && number <= gap.Last);
            Require(isNamed, $"number {number} is missing and no gap names it");
        }
    }

    private void AcknowledgeSometimes(Journal journal)
    {
        if (_outageLeft > 0)
        {
            _outageLeft--;
            return;
        }

        if (_random.Next(200) == 0)
        {
            _outageLeft = _random.Next(400);
        }

        if (_random.Next(3) == 0 && NumberMax > Acknowledged)
        {
            long upTo = NumberMax - _random.Next((int)Math.Min(5, NumberMax - Acknowledged));
            // The head-end acknowledges before the device can make that durable.
            Acknowledged = Math.Max(Acknowledged, upTo);
            journal.Acknowledge(upTo);
            _cursorFloor = Acknowledged - 40;
        }
    }

    /// <summary>An item's bytes and kind are a function of the seed and the item, so that any copy can be
    /// checked.</summary>
    private int Fill(int item, byte[] into, out int kind)
    {
        Random random = new(_seed * 31 + item);
        int draw = random.Next(10);
        kind = draw < 5 ? RecordKind.Interval : draw < 7 ? RecordKind.Event : 100;
        int count = 4 + random.Next(PayloadBytesMax - 3);
        random.NextBytes(into.AsSpan(0, count));
        BitConverter.TryWriteBytes(into, item);
        return count;
    }
}
