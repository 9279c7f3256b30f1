using MeterFirmware.Basics;
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
    private readonly CivilTime _date = new CivilTime();
    private readonly int _slotSeconds;
    private long _nextSlot = -1;
    private long _slot = -1;
    private int _tier;
    private int _listVersion;

    /// <param name="tariff">A cursor for this alone: it runs a day ahead of the meter's.</param>
    public TariffHorizon(PriceHorizon prices, TariffSets tariff, int slotSeconds)
    {
        _prices = prices;
        _tariff = tariff;
        _slotSeconds = slotSeconds;
    }

    /// <summary>Local time less UTC in the present slot.</summary>
    public int OffsetSeconds { get; private set; }

    /// <summary>Whether the present local day, and the one after it, are rest days of the tariff.</summary>
    public bool IsRestDay { get; private set; }

    public bool IsRestTomorrow { get; private set; }

    /// <summary>What the driver lets a kilogram of CO2 count beside the price, millionths of the currency; 0 = only
    /// money.</summary>
    public int CarbonMicrosPerKilogram { get; set; }

    /// <summary>Emission factor of each local hour, g/kWh. With one value all day carbon changes no plan.</summary>
    public int[] GramsPerKwh { get; } = new int[HourCount];

    /// <summary>Another tariff. False: it has more rates or tiers than there is room for; nothing changed.</summary>
    public bool TryUse(TariffTable tariff)
    {
        if (!_tariff.TryReplace(tariff, out string _))
        {
            return false;
        }

        Renew();
        return true;
    }

    /// <summary>Plans by the day-ahead lists and announced days of the device.</summary>
    public void Share(TariffSets other) => _tariff.Share(other);

    /// <summary>Everything is looked up again, e.g. because a weight changed.</summary>
    public void Renew() => _nextSlot = -1;

    /// <summary>Looks up the next slots. True: the horizon from now on is filled.</summary>
    /// <param name="tier">Tier that the consumption has reached, from 0.</param>
    public bool Tick(long utcSeconds, int tier)
    {
        long now = utcSeconds / _slotSeconds;
        if (tier != _tier || _tariff.ListVersion != _listVersion || _nextSlot < now || _nextSlot > now + _prices.Slots)
        {
            // Also after a step of the clock, either way.
            _tier = tier;
            _listVersion = _tariff.ListVersion;
            _nextSlot = now;
        }

        if (now != _slot)
        {
            _slot = now;
            SetDay(now * _slotSeconds);
        }

        for (int i = 0; i < SlotsPerTick && _nextSlot < now + _prices.Slots; i++)
        {
            LookUp(_nextSlot);
            _nextSlot++;
        }

        return _nextSlot == now + _prices.Slots;
    }

    // The cursor is a day ahead, maybe beyond a change of the offset.
    private void SetDay(long utcSeconds)
    {
        TariffTable seasons = _tariff.InForce(TariffPart.Seasons);
        OffsetSeconds = seasons.OffsetSecondsAt(utcSeconds);
        _date.Set(utcSeconds + OffsetSeconds);
        IsRestDay = seasons.Schedule.IsRestDay(_date);
        _date.Set(utcSeconds + OffsetSeconds + CivilTime.SecondsPerDay);
        IsRestTomorrow = seasons.Schedule.IsRestDay(_date);
    }

    private void LookUp(long slot)
    {
        long utc = slot * _slotSeconds;
        _tariff.Seek(utc);
        long price = _tariff.ImportPrice(_tier) + _tariff.InForce(TariffPart.Prices).ServiceFee(_tariff.Rate);
        if (CarbonMicrosPerKilogram > 0)
        {
            int hour = (int)((utc + _tariff.OffsetSeconds) / HourSeconds % HourCount);
            price += (long)GramsPerKwh[hour] * CarbonMicrosPerKilogram / 1000;
        }

        _prices.Set((int)slot, price > int.MaxValue ? int.MaxValue : price < int.MinValue ? int.MinValue : (int)price);
    }
}
