using MeterFirmware.Basics;

namespace MeterFirmware.Tariffs;

/// <summary>
/// One tariff as the PC compiled it (<c>meterctl tariff compile</c>): immutable, checked as a whole by
/// <see cref="TryLoad"/> before anything of it can be used. The layout is in README.md.
/// </summary>
public sealed class TariffTable
{
    internal readonly ZoneOffsets Zone = new ZoneOffsets();
    internal byte[] Bytes;
    internal string[] RateNames;
    internal int[] DayTables;
    internal int SeasonsAt;
    internal int HolidaysAt;
    internal long[] ImportPrices;
    internal long[] ExportPrices;
    internal long[] TierFromWh;
    internal long[] TierAdds;

    internal TariffTable()
    {
    }

    /// <summary>The tariff's name, 1 to 96 bytes of UTF-8.</summary>
    public string Name { get; internal set; }

    /// <summary>The currency as the file names it, such as CNY.</summary>
    public string Currency { get; internal set; }

    /// <summary>Rates, 1 to 63; a rate's number is 0 to RateCount − 1.</summary>
    public int RateCount => RateNames.Length;

    /// <summary>Day tables, 1 to 8.</summary>
    public int DayTableCount => DayTables.Length;

    /// <summary>Seasons, 1 to 14.</summary>
    public int SeasonCount { get; internal set; }

    /// <summary>Holidays, 0 to 254.</summary>
    public int HolidayCount { get; internal set; }

    /// <summary>Whether the tariff pays for exported energy.</summary>
    public bool HasExportPrices => ExportPrices != null;

    /// <summary>Service fee of a charging session, millionths of the currency per kWh. Not part of any rate's
    /// price.</summary>
    public long ServiceFee { get; internal set; }

    /// <summary>Emission factor, micrograms of CO₂ per kWh (530 600 000 is 530.6 g/kWh); 0 when the file names
    /// none.</summary>
    public long CarbonMicrogramsPerKwh { get; internal set; }

    /// <summary>What the tiers are counted over; None when there is one tier only.</summary>
    public TierPeriod TierPeriod { get; internal set; }

    /// <summary>Tiers, 1 to 8; tier 0 begins at 0 kWh.</summary>
    public int TierCount => TierFromWh.Length;

    /// <summary>CRC-32 that closes the table: tells two tables apart in records and telemetry.</summary>
    public uint Crc { get; internal set; }

    /// <summary>First UTC second from which the tabled zone offset is known.</summary>
    public long ZoneFromUtc => Zone.FromUtc;

    /// <summary>UTC second up to which the tabled zone offset is known; later the last offset goes on.</summary>
    public long ZoneUntilUtc => Zone.UntilUtc;

    /// <summary>Bytes that the table has when stored or sent.</summary>
    public int ByteCount => Bytes.Length;

    /// <summary>
    /// Checks a compiled table from end to end (length, magic, version, CRC, every index and range) and takes a copy.
    /// False leaves <paramref name="table"/> null and says in <paramref name="error"/> what is wrong.
    /// </summary>
    public static bool TryLoad(byte[] bytes, int length, out TariffTable table, out string error) =>
        TariffTableLoader.TryLoad(bytes, length, out table, out error);

    /// <summary>Name of a rate.</summary>
    public string RateName(int rate) => RateNames[rate];

    /// <summary>Price of imported energy in the first tier, millionths of the currency per kWh, 0 to 10^12.</summary>
    public long ImportPrice(int rate) => ImportPrices[rate];

    /// <summary>What exported energy is paid, millionths of the currency per kWh; 0 without export prices.</summary>
    public long ExportPrice(int rate) => ExportPrices == null ? 0 : ExportPrices[rate];

    /// <summary>From how much consumption in the tier period a tier applies, watt-hours; 0 for tier 0.</summary>
    public long TierFromWattHours(int tier) => TierFromWh[tier];

    /// <summary>What a tier adds to a rate's import price, millionths per kWh; price plus this is never below
    /// 0.</summary>
    public long TierAdd(int tier, int rate) => TierAdds[tier * RateCount + rate];

    /// <summary>Zone offset in seconds east of UTC at a moment.</summary>
    public int OffsetSecondsAt(long utcSeconds) => Zone.OffsetSecondsAt(utcSeconds);

    /// <summary>UTC second of a local one (seconds since 1970 of the local clock): of a repeated hour the first pass,
    /// of a skipped one its end.</summary>
    public long UtcOf(long localSeconds) => Zone.UtcOf(localSeconds);

