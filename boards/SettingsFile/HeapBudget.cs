namespace MeterFirmware.Boards.SettingsFile;

/// <summary>What a commissioning asks of the board's heap: the parts are added up, and a sum beyond the budget is
/// refused before anything is built.</summary>
public sealed class HeapBudget
{
    private readonly int _bytesMax;
    private string _parts = "";
    private long _bytes;

    /// <param name="bytesMax">Of the board, beside packages and network; 0: more than anybody asks.</param>
    public HeapBudget(int bytesMax)
    {
        _bytesMax = bytesMax;
    }

    /// <param name="what">For the message.</param>
    /// <param name="bytesEach">See <see cref="HeapCost"/>.</param>
    public void Add(string what, int count, int bytesEach)
    {
        _parts += (_parts == "" ? "" : " + ") + count.ToString() + " " + what + " of " + bytesEach.ToString();
        _bytes += (long)count * bytesEach;
    }

    /// <summary>Null: it fits.</summary>
    public string FindProblem() => _bytesMax == 0 || _bytes <= _bytesMax ? null
        : _parts + " = " + _bytes.ToString() + " bytes of heap; this board has " + _bytesMax.ToString();
}
