using MeterFirmware.Basics;

namespace MeterFirmware.Tariffs;

/// <summary>
/// Price lists of whole local days, a price each quarter hour, that go before the tariff's prices. A list of 96 is read
/// by wall time (a repeated hour has the same prices twice, a missing one is skipped); on a day of 23 or 25 hours a
/// list of 92 or 100 is read by elapsed time. A day without a list, or a quarter hour without a price, falls back to
/// the tariff. Prices may be below 0.
/// </summary>
public sealed class DayAheadPrices
{
    /// <summary>Marks a quarter hour that has no price.</summary>
    public const long Missing = long.MinValue;

    /// <summary>A price holds for 900 s.</summary>
    public const int QuarterSeconds = 900;

    /// <summary>Quarter hours of an ordinary day.</summary>
    public const int QuartersOfDay = 96;

    /// <summary>A day that repeats two hours (Antarctica/Troll).</summary>
    private const int QuartersMax = 104;

    private const long NoDay = long.MinValue;
    private readonly long[] _days;
    private readonly int[] _counts;
    private readonly long[] _firstUtc;
    private readonly long[] _import;
    private readonly long[] _export;
    private int _at;

    /// <summary>Room for so many days (two: today and tomorrow), 1 664 bytes a day with export prices, half without.</summary>
    public DayAheadPrices(int dayCapacity, bool hasExport)
    {
        Invariant.Require(dayCapacity > 0, "DayAheadPrices: no days");
        _days = new long[dayCapacity];
        _counts = new int[dayCapacity];
        _firstUtc = new long[dayCapacity];
        _import = new long[dayCapacity * QuartersMax];
        _export = hasExport ? new long[dayCapacity * QuartersMax] : null;
        Clear();
    }

    /// <summary>Grows with every change of a list.</summary>
    public int Version { get; private set; }

    /// <summary>First second of the quarter hour that <see cref="Find"/> found.</summary>
    internal long QuarterFromUtc { get; private set; }

    /// <summary>Whether a local date has a list, by days since 1970-01-01.</summary>
    public bool Has(long dayNumber) => SlotOf(dayNumber) >= 0;

    /// <summary>Forgets every list.</summary>
    public void Clear()
    {
        for (int slot = 0; slot < _days.Length; slot++)
        {
            _days[slot] = NoDay;
        }

        Version++;
    }

    /// <summary>
    /// Takes or replaces the list of a local date. Prices are millionths per kWh, −10^12 to 10^12 or
    /// <see cref="Missing"/>; export may be null. The oldest list makes room. False changes nothing.
    /// </summary>
    public bool TrySet(TariffTable calendar, long dayNumber, long[] import, long[] export, int count, out string error)
    {
        long firstUtc = calendar.Zone.FirstUtcOf(dayNumber);
        long quarters = (calendar.Zone.FirstUtcOf(dayNumber + 1) - firstUtc) / QuarterSeconds;
        error = ListError(import, export, count, quarters);
        int slot = error == null ? SlotFor(dayNumber) : -1;
        if (error == null && slot < 0)
        {
            error = "day-ahead prices: older than every day that is kept";
        }

        if (error != null)
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            _import[slot * QuartersMax + i] = import[i];
            if (_export != null)
            {
                _export[slot * QuartersMax + i] = export == null ? Missing : export[i];
            }
        }

        _days[slot] = dayNumber;
        _counts[slot] = count;
        _firstUtc[slot] = firstUtc;
        Version++;
        return true;
    }

    /// <summary>Selects the quarter hour of a moment; false when its day has no list.</summary>
    internal bool Find(long dayNumber, long utcSeconds, int offsetSeconds)
    {
        int slot = SlotOf(dayNumber);
        if (slot < 0)
        {
            return false;
        }

        long midnightUtc = _counts[slot] == QuartersOfDay
            ? dayNumber * CivilTime.SecondsPerDay - offsetSeconds : _firstUtc[slot];
        int quarter = (int)((utcSeconds - midnightUtc) / QuarterSeconds);
        if (quarter < 0 || quarter >= _counts[slot])
        {
            return false;
        }

        _at = slot * QuartersMax + quarter;
        QuarterFromUtc = midnightUtc + quarter * QuarterSeconds;
        return true;
    }

    internal bool TryImportPrice(out long price)
    {
        price = _import[_at];
        return price != Missing;
    }

    internal bool TryExportPrice(out long price)
    {
        price = _export == null ? Missing : _export[_at];
        return price != Missing;
    }

    private static string ListError(long[] import, long[] export, int count, long quarters)
    {
        if ((count != QuartersOfDay && count != quarters) || count > QuartersMax || count < 1)
        {
            return "day-ahead prices: " + count.ToString() + " prices, expected 96 or " + quarters.ToString();
        }

        if (import.Length < count || (export != null && export.Length < count))
        {
            return "day-ahead prices: fewer prices than said";
        }

        for (int i = 0; i < count; i++)
        {
            if (!IsPrice(import[i]) || (export != null && !IsPrice(export[i])))
            {
                return "day-ahead prices: price " + i.ToString() + " is out of range";
            }
        }

        return null;
    }

    private static bool IsPrice(long price) =>
        price == Missing || (price >= -TariffLimits.PriceMax && price <= TariffLimits.PriceMax);

    private int SlotOf(long dayNumber)
    {
        for (int slot = 0; slot < _days.Length; slot++)
        {
            if (_days[slot] == dayNumber)
            {
                return slot;
            }
        }

        return -1;
    }

    /// <summary>The date's own slot, else a free one, else the oldest when that is older.</summary>
    private int SlotFor(long dayNumber)
    {
        int own = SlotOf(dayNumber);
        if (own >= 0)
        {
            return own;
        }

        int oldest = 0;
        for (int slot = 1; slot < _days.Length; slot++)
        {
            oldest = _days[slot] < _days[oldest] ? slot : oldest;
        }

        return _days[oldest] < dayNumber ? oldest : -1;
    }
}