    /// <summary>Copies the table as it was loaded, for storage. <paramref name="target"/> holds ByteCount bytes from
    /// offset.</summary>
    public void CopyTo(byte[] target, int offset)
    {
        for (int i = 0; i < Bytes.Length; i++)
        {
            target[offset + i] = Bytes[i];
        }
    }

    /// <summary>Periods of a day table, 1 to 14.</summary>
    public int PeriodCount(int dayTable) => Bytes[DayTables[dayTable]];

    /// <summary>Start of a period in quarter hours from local midnight, 0 to 95.</summary>
    public int PeriodStart(int dayTable, int period) => Bytes[DayTables[dayTable] + 1 + 2 * period];

    /// <summary>Rate of a period, 0 to RateCount − 1.</summary>
    public int PeriodRate(int dayTable, int period) => Bytes[DayTables[dayTable] + 2 + 2 * period];

    /// <summary>First day of a season as MMDD.</summary>
    public int SeasonStart(int season) => Bytes[SeasonsAt + 4 * season] * 100 + Bytes[SeasonsAt + 4 * season + 1];

    /// <summary>Day table of a season's weekdays or weekends, 0 to DayTableCount − 1.</summary>
    public int SeasonTable(int season, bool isWeekend) => Bytes[SeasonsAt + 4 * season + (isWeekend ? 3 : 2)];

    /// <summary>A holiday as days since 1970-01-01; ascending.</summary>
    public int HolidayDay(int holiday) => LittleEndian.ReadUInt16(Bytes, HolidaysAt + 3 * holiday);

    /// <summary>Day table of a holiday, 0 to DayTableCount − 1.</summary>
    public int HolidayDayTable(int holiday) => Bytes[HolidaysAt + 3 * holiday + 2];

    /// <summary>Weekend or holiday. A day of the weekend that the holidays list with the season's weekday table is a
    /// working day that was moved there.</summary>
    public bool IsRestDay(CivilTime localDate)
    {
        bool isWeekend = localDate.DayOfWeek == 0 || localDate.DayOfWeek == 6;
        int holiday = HolidayTable(localDate.DayNumber);
        if (holiday < 0)
        {
            return isWeekend;
        }

        int season = SeasonOf(localDate);
        int weekday = SeasonTable(season, false);
        return !isWeekend || holiday != weekday || weekday == SeasonTable(season, true);
    }

    /// <summary>The highest day table that a season or a holiday names.</summary>
    internal int DayTableUsedMax()
    {
        int highest = 0;
        for (int i = 0; i < SeasonCount; i++)
        {
            int weekday = Bytes[SeasonsAt + 4 * i + 2];
            int weekend = Bytes[SeasonsAt + 4 * i + 3];
            int season = weekday > weekend ? weekday : weekend;
            highest = season > highest ? season : highest;
        }

        for (int i = 0; i < HolidayCount; i++)
        {
            int holiday = Bytes[HolidaysAt + 3 * i + 2];
            highest = holiday > highest ? holiday : highest;
        }

        return highest;
    }

    /// <summary>The day table of a local date: a holiday's, else the season's for a weekday or the weekend.</summary>
    internal int DayTableOf(CivilTime localDate)
    {
        int holiday = HolidayTable(localDate.DayNumber);
        if (holiday >= 0)
        {
            return holiday;
        }

        bool isWeekend = localDate.DayOfWeek == 0 || localDate.DayOfWeek == 6;
        return SeasonTable(SeasonOf(localDate), isWeekend);
    }

    // Before the first season's date the last one of the year before still runs.
    private int SeasonOf(CivilTime localDate)
    {
        int season = SeasonCount - 1;
        int today = localDate.Month * 32 + localDate.Day;
        for (int i = 0; i < SeasonCount; i++)
        {
            int at = SeasonsAt + 4 * i;
            if (Bytes[at] * 32 + Bytes[at + 1] > today)
            {
                break;
            }

            season = i;
        }

        return season;
    }

    /// <summary>Binary search in the ascending day numbers; −1 when the day is no holiday.</summary>
    private int HolidayTable(long dayNumber)
    {
        int low = 0;
        int high = HolidayCount - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int at = HolidaysAt + 3 * middle;
            int day = LittleEndian.ReadUInt16(Bytes, at);
            if (day == dayNumber)
            {
                return Bytes[at + 2];
            }

            if (day < dayNumber)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return -1;
    }
}
