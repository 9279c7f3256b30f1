using MeterFirmware.Basics;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Dlt645Meter;

/// <summary>Zone, day and holiday tables, prices and tiers in the digits of the protocol. A table that is shorter than
/// the protocol's block repeats its last entry.</summary>
internal sealed class TableReadout
{
    private readonly CivilTime _time = new CivilTime();

    /// <summary>MMDDNN of a zone; NN is the weekday's day table, from 1. False: the days of a week have tables that the
    /// protocol has no place for.</summary>
    public static bool TryZone(TariffTable seasons, int index, out long value)
    {
        DaySchedule schedule = seasons.Schedule;
        int last = schedule.SeasonCount - 1;
        int i = index < last ? index : last;
        value = schedule.SeasonStart(i) * 100L + schedule.SeasonTable(i, 1) + 1;
        return StandardTables.CarriesWeek(schedule);
    }

    /// <summary>hhmmNN of a period; NN is the rate, from 1. False: no such day table, or more of them or of its periods
    /// than the protocol has.</summary>
    public static bool TryPeriod(TariffTable days, int table, int index, out long value)
    {
        DaySchedule schedule = days.Schedule;
        value = 0;
        if (table >= schedule.DayTableCount || !StandardTables.CarriesDays(schedule))
        {
            return false;
        }

        int last = schedule.PeriodCount(table) - 1;
        int i = index < last ? index : last;
        int minutes = schedule.PeriodStartMinute(table, i);
        value = (minutes / 60 * 100 + minutes % 60) * 100L + schedule.PeriodRate(table, i) + 1;
        return true;
    }

    /// <summary>YYMMDDNN of a holiday; each day of a span is one. False: there are fewer, or more than the protocol
    /// has.</summary>
    public bool TryHoliday(TariffTable seasons, int index, out long value)
    {
        DaySchedule schedule = seasons.Schedule;
        value = 0;
        if (!StandardTables.CarriesHolidays(schedule))
        {
            return false;
        }

        int span = 0;
        while (span < schedule.HolidayCount && index >= schedule.HolidayDays(span))
        {
            index -= schedule.HolidayDays(span);
            span++;
        }

        if (span == schedule.HolidayCount)
        {
            return false;
        }

        _time.Set((schedule.HolidayDay(span) + index) * (long)CivilTime.SecondsPerDay);
        value = ((_time.Year % 100 * 100L + _time.Month) * 100 + _time.Day) * 100 + schedule.HolidayDayTable(span) + 1;
        return true;
    }

    /// <summary>Price of a rate (from 0), 0.0001 a kWh, rounded. False: no such rate, or prices by season or below 0.
    /// </summary>
    public static bool TryPrice(TariffTable prices, int rate, out long value)
    {
        bool isThere = rate < prices.RateCount && StandardTables.CarriesPrices(prices);
        value = isThere ? (prices.ImportPrice(rate) + 50) / 100 : 0;
        return isThere;
    }

    /// <summary>Limit n (from 0) in 0.01 kWh. False: there are fewer.</summary>
    public static bool TryTierLimit(TariffTable tiers, int index, out long value)
    {
        bool isThere = index + 1 < tiers.TierCount && StandardTables.CarriesTiers(tiers);
        value = isThere ? tiers.TierFromWattHours(index + 1) / 10 : 0;
        return isThere;
    }

    /// <summary>What tier n (from 0) adds to each rate's price, 0.0001 a kWh. False: there are fewer tiers, or it is
    /// not the same for every rate, or below 0: the protocol has no place for that.</summary>
    public static bool TryTierPrice(TariffTable tiers, int tier, out long value)
    {
        value = 0;
        if (tier >= tiers.TierCount || tiers.TierCount < 2 || !StandardTables.CarriesTiers(tiers))
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
