namespace MeterFirmware.Tools.HeadEnds.Store;

/// <summary>What became of a batch of records.</summary>
/// <param name="Stored">Rows that are in the store now and were not before.</param>
/// <param name="Differing">Places in the batch of records that differ from the one stored under their number.</param>
public sealed record RecordsAdded(int Stored, IReadOnlyList<int> Differing);
