namespace MeterFirmware.Charging;

/// <summary>
/// Price of each planning slot from now on, in millionths of the currency per kWh (negative is allowed), in a ring
/// sized at start. A slot whose price is missing counts as the dearest known one: a plan prefers the known cheap hours
/// and never waits for an hour of which nothing is known.
/// </summary>
public sealed class PriceHorizon
{
    private readonly int[] _priceMicros;
    private readonly int[] _slot;

    public PriceHorizon(int slots)
    {
        _priceMicros = new int[slots];
        _slot = new int[slots];
        for (int i = 0; i < slots; i++)
        {
            _slot[i] = -1;
        }
    }

    public int Slots => _priceMicros.Length;

    /// <summary>Dearest known price at or after the slot given to <see cref="Prepare"/>; 0 when none is
    /// known.</summary>
    public int DearestMicros { get; private set; }

    /// <summary>Stores the price of an absolute slot (0 or above); it replaces the slot one horizon earlier.</summary>
    public void Set(int slot, int priceMicros)
    {
        int at = slot % _slot.Length;
        _slot[at] = slot;
        _priceMicros[at] = priceMicros;
    }

    public bool IsKnown(int slot) => _slot[slot % _slot.Length] == slot;

    /// <summary>Finds the dearest known price of the horizon that starts at a slot; call before reading.</summary>
    public void Prepare(int nowSlot)
    {
        bool any = false;
        DearestMicros = 0;
        for (int i = 0; i < _slot.Length; i++)
        {
            if (_slot[i] >= nowSlot && (!any || _priceMicros[i] > DearestMicros))
            {
                any = true;
                DearestMicros = _priceMicros[i];
            }
        }
    }

    /// <summary>Price of an absolute slot, or the dearest known one.</summary>
    public int At(int slot)
    {
        int at = slot % _slot.Length;
        return _slot[at] == slot ? _priceMicros[at] : DearestMicros;
    }
}
