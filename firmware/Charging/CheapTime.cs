namespace MeterFirmware.Charging;

/// <summary>Counts the time until an end at prices up to one, a few slots a tick.</summary>
public sealed class CheapTime
{
    private readonly PriceHorizon _prices;
    private readonly int _slotSeconds;
    private int _priceMicrosMax;
    private int _now = -1;
    private int _end = -1;
    private int _next;
    private int _counted;
    private bool _isDone;

    public CheapTime(PriceHorizon prices, int slotSeconds)
    {
        _prices = prices;
        _slotSeconds = slotSeconds;
    }

    /// <summary>Seconds from the next slot on to the end whose price is known and low enough. While it counts: what it
    /// was before the slot changed; 0 when the end came nearer or the price is another one.</summary>
    public int Seconds { get; private set; }

    /// <summary>Counts the next slots.</summary>
    /// <param name="nowSlot">The present slot, which does not count.</param>
    /// <param name="endSlot">The slot of the end, which does not count.</param>
    /// <param name="slotsMax">Most slots looked up in this call.</param>
    public void Step(int priceMicrosMax, int nowSlot, int endSlot, int slotsMax)
    {
        endSlot = endSlot < nowSlot + _prices.Slots ? endSlot : nowSlot + _prices.Slots;
        if (priceMicrosMax != _priceMicrosMax || nowSlot != _now || endSlot != _end)
        {
            bool stands = priceMicrosMax == _priceMicrosMax && endSlot >= _end && nowSlot >= _now;
            Seconds = stands ? Seconds : 0;
            _priceMicrosMax = priceMicrosMax;
            _now = nowSlot;
            _end = endSlot;
            _next = nowSlot + 1;
            _counted = 0;
            _isDone = false;
        }

        for (int i = 0; i < slotsMax && _next < _end; i++)
        {
            _counted += _prices.IsKnown(_next) && _prices.At(_next) <= priceMicrosMax ? _slotSeconds : 0;
            _next++;
        }

        if (!_isDone && _next >= _end)
        {
            Seconds = _counted;
            _isDone = true;
        }
    }
}
