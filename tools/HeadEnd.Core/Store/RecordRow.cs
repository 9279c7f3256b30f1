namespace MeterFirmware.Tools.HeadEnds.Store;

/// <summary>A record on its way into the store.</summary>
/// <param name="JournalId">The journal that its number is of.</param>
/// <param name="Record">What it says.</param>
/// <param name="IsKnown">Its number is settled or came already: the store looks whether the record is there. False: it
/// cannot be there, and the store saves the look.</param>
public sealed record RecordRow(long JournalId, RecordArrival Record, bool IsKnown);
