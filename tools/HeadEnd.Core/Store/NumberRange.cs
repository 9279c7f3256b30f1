namespace MeterFirmware.Tools.HeadEnds.Store;

/// <summary>Numbers of a journal from first to last.</summary>
public sealed record NumberRange(long JournalId, long First, long Last);
