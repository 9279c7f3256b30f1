using MeterFirmware.Basics;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Dlt645Meter;

/// <summary>
/// A tariff that is being changed field by field: taken from compiled tables, compiled again
/// (firmware/Tariffs/README.md, "The compact table"), and checked by the loader like any other. Made for a write,
/// thrown away after it.
/// </summary>
internal sealed class TariffDraft
{
    private const int PeriodsMax = TariffLimits.StandardDayTableCountMax * TariffLimits.StandardPeriodCountMax;
    private const int WeekDays = 7;
    private const int Saturday = 6;

    private readonly TariffTable _seasons;
    private readonly TariffTable _days;
    private readonly TariffTable _prices;
    private readonly TariffTable _tiers;
    private byte[] _bytes;
    private bool _isWide;
    private int _at;

    /// <summary>Seasons: month × 100 + day, weekday table, weekend table.</summary>
    public readonly int[] SeasonStarts = new int[TariffLimits.SeasonCountMax];
    public readonly int[] SeasonTables = new int[TariffLimits.SeasonCountMax];
    public readonly int[] WeekendTables = new int[TariffLimits.SeasonCountMax];
    public int SeasonCount;

    /// <summary>Day tables: 14 periods each, start in minutes and rate.</summary>
    public readonly int[] PeriodCounts = new int[TariffLimits.StandardDayTableCountMax];
    public readonly short[] PeriodStarts = new short[PeriodsMax];
    public readonly byte[] PeriodRates = new byte[PeriodsMax];
    public int DayTableCount;

    /// <summary>Holidays as days since 1970 and day tables, in any order.</summary>
    public readonly int[] HolidayDays = new int[TariffLimits.HolidayCountMax];
    public readonly byte[] HolidayTables = new byte[TariffLimits.HolidayCountMax];
    public int HolidayCount;

    public readonly long[] Prices;
    public readonly long[] TierFrom;
    public readonly long[] TierAdds;

    public TariffDraft(TariffTable seasons, TariffTable days, TariffTable prices, TariffTable tiers)
    {
        _seasons = seasons;
        _days = days;
        _prices = prices;
        _tiers = tiers;
        TakeSchedule(seasons.Schedule, days.Schedule);
        Prices = new long[prices.RateCount];
        for (int rate = 0; rate < Prices.Length; rate++)
        {
            Prices[rate] = prices.ImportPrice(rate);
        }

        TierFrom = new long[tiers.TierCount];
        TierAdds = new long[tiers.TierCount * tiers.RateCount];
        for (int tier = 0; tier < TierFrom.Length; tier++)
        {
            TierFrom[tier] = tiers.TierFromWattHours(tier);
            for (int rate = 0; rate < tiers.RateCount; rate++)
            {
                TierAdds[tier * tiers.RateCount + rate] = tiers.TierAdd(tier, rate);
            }
        }
    }

    public int RateCount => Prices.Length;

    private void TakeSchedule(DaySchedule seasons, DaySchedule days)
    {
        SeasonCount = seasons.SeasonCount;
        for (int i = 0; i < SeasonCount; i++)
        {
            SeasonStarts[i] = seasons.SeasonStart(i);
            SeasonTables[i] = seasons.SeasonTable(i, 1);
            WeekendTables[i] = seasons.SeasonTable(i, Saturday);
        }

        DayTableCount = days.DayTableCount;
        for (int table = 0; table < DayTableCount; table++)
        {
            PeriodCounts[table] = days.PeriodCount(table);
            for (int i = 0; i < PeriodCounts[table]; i++)
            {
                int at = table * TariffLimits.StandardPeriodCountMax + i;
                PeriodStarts[at] = (short)days.PeriodStartMinute(table, i);
                PeriodRates[at] = (byte)days.PeriodRate(table, i);
            }
        }

        for (int span = 0; span < seasons.HolidayCount; span++)
        {
            for (int day = 0; day < seasons.HolidayDays(span); day++)
            {
                HolidayDays[HolidayCount] = seasons.HolidayDay(span) + day;
                HolidayTables[HolidayCount] = (byte)seasons.HolidayDayTable(span);
                HolidayCount++;
            }
        }
    }

    /// <summary>Compiles and checks. False: it is no tariff; nothing was changed anywhere.</summary>
    public bool TryBuild(out TariffTable table)
    {
        table = null;
        if (_days.RateCount != RateCount || _tiers.RateCount != RateCount)
        {
            return false;
        }

        byte[] head = new byte[_seasons.ByteCount];
        _seasons.CopyTo(head, 0);
        byte[] rates = new byte[_prices.ByteCount];
        _prices.CopyTo(rates, 0);
        int ratesAt = RatesAt(rates);
        int ratesEnd = AfterTexts(rates, ratesAt + 1, rates[ratesAt]);

        // Numbers have at most nine bytes.
        _bytes = new byte[head.Length + rates.Length + PeriodsMax * 3 + 4 * HolidayCount
            + 9 * (2 * RateCount + TierFrom.Length + TierAdds.Length) + 256];
        _at = 0;
        Copy(head, 0, RatesAt(head));
        Copy(rates, ratesAt, ratesEnd);
        _isWide = IsOffGrid();
        _bytes[4] = (byte)(_isWide ? 2 : 1);
        PutDays();
        PutSeasons();
        PutHolidays();
        PutPrices();
        LittleEndian.WriteUInt16(_bytes, 5, _at + 4);
        LittleEndian.WriteInt32(_bytes, _at, (int)Crc32.Of(_bytes, 0, _at));
        return TariffTable.TryLoad(_bytes, _at + 4, out table, out string _);
    }

