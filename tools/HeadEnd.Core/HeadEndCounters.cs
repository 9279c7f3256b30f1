namespace MeterFirmware.Tools.HeadEnds;

/// <summary>What a head-end did since it was made; read at any time from any thread.</summary>
public sealed class HeadEndCounters
{
    internal long ReceivedCount;
    internal long StoredCount;
    internal long DeliveredAgainCount;
    internal long RefusedCount;
    internal long ConflictsCount;
    internal long AcknowledgementsCount;
    internal long AcknowledgementsRefusedCount;
    internal long BatchesCount;
    internal long ReconnectsCount;
    internal long FailedCount;
    internal long OverflowedCount;
    internal long JournalsReplacedCount;
    internal long SettledElsewhereCount;
    internal long ExpiredCount;

    /// <summary>Record and gap messages taken in.</summary>
    public long Received => Interlocked.Read(ref ReceivedCount);

    /// <summary>Records stored.</summary>
    public long Stored => Interlocked.Read(ref StoredCount);

    /// <summary>Records that came although they were stored already: QoS 1 and resends do that.</summary>
    public long DeliveredAgain => Interlocked.Read(ref DeliveredAgainCount);

    /// <summary>Messages that were not what the schema says, or said what cannot be: <see cref="HeadEnd.Refusals"/>
    /// names them.</summary>
    public long Refused => Interlocked.Read(ref RefusedCount);

    /// <summary>Records that differ from the one stored before under their number: kept apart, each once, nothing
    /// overwritten.</summary>
    public long Conflicts => Interlocked.Read(ref ConflictsCount);

    /// <summary>Acknowledgements published.</summary>
    public long Acknowledgements => Interlocked.Read(ref AcknowledgementsCount);

    /// <summary>Acknowledgements that their devices refused: signed with another key, or not signed where they must be.
    /// <see cref="HeadEnd.Refusals"/> names the devices; their records stay where they are and come again.</summary>
    public long AcknowledgementsRefused => Interlocked.Read(ref AcknowledgementsRefusedCount);

    /// <summary>Transactions committed.</summary>
    public long Batches => Interlocked.Read(ref BatchesCount);

    /// <summary>Connections made after the first.</summary>
    public long Reconnects => Interlocked.Read(ref ReconnectsCount);

    /// <summary>Journals that took the place of another one under the same address: replaced boards, wiped
    /// storage.</summary>
    public long JournalsReplaced => Interlocked.Read(ref JournalsReplacedCount);

    /// <summary>Numbers that a device called settled although this head-end never settled them: another head-end's
    /// word, or a forged one. They are marked, and asked for with <see cref="HeadEnd.QueryAsync"/>.</summary>
    public long SettledElsewhere => Interlocked.Read(ref SettledElsewhereCount);

    /// <summary>Records that came when their month was already removed: acknowledged and not kept.</summary>
    public long Expired => Interlocked.Read(ref ExpiredCount);

    /// <summary>Messages over which a callback of the owner's threw: taken, and not handled.</summary>
    public long Failed => Interlocked.Read(ref FailedCount);

    /// <summary>Messages let go because the queue for the store was full; their devices send them again.</summary>
    public long Overflowed => Interlocked.Read(ref OverflowedCount);
}
