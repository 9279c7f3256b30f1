using MeterFirmware.Tariffs;

namespace MeterFirmware.Charging;

/// <summary>
/// Fills the planner's prices from the tariff: time of use or day-ahead, the tier that the consumption has reached, the
/// service fee, and, if chosen, what the driver lets a kilogram of CO2 count. A few slots a tick.
/// </summary>
public sealed class TariffHorizon
{
    /// <summary>Slots looked up in a tick.</summary>
    public const int SlotsPerTick = 4;

    private const int HourCount = 24;
    private const int HourSeconds = 3600;

    private readonly PriceHorizon _prices;
    private readonly TariffSets _tariff;
    private readonly int _slotSeconds;
    private long _nextSlot = -1;
    private int _tier;

    /// <param name="tariff">A cursor for this alone: it runs a day ahead of the meter's.</param>
    public TariffHorizon(PriceHorizon prices, TariffSets tariff, int slotSeconds)
    {
        _prices = prices;
        _tariff = tariff;
        _slotSeconds = slotSeconds;
    }

    /// <summary>Local time less UTC at the slot looked up last.</summary>
    public int OffsetSeconds => _tariff.OffsetSeconds;

    /// <summary>What the driver lets a kilogram of CO2 count beside the price, millionths of the currency; 0 = only money.</summary>
    public int CarbonMicrosPerKilogram { get; set; }

    /// <summary>Emission factor of each local hour, g/kWh. With one value all day carbon changes no plan.</summary>
    public int[] GramsPerKwh { get; } = new int[HourCount];

    /// <summary>Everything is looked up again, e.g. because day-ahead prices arrived or a weight changed.</summary>
    public void Renew() => _nextSlot = -1;

    /// <summary>Looks up the next slots. True: the horizon from now on is filled.</summary>
    /// <param name="tier">Tier that the consumption has reached, from 0.</param>
    public bool Tick(long utcSeconds, int tier)
    {
        long now = utcSeconds / _slotSeconds;
        if (tier != _tier || _nextSlot < now || _nextSlot > now + _prices.Slots)
        {
            // Also after a step of the clock, either way.
            _tier = tier;
            _nextSlot = now;
        }

        for (int i = 0; i < SlotsPerTick && _nextSlot < now + _prices.Slots; i++)
        {
            LookUp(_nextSlot);
            _nextSlot++;
        }

        return _nextSlot == now + _prices.Slots;
    }

    private void LookUp(long slot)
    {
        long utc = slot * _slotSeconds;
        _tariff.Seek(utc);
        long price = _tariff.ImportPrice(_tier) + _tariff.InForce(TariffPart.Prices).ServiceFee;
        if (CarbonMicrosPerKilogram > 0)
        {
            int hour = (int)((utc + _tariff.OffsetSeconds) / HourSeconds % HourCount);
            price += (long)GramsPerKwh[hour] * CarbonMicrosPerKilogram / 1000;
        }

        _prices.Set((int)slot, price > int.MaxValue ? int.MaxValue : price < int.MinValue ? int.MinValue : (int)price);
    }
}
