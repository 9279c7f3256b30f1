namespace MeterFirmware.Storage;

/// <summary>What a journal found when it opened its store: one object, filled once.</summary>
public sealed class JournalReport
{
    /// <summary>Blocks that hold records.</summary>
    public int BlocksWithRecords { get; internal set; }

    public int Records { get; internal set; }

    /// <summary>Bytes in blocks that belong to no whole record, old and new.</summary>
    public int CutBytes { get; internal set; }

    /// <summary>Writes that power cut short: never confirmed to anybody, so nothing is lost by cutting them.</summary>
    public int TornTails { get; internal set; }

    /// <summary>Places where written bytes are no longer what was written.</summary>
    public int DamagedPlaces { get; internal set; }

    /// <summary>Blocks whose header is damaged; their records were taken by their own checks.</summary>
    public int DamagedHeaders { get; internal set; }

    /// <summary>Blocks that could not be read at all, or hold nothing valid.</summary>
    public int UnreadableBlocks { get; internal set; }

    /// <summary>Numbers above the acknowledged cursor that are missing and were not yet reported by a gap
    /// record.</summary>
    public int NewlyMissing { get; internal set; }

    /// <summary>Evictions that power had cut between recording the gap and erasing, completed now.</summary>
    public int CompletedEvictions { get; internal set; }

    public bool IsClean => DamagedPlaces == 0 && DamagedHeaders == 0 && UnreadableBlocks == 0 && NewlyMissing == 0;

    internal void Clear()
    {
        BlocksWithRecords = 0;
        Records = 0;
        CutBytes = 0;
        TornTails = 0;
        DamagedPlaces = 0;
        DamagedHeaders = 0;
        UnreadableBlocks = 0;
        NewlyMissing = 0;
        CompletedEvictions = 0;
    }
}
