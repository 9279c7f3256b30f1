using MeterFirmware.Basics;

namespace MeterFirmware.Tariffs;

/// <summary>
/// Two complete tariffs, current and spare, and when each part of the spare takes over. Which one holds is a function
/// of the time alone: a clock that runs ahead over a switch and is set back finds the old part again, as long as no new
/// spare was loaded, and a power loss in the middle of a switch changes nothing. A spare is checked against every mix
/// of parts that its switch times bring about, before anything of it is taken.
/// </summary>
public sealed class TariffSets
{
    /// <summary>The switch time of a part that does not switch.</summary>
    public const long Never = long.MaxValue;

    private const int PartCount = 4;
    private readonly int _rateCapacity;
    private readonly int _tierCapacity;
    private readonly TariffTable[] _before = new TariffTable[PartCount];
    private readonly TariffTable[] _after = new TariffTable[PartCount];
    private readonly long[] _switchUtc = new long[PartCount];
    private readonly TariffTable[] _held = new TariffTable[PartCount];
    private readonly TariffTable[] _mix = new TariffTable[PartCount];
    private readonly TariffCursor _cursor;
    private DayAheadPrices _dayAhead;
    private int _dayAheadVersion;
    private int _announcedVersion;
    private TariffCursor _dischargeCursor;
    private TariffTable _discharge;
    private long _dischargePrice;
    private int _priceSeason;
    private bool _isFresh = true;

    /// <summary>Begins with one tariff that holds from ever. Capacities are those of the product's registers; day-ahead
    /// prices may be null when the product has none.</summary>
    public TariffSets(TariffTable current, int rateCapacity, int tierCapacity, DayAheadPrices dayAhead)
    {
        Announced = new AnnouncedDays();
        _rateCapacity = rateCapacity;
        _tierCapacity = tierCapacity;
        _dayAhead = dayAhead;
        for (int part = 0; part < PartCount; part++)
        {
            _before[part] = current;
            _after[part] = current;
            _held[part] = current;
            _mix[part] = current;
            _switchUtc[part] = Never;
        }

        Invariant.Require(MixError() == null, "TariffSets: the first tariff does not fit");
        _cursor = new TariffCursor(current) { Announced = Announced };
        MakeRoomFor(current);
    }

    /// <summary>The running rate, 0 to the rates of the prices in force − 1.</summary>
    public int Rate => _cursor.Rate;

    /// <summary>Zone offset, seconds east of UTC.</summary>
    public int OffsetSeconds => _cursor.OffsetSeconds;

    /// <summary>Calendar of the moment, for records and settlements; do not seek it.</summary>
    public TariffCursor Cursor => _cursor;

    /// <summary>First UTC second for which all of this holds.</summary>
    public long ValidFromUtc { get; private set; }

    /// <summary>UTC second of the next change: of rate, offset, day, part, or day-ahead price.</summary>
    public long ValidUntilUtc { get; private set; }

    /// <summary>How often parts have switched since the start: another value is the moment to freeze
    /// registers.</summary>
    public int SwitchCount { get; private set; }

    /// <summary>What switched last: bits 1 &lt;&lt; TariffPart.</summary>
    public int SwitchedParts { get; private set; }

    /// <summary>Whether a day-ahead price stands in for the tariff's import price now.</summary>
    public bool HasDayAheadImport { get; private set; }

    /// <summary>Whether a day-ahead price stands in for the tariff's export price now.</summary>
    public bool HasDayAheadExport { get; private set; }

    /// <summary>The day-ahead import price, millionths per kWh, when there is one.</summary>
    public long DayAheadImportPrice { get; private set; }

    /// <summary>The day-ahead export price, millionths per kWh, when there is one.</summary>
    public long DayAheadExportPrice { get; private set; }

    /// <summary>The day-ahead lists; null when the product has none.</summary>
    public DayAheadPrices DayAhead => _dayAhead;

    /// <summary>Days announced by command.</summary>
    public AnnouncedDays Announced { get; private set; }

    /// <summary>Whether the export price does not go by the running rate: a day-ahead price, or periods of its
    /// own.</summary>
    public bool HasOwnExportPrice => HasDayAheadExport || InForce(TariffPart.Prices).Discharge != null;

