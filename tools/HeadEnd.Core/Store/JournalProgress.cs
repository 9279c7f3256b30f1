namespace MeterFirmware.Tools.HeadEnds.Store;

/// <summary>How far a journal has come with a batch.</summary>
public sealed record JournalProgress(long JournalId, long Settled, long SeenUtcSeconds);
