namespace MeterFirmware.Tools.HeadEnds.Exports;

/// <summary>A table that can be taken out, read along a key, so that a page neither doubles nor leaves out a
/// row.</summary>
/// <param name="Name">As it is asked for.</param>
/// <param name="Columns">Names of its cells, with their units.</param>
/// <param name="Cells">What they are in SQL.</param>
/// <param name="Source">Tables that they come from.</param>
/// <param name="Time">What a period is of, UTC seconds; empty: a period makes no sense of it.</param>
/// <param name="Key">What it is ordered by, unique together.</param>
/// <param name="Reader">Who may read it: the least role.</param>
/// <param name="IsByDevice">The first part of the key is an address, and an index leads to one device's rows only: they
/// are read a device at a time.</param>
public sealed record ExportTable(
    string Name,
    IReadOnlyList<string> Columns,
    IReadOnlyList<string> Cells,
    string Source,
    string Time,
    IReadOnlyList<string> Key,
    string Reader,
    bool IsByDevice = false)
{
    /// <summary>A table as it is in the database.</summary>
    public static ExportTable Plain(string name, string columns, string time, string key, string reader)
    {
        string[] names = columns.Split(' ');
        return new ExportTable(name, names, names, name, time, key.Split(' '), reader);
    }
}