    /// <summary>The table that gives a part at the moment of the last seek.</summary>
    public TariffTable InForce(TariffPart part) => _held[(int)part];

    /// <summary>The table before the part's switch time, for storage.</summary>
    public TariffTable Before(TariffPart part) => _before[(int)part];

    /// <summary>The table from the part's switch time on; equal to <see cref="Before"/> while no spare is
    /// loaded.</summary>
    public TariffTable After(TariffPart part) => _after[(int)part];

    /// <summary>When the part switches or has switched, UTC seconds; <see cref="Never"/> when it does not.</summary>
    public long SwitchUtc(TariffPart part) => _switchUtc[(int)part];

    /// <summary>Price of imported energy now, millionths per kWh: the day-ahead price, else the rate's with its
    /// tier.</summary>
    public long ImportPrice(int tier) => HasDayAheadImport ? DayAheadImportPrice
        : InForce(TariffPart.Prices).ImportPrice(Rate, _priceSeason) + InForce(TariffPart.Tiers).TierAdd(tier, Rate);

    /// <summary>What exported energy is paid now, millionths per kWh.</summary>
    public long ExportPrice() => HasDayAheadExport ? DayAheadExportPrice
        : InForce(TariffPart.Prices).Discharge != null ? _dischargePrice
        : InForce(TariffPart.Prices).ExportPrice(Rate);

    /// <summary>
    /// Takes a spare tariff and the UTC seconds from which its parts hold (now or later, or <see cref="Never"/>). What
    /// holds now stays as current; an earlier spare that has not switched is dropped. False changes nothing.
    /// </summary>
    public bool TryLoadSpare(
        TariffTable spare, long seasonsUtc, long dayTablesUtc, long pricesUtc, long tiersUtc, long nowUtc,
            out string error)
    {
        long[] times = new long[] { seasonsUtc, dayTablesUtc, pricesUtc, tiersUtc };
        error = TimesError(times, nowUtc);
        for (int step = 0; step < PartCount && error == null; step++)
        {
            // The mix of parts that holds from this switch time on.
            for (int part = 0; part < PartCount; part++)
            {
                _mix[part] = times[part] != Never && times[part] <= times[step] ? spare : At(part, nowUtc);
            }

            error = times[step] == Never ? null : MixError();
        }

        if (error != null)
        {
            return false;
        }

        MakeRoomFor(spare);
        for (int part = 0; part < PartCount; part++)
        {
            _before[part] = At(part, nowUtc);
            _after[part] = times[part] == Never ? _before[part] : spare;
            _switchUtc[part] = times[part];
        }

        ValidUntilUtc = ValidFromUtc;
        return true;
    }

    /// <summary>Puts one table in force for all parts at once; a spare that waits is dropped. False changes
    /// nothing.</summary>
    public bool TryReplace(TariffTable table, out string error)
    {
        error = ErrorOf(table);
        if (error != null)
        {
            return false;
        }

        for (int part = 0; part < PartCount; part++)
        {
            RestorePart((TariffPart)part, table, table, Never);
            _held[part] = table;
        }

        _isFresh = false;
        SwitchCount++;
        SwitchedParts = (1 << PartCount) - 1;
        _cursor.Use(table, table);
        return true;
    }

    /// <summary>Why one table cannot hold for all parts: what does not fit; null: it can.</summary>
    public string WhyNot(TariffTable table) => ErrorOf(table);

    /// <summary>Whether the tariff, or a spare that waits, names a kind of announced days.</summary>
    public bool KnowsAnnounced(string kind) => Before(TariffPart.Seasons).FindAnnounced(kind) >= 0
        || After(TariffPart.Seasons).FindAnnounced(kind) >= 0;

    /// <summary>Looks at the lists and announced days of other sets, which a device keeps once.</summary>
    public void Share(TariffSets other)
    {
        _dayAhead = other._dayAhead;
        Announced = other.Announced;
        _cursor.Announced = other.Announced;
        ValidUntilUtc = ValidFromUtc;
    }

    /// <summary>Grows with every change of a list or an announcement.</summary>
    public int ListVersion => Announced.Version + (_dayAhead == null ? 0 : _dayAhead.Version);

