namespace MeterFirmware.Tools.HeadEnds.Intake;

/// <summary>
/// Takes batches into a store: one transaction a batch, so that what was acknowledged survives a power cut. Knows which
/// numbers are settled. Used from one thread at a time: the owner locks.
/// </summary>
internal sealed partial class RecordIntake
{
    /// <summary>Most months that records can be kept, beside the running one.</summary>
    public const int RetentionMonthsMax = 1_200;

    private readonly IHeadEndStore _store;
    private readonly int _retentionMonths;
    private bool _isLoaded;

    public RecordIntake(IHeadEndStore store)
    {
        _store = store;
        Load();
    }

    /// <summary>The clock that arrivals are stamped with, UTC.</summary>
    public Func<DateTimeOffset> UtcNow { get; init; } = () => DateTimeOffset.UtcNow;

    /// <summary>Whole months that records are kept, beside the running one; 0: for ever.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 0 or above <see cref="RetentionMonthsMax"/>: every
    /// record would be too old.</exception>
    public int RetentionMonths
    {
        get => _retentionMonths;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(RetentionMonths));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, RetentionMonthsMax, nameof(RetentionMonths));
            _retentionMonths = value;
        }
    }

    /// <summary>Begin of the first month that is kept; 0: everything is.</summary>
    public long HorizonUtcSeconds
    {
        get
        {
            DateTimeOffset now = UtcNow();
            return RetentionMonths == 0 ? 0
                : new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(-RetentionMonths)
                    .ToUnixTimeSeconds();
        }
    }

    /// <summary>Stores a batch in one transaction, durable when this returns. What cannot be is refused and the rest
    /// stored. Throws what the store throws when nothing can be stored now: <see
    /// cref="IHeadEndStore.IsUnavailable"/>.</summary>
    /// <param name="batch">In the order of arrival.</param>
    /// <param name="counters">Counted when durable.</param>
    /// <param name="refusals">Told what was refused; null: only counted.</param>
    public void Store(IReadOnlyList<Arrival> batch, HeadEndCounters counters, Refusals? refusals = null)
    {
        try
        {
            StoreAll(batch).Tell(counters, refusals, Announce);
        }
        catch (Exception e)
        {
            // What was rolled back must not be taken for stored.
            _isLoaded = false;
            if (_store.IsUnavailable(e))
            {
                throw;
            }

            StoreSingly(batch, counters, refusals, e);
        }
    }

    /// <summary>Removes what is older than the retention.</summary>
    /// <returns>How many records.</returns>
    public long RemoveExpired() => RetentionMonths == 0 ? 0 : _store.RemoveBefore(HorizonUtcSeconds);

    /// <summary>A message that the store cannot take must not hold the others up, nor come again and again.</summary>
    private void StoreSingly(
        IReadOnlyList<Arrival> batch, HeadEndCounters counters, Refusals? refusals, Exception cause)
    {
        if (batch.Count > 1)
        {
            foreach (Arrival arrival in batch)
            {
                Store([arrival], counters, refusals);
            }
        }
        else if (batch is [RecordArrival { Problem: null } record])
        {
            // Set apart and settled: a device that had to keep it would hold all that follows back too.
            Store([record with { Problem = $"the store does not take it: {cause.Message}" }], counters, refusals);
        }
        else if (batch.Count == 1)
        {
            // Not stored, so it must not be acknowledged: what it settled in memory is forgotten at once.
            Load();
            Interlocked.Increment(ref counters.RefusedCount);
            refusals?.Add(batch[0].Device, $"not stored: {cause.Message}");
        }
    }

    private IntakeOutcome StoreAll(IReadOnlyList<Arrival> batch)
    {
        IntakeOutcome outcome = new();
        HashSet<Sequence> touched = [];
        List<RecordRow> rows = [];
        long nowUtcSeconds = UtcNow().ToUnixTimeSeconds();
        using IIntakeTransaction transaction = _store.Begin();
        if (!_isLoaded || transaction.IsFirst)
        {
            Load();
        }

        foreach (Arrival arrival in batch)
        {
            Sequence sequence = SequenceOf(arrival, transaction, outcome);
            touched.Add(sequence);
            switch (arrival)
            {
                case RecordArrival record:
                    TakeRecord(sequence, record, transaction, rows, outcome);
                    break;
                case GapArrival gap:
                    TakeGap(sequence, gap, transaction, outcome);
                    break;
                case StatusArrival status:
                    TakeStatus(sequence, status, transaction, nowUtcSeconds);
                    break;
            }

            if (NamedOf(sequence) is { } named)
            {
                touched.Add(named);
            }
        }

        AddRows(rows, transaction, nowUtcSeconds, outcome);
        transaction.Settle([.. touched.Select(sequence =>
            new JournalProgress(sequence.Id, sequence.Progress.Settled, nowUtcSeconds))]);
        transaction.Commit();
        return outcome;
    }

    private void TakeRecord(Sequence sequence, RecordArrival record, IIntakeTransaction transaction,
        List<RecordRow> rows, IntakeOutcome outcome)
    {
        Progress progress = sequence.Progress;
        if (progress.Problem(record.Number, record.Acknowledged, isGap: false) is { } problem)
        {
            outcome.Refused.Add((record.Device, problem));
            return;
        }

        if (record.Problem is { } impossible)
        {
            // Kept for a person and settled: a device that held it back would hold all that follows back too.
            transaction.AddQuarantine(sequence.Id, record.Number, impossible, record.Body);
            outcome.Refused.Add((record.Device, $"record {record.Number} set apart: {impossible}"));
        }
        else if (record.IsTimed && record.StartUtc < HorizonUtcSeconds)
        {
            // Its month is gone from the store; its device must not hold it for ever.
            outcome.Expired++;
        }
        else
        {
            rows.Add(new RecordRow(sequence.Id, record, progress.IsKnown(record.Number)));
        }

        Settle(sequence, record.Acknowledged, new NumberRange(sequence.Id, record.Number, record.Number),
            transaction, outcome);
    }

    private static void AddRows(
        List<RecordRow> rows, IIntakeTransaction transaction, long nowUtcSeconds, IntakeOutcome outcome)
    {
        if (rows.Count == 0)
        {
            return;
        }

        RecordsAdded added = transaction.AddRecords(rows, nowUtcSeconds);
        outcome.Stored = added.Stored;
        outcome.Again = rows.Count - added.Stored;
        foreach (int place in added.Differing)
        {
            // Two devices of one name, or a device before 1.1 whose storage was replaced: a person must see both
            // records, once.
            RecordRow row = rows[place];
            outcome.Conflicts +=
                transaction.TryAddConflict(row.JournalId, row.Record.Number, row.Record.Body) ? 1 : 0;
        }
    }

    private void TakeGap(Sequence sequence, GapArrival gap, IIntakeTransaction transaction, IntakeOutcome outcome)
    {
        if (sequence.Progress.Problem(gap.Last, gap.Acknowledged, isGap: true) is { } problem)
        {
            outcome.Refused.Add((gap.Device, problem));
            return;
        }

        NumberRange numbers = new(sequence.Id, gap.First, gap.Last);
        transaction.AddGap(numbers, gap.Reason);
        Settle(sequence, gap.Acknowledged, numbers, transaction, outcome);
    }
}
