namespace MeterFirmware.Tools.Generate;

/// <summary>An event.</summary>
/// <param name="Code">Its number in records: never changes.</param>
/// <param name="Name">The constant.</param>
/// <param name="Product">meter or charger: which list has it.</param>
/// <param name="Description">Sentences.</param>
/// <param name="Values">What each value of a record means. Of what lasts: at its begin.</param>
/// <param name="Worst">Unit of the worst value; only of what lasts.</param>
/// <param name="Phases">True: each phase has its own.</param>
/// <param name="Slot">First place in the event memory: never changes; none: not kept there.</param>
/// <param name="Stays">True: no command clears it.</param>
/// <param name="StatusBit">WORD.BIT of the DL/T 645 status words (annex C); word 4 stands for 4, 5, 6, one a
/// phase.</param>
/// <param name="Dlt645">Identifiers 03 tt, or 03 30 kk, that show it.</param>
/// <param name="Input">Name of the MeterInput that it watches.</param>
/// <param name="Limit">When it begins and ends.</param>
/// <param name="Bits">Bits of a value, as constants of their own.</param>
public sealed record EventEntry(int Code, string Name, string Product, string Description, string[] Values,
    string? Worst = null, bool Phases = false, int? Slot = null, bool Stays = false, string? StatusBit = null,
    string[]? Dlt645 = null, string? Input = null, LimitEntry? Limit = null, BitEntry[]? Bits = null)
{
    public bool IsLasting => Limit != null || Input != null;

    /// <summary>Values of the record in front of the import and export totals.</summary>
    public int OwnValues => Math.Max(0, Array.IndexOf(Values, "import Wh"));
}