    /// <summary>Puts back what storage kept of one part; call for all four, then
    /// <see cref="TryFinishRestore"/>.</summary>
    public void RestorePart(TariffPart part, TariffTable before, TariffTable after, long switchUtc)
    {
        MakeRoomFor(before);
        MakeRoomFor(after);
        _before[(int)part] = before;
        _after[(int)part] = after;
        _switchUtc[(int)part] = switchUtc;
        ValidUntilUtc = ValidFromUtc;
        _priceSeason = 0;
        _isFresh = true;
    }

    /// <summary>Checks what was put back; false and the fallback for every part and all time when it does not fit
    /// together.</summary>
    public bool TryFinishRestore(TariffTable fallback, out string error)
    {
        error = null;
        for (int step = -1; step < PartCount && error == null; step++)
        {
            long time = step < 0 ? long.MinValue : _switchUtc[step];
            for (int part = 0; part < PartCount; part++)
            {
                _mix[part] = At(part, time);
            }

            error = MixError();
        }

        for (int part = 0; part < PartCount && error != null; part++)
        {
            RestorePart((TariffPart)part, fallback, fallback, Never);
        }

        // Until the first seek tells the time.
        for (int part = 0; part < PartCount; part++)
        {
            _held[part] = _before[part];
        }

        _cursor.Use(_before[(int)TariffPart.Seasons], _before[(int)TariffPart.DayTables]);
        return error == null;
    }

    /// <summary>Moves to a moment; true when a part switched since the last seek. Cheap while all holds; no allocation.
    /// The first seek after a start or a restore never reports: seek the last moment of supply first, then now, and a
    /// switch in the outage is reported by the second.</summary>
    public bool Seek(long utcSeconds)
    {
        bool isSameList = (_dayAhead == null || _dayAhead.Version == _dayAheadVersion)
            && Announced.Version == _announcedVersion;
        if (isSameList && utcSeconds >= ValidFromUtc && utcSeconds < ValidUntilUtc)
        {
            return false;
        }

        int parts = 0;
        for (int part = 0; part < PartCount; part++)
        {
            TariffTable table = At(part, utcSeconds);
            parts |= table != _held[part] ? 1 << part : 0;
            _held[part] = table;
        }

        bool switched = parts != 0 && !_isFresh;
        if (parts != 0 || _isFresh || Announced.Version != _announcedVersion)
        {
            SwitchedParts = parts != 0 || _isFresh ? parts : SwitchedParts;
            SwitchCount += switched ? 1 : 0;
            _isFresh = false;
            _announcedVersion = Announced.Version;
            _cursor.Use(InForce(TariffPart.Seasons), InForce(TariffPart.DayTables));
        }

        _cursor.Seek(utcSeconds);
        _priceSeason = InForce(TariffPart.Prices).PriceSeasonOf(_cursor.LocalMonth, _cursor.LocalDayOfMonth);
        ValidFromUtc = _cursor.ValidFromUtc;
        ValidUntilUtc = _cursor.ValidUntilUtc;
        for (int part = 0; part < PartCount; part++)
        {
            Bound(_switchUtc[part], utcSeconds);
        }

        SeekDischarge(utcSeconds);
        SeekDayAhead(utcSeconds);
        return switched;
    }

    // While the device may still allocate: a tick may not.
    private void MakeRoomFor(TariffTable table)
    {
        if (table.Discharge != null && _dischargeCursor == null)
        {
            _dischargeCursor = new TariffCursor(table.Discharge);
        }
    }

    private void SeekDischarge(long utcSeconds)
    {
        TariffTable discharge = InForce(TariffPart.Prices).Discharge;
        if (discharge == null)
        {
            return;
        }

        if (_discharge != discharge)
        {
            _discharge = discharge;
            _dischargeCursor.Use(discharge);
        }

        _dischargeCursor.Seek(utcSeconds);
        _dischargePrice = discharge.ImportPrice(_dischargeCursor.Rate,
            discharge.PriceSeasonOf(_dischargeCursor.LocalMonth, _dischargeCursor.LocalDayOfMonth));
        Bound(_dischargeCursor.ValidFromUtc, utcSeconds);
        Bound(_dischargeCursor.ValidUntilUtc, utcSeconds);
    }

