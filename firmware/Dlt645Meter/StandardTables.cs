using MeterFirmware.Dlt645;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Dlt645Meter;

/// <summary>
/// What of a tariff the tables of DL/T 645-2007 can carry. What they cannot is neither read nor written through them:
/// a master that reads half a tariff takes it for the whole, and a write would lose the other half.
/// </summary>
internal static class StandardTables
{
    private const int Saturday = 6;

    /// <summary>Monday to Friday have one table, Saturday and Sunday have one.</summary>
    public static bool CarriesWeek(DaySchedule schedule)
    {
        bool isCarried = true;
        for (int season = 0; season < schedule.SeasonCount; season++)
        {
            for (int day = 2; day < Saturday; day++)
            {
                isCarried &= schedule.SeasonTable(season, day) == schedule.SeasonTable(season, 1);
            }

            isCarried &= schedule.SeasonTable(season, 0) == schedule.SeasonTable(season, Saturday);
        }

        return isCarried;
    }

    /// <summary>At most 8 tables of 14 periods; to the minute, which hhmmNN can say.</summary>
    public static bool CarriesDays(DaySchedule schedule)
    {
        bool isCarried = schedule.DayTableCount <= TariffLimits.StandardDayTableCountMax;
        for (int table = 0; table < schedule.DayTableCount; table++)
        {
            isCarried &= schedule.PeriodCount(table) <= TariffLimits.StandardPeriodCountMax;
        }

        return isCarried;
    }

    /// <summary>A holiday is one date.</summary>
    public static bool CarriesHolidays(DaySchedule schedule) => HolidayDays(schedule) <= TariffLimits.HolidayCountMax;

    /// <summary>Days of all spans.</summary>
    public static int HolidayDays(DaySchedule schedule)
    {
        int days = 0;
        for (int span = 0; span < schedule.HolidayCount; span++)
        {
            days += schedule.HolidayDays(span);
        }

        return days;
    }

    /// <summary>One price a rate, all year, not below 0.</summary>
    public static bool CarriesPrices(TariffTable prices) => prices.PriceSeasonCount == 1 && !prices.HasNegativePrice;

    /// <summary>One ladder all year, counted over months or calendar years.</summary>
    public static bool CarriesTiers(TariffTable tiers) =>
        tiers.ThresholdSeasonCount == 1 && tiers.TierPeriod <= TierPeriod.Year && tiers.TierStartMonth == 1;

    /// <summary>Error bits of a tariff that cannot be written through the tables without a loss; 0: it can.</summary>
    public static int WriteError(TariffTable seasons, TariffTable days, TariffTable prices, TariffTable tiers)
    {
        if (!CarriesWeek(seasons.Schedule) || !CarriesHolidays(seasons.Schedule) || seasons.AnnouncedCount > 0)
        {
            return Dlt645Protocol.ErrorZoneCount;
        }

        if (!CarriesDays(days.Schedule))
        {
            return Dlt645Protocol.ErrorPeriodCount;
        }

        return CarriesPrices(prices) && CarriesTiers(tiers) && prices.Discharge == null
            && !prices.HasServiceFeeByRate && prices.OccupancyFee == null && prices.ReservationFee == null
            ? 0 : Dlt645Protocol.ErrorOther;
    }
}
