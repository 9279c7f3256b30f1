namespace MeterFirmware.Charging;

/// <summary>
/// How much energy a sum of money buys until the departure, the cheapest slots first: what a session with a cost limit
/// can be planned for. Price by price, a few slots a call.
/// </summary>
public sealed class CostBudget
{
    // Millionths a kWh times Wh in a ten-thousandth of the currency.
    private const long MillionthWattHoursPerTenThousandth = 100_000;

    // More buys everything, and a product stays within 63 bits.
    private const long CostMax = 1_000_000_000_000;

    private readonly PriceHorizon _prices;
    private int _firstSlot;
    private int _endSlot;
    private int _slot;
    private int _slotsAtPrice;
    private int _price;
    private int _nextPrice;
    private bool _isFirst;
    private long _costLeft;
    private int _slotWattHours;

    public CostBudget(PriceHorizon prices)
    {
        _prices = prices;
    }

    /// <summary>What can be bought, Wh; valid once <see cref="Step"/> was true.</summary>
    public long WattHours { get; private set; }

    /// <summary>Begins anew.</summary>
    /// <param name="endSlot">First slot in which the vehicle is gone.</param>
    /// <param name="slotWattHours">Energy of a slot at full current.</param>
    /// <param name="cost">Ten-thousandths of the currency.</param>
    public void Begin(int nowSlot, int endSlot, int slotWattHours, long cost)
    {
        _firstSlot = nowSlot;
        _endSlot = endSlot < nowSlot + _prices.Slots ? endSlot : nowSlot + _prices.Slots;
        _endSlot = _endSlot > nowSlot ? _endSlot : nowSlot + 1;
        _slotWattHours = slotWattHours;
        _costLeft = cost < CostMax ? cost : CostMax;
        _isFirst = true;
        _nextPrice = int.MaxValue;
        WattHours = 0;
        BeginPrice();
    }

    /// <summary>Looks at so many slots. True: <see cref="WattHours"/> stands.</summary>
    public bool Step(int slotsMax)
    {
        for (int i = 0; i < slotsMax; i++)
        {
            if (_slot == _endSlot && !TryNextPrice())
            {
                return true;
            }

            if (_prices.IsKnown(_slot))
            {
                Look(_prices.At(_slot));
            }

            _slot++;
        }

        return false;
    }

    private void Look(int price)
    {
        if (!_isFirst && price == _price)
        {
            _slotsAtPrice++;
        }
        else if ((_isFirst || price > _price) && price < _nextPrice)
        {
            _nextPrice = price;
        }
    }

    // Buys what the price that was gone through offers. False: the money is spent, or nothing dearer is left.
    private bool TryNextPrice()
    {
        if (!_isFirst)
        {
            long offered = (long)_slotsAtPrice * _slotWattHours;
            long affordable = _price <= 0 ? offered : _costLeft * MillionthWattHoursPerTenThousandth / _price;
            WattHours += affordable < offered ? affordable : offered;
            if (affordable < offered)
            {
                return false;
            }

            _costLeft -= offered * _price / MillionthWattHoursPerTenThousandth;
        }

        if (_nextPrice == int.MaxValue)
        {
            return false;
        }

        _isFirst = false;
        _price = _nextPrice;
        _nextPrice = int.MaxValue;
        BeginPrice();
        return true;
    }

    private void BeginPrice()
    {
        _slot = _firstSlot;
        _slotsAtPrice = 0;
    }
}
