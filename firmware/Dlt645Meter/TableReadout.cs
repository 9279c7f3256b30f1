using MeterFirmware.Basics;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Dlt645Meter;

/// <summary>Zone, day and holiday tables, prices and tiers in the digits of the protocol. A table that is shorter than
/// the protocol's block repeats its last entry.</summary>
internal sealed class TableReadout
{
    private readonly CivilTime _time = new CivilTime();

    /// <summary>MMDDNN of a zone; NN is the weekday's day table, from 1.</summary>
    public static long Zone(TariffTable seasons, int index)
    {
        int last = seasons.SeasonCount - 1;
        int i = index < last ? index : last;
        return seasons.SeasonStart(i) * 100L + seasons.SeasonTable(i, false) + 1;
    }

    /// <summary>hhmmNN of a period; NN is the rate, from 1. False: no such day table.</summary>
    public static bool TryPeriod(TariffTable days, int table, int index, out long value)
    {
        value = 0;
        if (table >= days.DayTableCount)
        {
            return false;
        }

        int last = days.PeriodCount(table) - 1;
        int i = index < last ? index : last;
        int minutes = days.PeriodStart(table, i) * TariffLimits.PeriodGridMinutes;
        value = (minutes / 60 * 100 + minutes % 60) * 100L + days.PeriodRate(table, i) + 1;
        return true;
    }

    /// <summary>YYMMDDNN of a holiday. False: there are fewer.</summary>
    public bool TryHoliday(TariffTable seasons, int index, out long value)
    {
        value = 0;
        if (index >= seasons.HolidayCount)
        {
            return false;
        }

        _time.Set(seasons.HolidayDay(index) * (long)CivilTime.SecondsPerDay);
        value = ((_time.Year % 100 * 100L + _time.Month) * 100 + _time.Day) * 100 + seasons.HolidayDayTable(index) + 1;
        return true;
    }

    /// <summary>Price of a rate (from 0), 0.0001 a kWh, rounded.</summary>
    public static bool TryPrice(TariffTable prices, int rate, out long value)
    {
        value = rate < prices.RateCount ? (prices.ImportPrice(rate) + 50) / 100 : 0;
        return rate < prices.RateCount;
    }

    /// <summary>Limit n (from 0) in 0.01 kWh. False: there are fewer.</summary>
    public static bool TryTierLimit(TariffTable tiers, int index, out long value)
    {
        bool isThere = index + 1 < tiers.TierCount;
        value = isThere ? tiers.TierFromWattHours(index + 1) / 10 : 0;
        return isThere;
    }

    /// <summary>What tier n (from 0) adds to each rate's price, 0.0001 a kWh. False: there are fewer tiers, or it is
    /// not the same for every rate, or below 0: the protocol has no place for that.</summary>
    public static bool TryTierPrice(TariffTable tiers, int tier, out long value)
    {
        value = 0;
        if (tier >= tiers.TierCount || tiers.TierCount < 2)
        {
            return false;
        }

        long add = tiers.TierAdd(tier, 0);
        bool isSame = add >= 0;
        for (int rate = 1; rate < tiers.RateCount; rate++)
        {
            isSame = isSame && tiers.TierAdd(tier, rate) == add;
        }

        value = (add + 50) / 100;
        return isSame;
    }
}
