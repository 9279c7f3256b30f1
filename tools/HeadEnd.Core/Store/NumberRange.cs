namespace MeterFirmware.Tools.HeadEnds;

/// <summary>Numbers of a journal from first to last.</summary>
public sealed record NumberRange(long JournalId, long First, long Last);
