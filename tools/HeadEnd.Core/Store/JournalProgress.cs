namespace MeterFirmware.Tools.HeadEnds;

/// <summary>How far a journal has come with a batch.</summary>
public sealed record JournalProgress(long JournalId, long Settled, long SeenUtcSeconds);