    /// <summary>A period begins off the quarter hour: version 2 holds it.</summary>
    private bool IsOffGrid()
    {
        bool isOff = false;
        for (int table = 0; table < DayTableCount; table++)
        {
            for (int i = 0; i < PeriodCounts[table]; i++)
            {
                isOff |= PeriodStarts[table * TariffLimits.StandardPeriodCountMax + i]
                    % TariffLimits.StandardGridMinutes != 0;
            }
        }

        return isOff;
    }

    private void PutDays()
    {
        Put(DayTableCount);
        for (int table = 0; table < DayTableCount; table++)
        {
            Put(PeriodCounts[table]);
            for (int i = 0; i < PeriodCounts[table]; i++)
            {
                int start = PeriodStarts[table * TariffLimits.StandardPeriodCountMax + i];
                Put(_isWide ? start & 0xFF : start / TariffLimits.StandardGridMinutes);
                if (_isWide)
                {
                    Put(start >> 8);
                }

                Put(PeriodRates[table * TariffLimits.StandardPeriodCountMax + i]);
            }
        }
    }

    private void PutSeasons()
    {
        Put(SeasonCount);
        for (int i = 0; i < SeasonCount; i++)
        {
            Put(SeasonStarts[i] / 100);
            Put(SeasonStarts[i] % 100);
            for (int day = 0; day < WeekDays && _isWide; day++)
            {
                Put(day == 0 || day == Saturday ? WeekendTables[i] : SeasonTables[i]);
            }

            if (!_isWide)
            {
                Put(SeasonTables[i]);
                Put(WeekendTables[i]);
            }
        }
    }

    private void PutHolidays()
    {
        Put(HolidayCount);
        int before = -1;
        for (int n = 0; n < HolidayCount; n++)
        {
            // The next later one: the table wants them ascending.
            int next = -1;
            for (int i = 0; i < HolidayCount; i++)
            {
                bool isLater = HolidayDays[i] > before;
                next = isLater && (next < 0 || HolidayDays[i] < HolidayDays[next]) ? i : next;
            }

            before = next < 0 ? before : HolidayDays[next];
            Put(before & 0xFF);
            Put((before >> 8) & 0xFF);
            if (_isWide)
            {
                Put(1);
            }

            Put(next < 0 ? 0xFF : HolidayTables[next]);
        }
    }

    private void PutPrices()
    {
        if (_isWide)
        {
            // No announced days; one price season.
            Put(0);
            PutFirstOfYear();
        }

        for (int rate = 0; rate < RateCount; rate++)
        {
            PutPrice(Prices[rate]);
        }

        Put(_prices.HasExportPrices ? 1 : 0);
        for (int rate = 0; rate < RateCount && _prices.HasExportPrices; rate++)
        {
            PutPrice(_prices.ExportPrice(rate));
        }

        if (_isWide)
        {
            Put(1);
        }

        PutNumber(_prices.ServiceFee(0));
        PutNumber(_prices.CarbonMicrogramsPerKwh);
        if (_isWide)
        {
            // No fees by the minute.
            Put(0);
            Put(0);
        }

        PutTiers();
    }

    private void PutTiers()
    {
        Put((int)_tiers.TierPeriod);
        if (_isWide)
        {
            Put(1);
        }

        Put(TierFrom.Length);
        if (_isWide)
        {
            PutFirstOfYear();
            for (int tier = 0; tier < TierFrom.Length; tier++)
            {
                PutNumber(TierFrom[tier]);
            }
        }

        for (int tier = 0; tier < TierFrom.Length; tier++)
        {
            if (!_isWide)
            {
                PutNumber(TierFrom[tier]);
            }

            for (int rate = 0; rate < RateCount; rate++)
            {
                PutSigned(TierAdds[tier * RateCount + rate]);
            }
        }
    }

    private void PutFirstOfYear()
    {
        Put(1);
        Put(1);
        Put(1);
    }

    private void PutPrice(long price)
    {
        if (_isWide)
        {
            PutSigned(price);
        }
        else
        {
            PutNumber(price);
        }
    }

    // Zigzag: 0, −1, 1, −2 as 0, 1, 2, 3.
    private void PutSigned(long value) => PutNumber((value << 1) ^ (value >> 63));

    /// <summary>Where the rates begin: behind magic, version, length, two texts and the zone.</summary>
    private static int RatesAt(byte[] bytes)
    {
        int at = AfterTexts(bytes, 7, 2);
        return at + 6 + 5 * bytes[at + 5];
    }

    private static int AfterTexts(byte[] bytes, int at, int count)
    {
        for (int i = 0; i < count; i++)
        {
            at += 1 + bytes[at];
        }

        return at;
    }

    private void Copy(byte[] from, int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            Put(from[i]);
        }
    }

    private void Put(int value)
    {
        _bytes[_at] = (byte)value;
        _at++;
    }

    private void PutNumber(long value)
    {
        while (value > 0x7F)
        {
            Put((int)(value & 0x7F) | 0x80);
            value >>= 7;
        }

        Put((int)value);
    }
}
