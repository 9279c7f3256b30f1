using MeterFirmware.Basics;

namespace MeterFirmware.Tariffs;

/// <summary>
/// One tariff as the PC compiled it (<c>meterctl tariff compile</c>): immutable, checked as a whole by
/// <see cref="TryLoad"/> before anything of it can be used. The layout is in README.md.
/// </summary>
public sealed class TariffTable
{
    internal ZoneOffsets Zone = new ZoneOffsets();
    internal byte[] Bytes;
    internal string[] RateNames;
    internal short[] PriceStarts;
    internal long[] ImportPrices;
    internal long[] ExportPrices;
    internal long[] ServiceFees;
    internal short[] ThresholdStarts;
    internal long[] TierFromWh;
    internal long[] TierAdds;
    internal string[] AnnouncedNames;
    internal byte[] AnnouncedTables;

    internal TariffTable()
    {
    }

    /// <summary>The tariff's name, 1 to 96 bytes of UTF-8.</summary>
    public string Name { get; internal set; }

    /// <summary>The currency as the file names it, such as CNY.</summary>
    public string Currency { get; internal set; }

    /// <summary>Rates, 1 to 63; a rate's number is 0 to RateCount − 1.</summary>
    public int RateCount => RateNames.Length;

    /// <summary>Days and periods of the rates.</summary>
    public DaySchedule Schedule { get; internal set; }

    /// <summary>Periods and prices of its own for exported energy, in this tariff's zone; null: the running rate's
    /// export price holds.</summary>
    public TariffTable Discharge { get; internal set; }

    /// <summary>Parts of the year with prices of their own, 1 to 14.</summary>
    public int PriceSeasonCount => PriceStarts.Length;

    /// <summary>Prices of all rates and seasons, equal ones counted once each time.</summary>
    public int PriceCount => ImportPrices.Length;

    /// <summary>Kinds of days that are announced by command, 0 to 4.</summary>
    public int AnnouncedCount => AnnouncedNames.Length;

    /// <summary>What standing on a charger after charging costs; null: nothing.</summary>
    public MinuteFee OccupancyFee { get; internal set; }

    /// <summary>What keeping a charger costs; null: nothing.</summary>
    public MinuteFee ReservationFee { get; internal set; }

    /// <summary>Whether the tariff pays for exported energy.</summary>
    public bool HasExportPrices => ExportPrices != null;

    /// <summary>Whether the service fee of a charging session goes by rate; else it is one line.</summary>
    public bool HasServiceFeeByRate => ServiceFees.Length > 1;

    /// <summary>Whether a price of any season, rate and tier lies below 0.</summary>
    public bool HasNegativePrice { get; internal set; }

    /// <summary>Emission factor, micrograms of CO₂ per kWh (530 600 000 is 530.6 g/kWh); 0 when the file names
    /// none.</summary>
    public long CarbonMicrogramsPerKwh { get; internal set; }

    /// <summary>What the tiers are counted over; None when there is one tier only.</summary>
    public TierPeriod TierPeriod { get; internal set; }

    /// <summary>The month in which a tier year begins, 1 to 12.</summary>
    public int TierStartMonth { get; internal set; }

    /// <summary>Tiers, 1 to 8; tier 0 begins at 0 kWh.</summary>
    public int TierCount { get; internal set; }

    /// <summary>Parts of the year with tier thresholds of their own, 1 to 14.</summary>
    public int ThresholdSeasonCount => ThresholdStarts.Length;

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

    /// <summary>Price of imported energy in the first tier, millionths of the currency per kWh, −10^12 to
    /// 10^12.</summary>
    public long ImportPrice(int rate, int priceSeason) => ImportPrices[priceSeason * RateCount + rate];

    /// <summary>The same in the first price season: all year when it is the only one.</summary>
    public long ImportPrice(int rate) => ImportPrices[rate];

    /// <summary>First day of a price season as MMDD.</summary>
    public int PriceSeasonStart(int priceSeason) => PriceStarts[priceSeason] / 32 * 100 + PriceStarts[priceSeason] % 32;

    /// <summary>The price season of a local date.</summary>
    public int PriceSeasonOf(int month, int day) => YearPart.Find(PriceStarts, month, day);

    /// <summary>What exported energy is paid, millionths of the currency per kWh; 0 without export prices.</summary>
    public long ExportPrice(int rate) => ExportPrices == null ? 0 : ExportPrices[rate];

    /// <summary>Service fee of a charging session, millionths of the currency per kWh. Not part of any rate's
    /// price.</summary>
    public long ServiceFee(int rate) => ServiceFees[HasServiceFeeByRate ? rate : 0];

    /// <summary>Name of a kind of days that are announced, such as "hot".</summary>
    public string AnnouncedName(int kind) => AnnouncedNames[kind];

    /// <summary>Day table that such a day takes.</summary>
    public int AnnouncedDayTable(int kind) => AnnouncedTables[kind];

    /// <summary>From how much consumption in the tier period a tier applies, watt-hours; 0 for tier 0.</summary>
    public long TierFromWattHours(int tier, int thresholdSeason) => TierFromWh[thresholdSeason * TierCount + tier];

    /// <summary>The same in the first part of the year: all year when it is the only one.</summary>
    public long TierFromWattHours(int tier) => TierFromWh[tier];

    /// <summary>First day of a part of the year with thresholds of its own, as MMDD.</summary>
    public int ThresholdSeasonStart(int season) => ThresholdStarts[season] / 32 * 100 + ThresholdStarts[season] % 32;

    /// <summary>The part of the year whose thresholds hold on a local date.</summary>
    public int ThresholdSeasonOf(int month, int day) => YearPart.Find(ThresholdStarts, month, day);

    /// <summary>What a tier adds to a rate's import price, millionths per kWh; price plus this stays within
    /// ±10^12.</summary>
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

    /// <summary>The highest day table that a season, a holiday or an announced day names.</summary>
    internal int DayTableUsedMax()
    {
        int highest = Schedule.DayTableUsedMax();
        for (int kind = 0; kind < AnnouncedTables.Length; kind++)
        {
            highest = AnnouncedTables[kind] > highest ? AnnouncedTables[kind] : highest;
        }

        return highest;
    }

    /// <summary>Day table of a kind of announced days; −1: this tariff has none of that name.</summary>
    internal int FindAnnounced(string name)
    {
        for (int kind = 0; kind < AnnouncedNames.Length; kind++)
        {
            if (AnnouncedNames[kind] == name)
            {
                return AnnouncedTables[kind];
            }
        }

        return -1;
    }
}