    private void SeekDayAhead(long utcSeconds)
    {
        HasDayAheadImport = false;
        HasDayAheadExport = false;
        if (_dayAhead == null)
        {
            return;
        }

        _dayAheadVersion = _dayAhead.Version;
        if (!_dayAhead.Find(_cursor.LocalDayNumber, utcSeconds, _cursor.OffsetSeconds))
        {
            return;
        }

        HasDayAheadImport = _dayAhead.TryImportPrice(out long import);
        HasDayAheadExport = _dayAhead.TryExportPrice(out long export);
        DayAheadImportPrice = import;
        DayAheadExportPrice = export;
        Bound(_dayAhead.QuarterFromUtc, utcSeconds);
        Bound(_dayAhead.QuarterFromUtc + DayAheadPrices.QuarterSeconds, utcSeconds);
    }

    private void Bound(long changeUtc, long utcSeconds)
    {
        if (changeUtc <= utcSeconds && changeUtc > ValidFromUtc)
        {
            ValidFromUtc = changeUtc;
        }
        else if (changeUtc > utcSeconds && changeUtc < ValidUntilUtc)
        {
            ValidUntilUtc = changeUtc;
        }
    }

    private TariffTable At(int part, long utcSeconds) =>
        _switchUtc[part] != Never && utcSeconds >= _switchUtc[part] ? _after[part] : _before[part];

    private static string TimesError(long[] times, long nowUtc)
    {
        bool any = false;
        for (int part = 0; part < PartCount; part++)
        {
            any |= times[part] != Never;
            if (times[part] < nowUtc)
            {
                return "switch time of part " + part.ToString() + " lies in the past";
            }
        }

        return any ? null : "no part of the spare tariff has a switch time";
    }

    private string ErrorOf(TariffTable table)
    {
        for (int part = 0; part < PartCount; part++)
        {
            _mix[part] = table;
        }

        return MixError();
    }

    /// <summary>What makes the mix of parts useless, or null.</summary>
    private string MixError()
    {
        TariffTable seasons = _mix[(int)TariffPart.Seasons];
        TariffTable days = _mix[(int)TariffPart.DayTables];
        TariffTable prices = _mix[(int)TariffPart.Prices];
        TariffTable tiers = _mix[(int)TariffPart.Tiers];
        if (prices.RateCount > _rateCapacity || tiers.TierCount > _tierCapacity)
        {
            return "the tariff has " + prices.RateCount.ToString() + " rates and " + tiers.TierCount.ToString()
                + " tiers, the meter holds " + _rateCapacity.ToString() + " and " + _tierCapacity.ToString();
        }

        // A rate's number means the same name in every part, or peak energy would be billed as valley.
        if (!HasSameRates(days, prices) || !HasSameRates(tiers, prices))
        {
            return "parts with different rates would hold together";
        }

        if (seasons.DayTableUsedMax() >= days.Schedule.DayTableCount)
        {
            return "a season names day table " + seasons.DayTableUsedMax().ToString() + ", there are "
                + days.Schedule.DayTableCount.ToString();
        }

        return PriceError(prices, tiers);
    }

    // Below 0 only where a table says so itself: else a spare's amounts would make it so by accident.
    private static string PriceError(TariffTable prices, TariffTable tiers)
    {
        long least = prices.HasNegativePrice || tiers.HasNegativePrice ? -TariffLimits.PriceMax : 0;
        for (int i = 0; i < prices.PriceSeasonCount * tiers.TierCount * prices.RateCount; i++)
        {
            int rate = i % prices.RateCount;
            int tier = i / prices.RateCount % tiers.TierCount;
            long price = prices.ImportPrice(rate, i / prices.RateCount / tiers.TierCount) + tiers.TierAdd(tier, rate);
            if (price < least || price > TariffLimits.PriceMax)
            {
                return "the price of rate " + rate.ToString() + " in tier " + tier.ToString() + " is out of range";
            }
        }

        return null;
    }

    private static bool HasSameRates(TariffTable left, TariffTable right)
    {
        if (left == right)
        {
            return true;
        }

        bool isSame = left.RateCount == right.RateCount;
        for (int rate = 0; isSame && rate < left.RateCount; rate++)
        {
            isSame = left.RateName(rate) == right.RateName(rate);
        }

        return isSame;
    }
}
