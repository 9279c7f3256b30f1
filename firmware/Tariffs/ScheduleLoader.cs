using MeterFirmware.Basics;

namespace MeterFirmware.Tariffs;

/// <summary>Checks the day tables, seasons and holidays of a compiled table, which are then read in place.</summary>
internal static class ScheduleLoader
{
    private const int MinutesOfDay = 24 * 60;

    public static DaySchedule Read(TableReader reader, byte[] bytes, bool isWide, int rateCount)
    {
        DaySchedule schedule = new DaySchedule(bytes, isWide);
        ReadDays(reader, schedule, isWide, rateCount);
        ReadSeasons(reader, schedule, isWide);
        ReadHolidays(reader, schedule, isWide);
        return schedule;
    }

    private static void ReadDays(TableReader reader, DaySchedule schedule, bool isWide, int rateCount)
    {
        int count = reader.Byte();
        reader.RequireRange(count, 1,
            isWide ? TariffLimits.DayTableCountMax : TariffLimits.StandardDayTableCountMax, "day table count");
        schedule.DayTables = new int[reader.Failed ? 0 : count];
        for (int day = 0; day < schedule.DayTables.Length && !reader.Failed; day++)
        {
            schedule.DayTables[day] = reader.Position;
            int periods = reader.Byte();
            reader.RequireRange(periods, 1,
                isWide ? TariffLimits.PeriodCountMax : TariffLimits.StandardPeriodCountMax, "period count");
            int previous = -1;
            int end = isWide ? MinutesOfDay : MinutesOfDay / TariffLimits.StandardGridMinutes;
            for (int period = 0; period < periods && !reader.Failed; period++)
            {
                int start = isWide ? reader.UInt16() : reader.Byte();
                reader.RequireRange(start, period == 0 ? 0 : previous + 1, period == 0 ? 0 : end - 1, "period start");
                reader.RequireRange(reader.Byte(), 0, rateCount - 1, "rate of a period");
                previous = start;
            }
        }
    }

    private static void ReadSeasons(TableReader reader, DaySchedule schedule, bool isWide)
    {
        schedule.SeasonCount = reader.Byte();
        reader.RequireRange(schedule.SeasonCount, 1, TariffLimits.SeasonCountMax, "season count");
        schedule.SeasonsAt = reader.Position;
        int previous = 0;
        for (int i = 0; i < schedule.SeasonCount && !reader.Failed; i++)
        {
            previous = ReadDate(reader, previous, "season");
            for (int table = 2; table < schedule.SeasonBytes; table++)
            {
                reader.RequireRange(reader.Byte(), 0, schedule.DayTableCount - 1,
                    isWide ? "table of a day of the week" : table == 2 ? "weekday table" : "weekend table");
            }
        }
    }

    /// <summary>A month and a day after the one before it, as month × 32 + day.</summary>
    public static int ReadDate(TableReader reader, int previous, string name)
    {
        int month = reader.Byte();
        int day = reader.Byte();
        reader.RequireRange(month, 1, 12, name + " month");
        reader.RequireRange(day, 1, reader.Failed ? 0 : CivilTime.DaysInMonth(2001, month), name + " day");
        reader.RequireRange(month * 32 + day, previous + 1, 13 * 32, name + " order");
        return month * 32 + day;
    }

    private static void ReadHolidays(TableReader reader, DaySchedule schedule, bool isWide)
    {
        schedule.HolidayCount = reader.Byte();
        reader.RequireRange(schedule.HolidayCount, 0, TariffLimits.HolidayCountMax, "holiday count");
        schedule.SpansAt = reader.Position;
        int previous = -1;
        for (int i = 0; i < schedule.HolidayCount && !reader.Failed; i++)
        {
            int day = reader.UInt16();
            reader.RequireRange(day, previous + 1, 0xFFFF, "holiday order");
            int days = isWide ? reader.Byte() : 1;
            reader.RequireRange(days, 1, 0x1_0000 - day, "days of a holiday");
            int table = reader.Byte();
            reader.RequireRange(isWide ? table & ~DaySchedule.WorkedBit : table, 0, schedule.DayTableCount - 1,
                "holiday table");
            previous = day + days - 1;
        }
    }
}
