using MeterFirmware.Basics;
using MeterFirmware.Dlt645;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Dlt645Meter;

/// <summary>Writes of tables, 04 01 to 04 06, into the set that does not run: the digits of the protocol into a
/// draft.</summary>
internal static class TariffFields
{
    /// <summary>Error bits; 0: the spare is changed.</summary>
    public static int Write(TariffAccess tariffs, int group, int row, int last, long[] fields, int count)
    {
        bool isSecond = group == 0x02 || (group == 0x05 && row == 2) || (group == 0x06 && row >= 2);
        int part = group == 0x05 ? 2 : group == 0x06 ? 3 : group == 0x03 || last == 0 ? 0 : 1;

        // Holidays have no sets: they belong to the zones that are written.
        isSecond = group == 0x03 ? !tariffs.IsSecondRunning(0) : isSecond;
        int error = tariffs.BeginDraft(part, isSecond, out TariffDraft draft);
        if (error != 0)
        {
            return error;
        }

        error = group == 0x03 ? SetHoliday(draft, last - 1, fields[0])
            : group == 0x05 ? SetPrice(draft, last - 1, fields[0])
            : group == 0x06 ? SetTier(draft, (row & 1) == 0, last - 1, fields[0])
            : last == 0 ? SetZones(draft, fields, count)
            : SetPeriods(draft, last - 1, fields, count);
        return error != 0 ? error : tariffs.TryTake(draft) ? 0 : Dlt645Protocol.ErrorOther;
    }

    /// <summary>Entries that count: a block may repeat its last entry.</summary>
    private static int Used(long[] fields, int count)
    {
        while (count > 1 && fields[count - 1] == fields[count - 2])
        {
            count--;
        }

        return count;
    }

    /// <summary>MMDDNN. Weekends keep their day table when all zones had the same one, or follow the zone when none
    /// differed.</summary>
    private static int SetZones(TariffDraft draft, long[] fields, int count)
    {
        int weekend = draft.WeekendTables[0];
        bool isUniform = true;
        bool isNone = true;
        for (int i = 0; i < draft.SeasonCount; i++)
        {
            isUniform = isUniform && draft.WeekendTables[i] == weekend;
            isNone = isNone && draft.WeekendTables[i] == draft.SeasonTables[i];
        }

        if (!isUniform && !isNone)
        {
            return Dlt645Protocol.ErrorOther;
        }

        draft.SeasonCount = Used(fields, count);
        for (int i = 0; i < draft.SeasonCount; i++)
        {
            int table = (int)(fields[i] % 100) - 1;
            if (table < 0 || table >= draft.DayTableCount)
            {
                return Dlt645Protocol.ErrorOther;
            }

            draft.SeasonStarts[i] = (int)(fields[i] / 100);
            draft.SeasonTables[i] = table;
            draft.WeekendTables[i] = isNone ? table : weekend;
        }

        return 0;
    }

    /// <summary>hhmmNN. A table that does not begin at 00:00 begins with its last rate, as the day
    /// before ended. A table behind the last one is added.</summary>
    private static int SetPeriods(TariffDraft draft, int table, long[] fields, int count)
    {
        if (table > draft.DayTableCount || table >= TariffLimits.StandardDayTableCountMax)
        {
            return Dlt645Protocol.ErrorOther;
        }

        count = Used(fields, count);
        int first = table * TariffLimits.StandardPeriodCountMax;
        int at = 0;
        if (fields[0] / 100 != 0)
        {
            draft.PeriodStarts[first] = 0;
            draft.PeriodRates[first] = (byte)(fields[count - 1] % 100 - 1);
            at = 1;
        }

        if (at + count > TariffLimits.StandardPeriodCountMax)
        {
            return Dlt645Protocol.ErrorPeriodCount;
        }

        for (int i = 0; i < count; i++)
        {
            int rate = (int)(fields[i] % 100) - 1;
            int hour = (int)(fields[i] / 10_000);
            int minute = (int)(fields[i] / 100 % 100);
            if (rate < 0 || rate >= draft.RateCount)
            {
                return Dlt645Protocol.ErrorRateCount;
            }

            if (hour > 23 || minute > 59)
            {
                return Dlt645Protocol.ErrorOther;
            }

            draft.PeriodStarts[first + at + i] = (short)(hour * 60 + minute);
            draft.PeriodRates[first + at + i] = (byte)rate;
        }

        draft.PeriodCounts[table] = at + count;
        draft.DayTableCount = table == draft.DayTableCount ? table + 1 : draft.DayTableCount;
        return 0;
    }

    /// <summary>YYMMDDNN; zeros take the holiday out. One behind the last is added.</summary>
    private static int SetHoliday(TariffDraft draft, int index, long digits)
    {
        if (index > draft.HolidayCount || index >= TariffLimits.HolidayCountMax || (digits == 0 && index == draft.HolidayCount))
        {
            return Dlt645Protocol.ErrorOther;
        }

        if (digits == 0)
        {
            draft.HolidayCount--;
            for (int i = index; i < draft.HolidayCount; i++)
            {
                draft.HolidayDays[i] = draft.HolidayDays[i + 1];
                draft.HolidayTables[i] = draft.HolidayTables[i + 1];
            }

            return 0;
        }

        int table = (int)(digits % 100) - 1;
        if (table < 0 || table >= draft.DayTableCount
            || !Dlt645Time.TryFromSecondDigits(digits / 100 * 1_000_000, out long local))
        {
            return Dlt645Protocol.ErrorOther;
        }

        draft.HolidayDays[index] = (int)(local / CivilTime.SecondsPerDay);
        draft.HolidayTables[index] = (byte)table;
        draft.HolidayCount = index == draft.HolidayCount ? index + 1 : draft.HolidayCount;
        return 0;
    }

    private static int SetPrice(TariffDraft draft, int rate, long tenThousandths)
    {
        if (rate >= draft.RateCount)
        {
            return Dlt645Protocol.ErrorRateCount;
        }

        draft.Prices[rate] = tenThousandths * 100;
        return 0;
    }

    /// <summary>Limit n in 0.01 kWh, or what tier n adds to every rate, in 0.0001 a kWh.</summary>
    private static int SetTier(TariffDraft draft, bool isLimit, int index, long value)
    {
        int tier = isLimit ? index + 1 : index;
        if (tier >= draft.TierFrom.Length || draft.TierFrom.Length < 2)
        {
            return Dlt645Protocol.ErrorNoSuchData;
        }

        if (isLimit)
        {
            draft.TierFrom[tier] = value * 10;
            return 0;
        }

        for (int rate = 0; rate < draft.RateCount; rate++)
        {
            draft.TierAdds[tier * draft.RateCount + rate] = value * 100;
        }

        return 0;
    }
}
