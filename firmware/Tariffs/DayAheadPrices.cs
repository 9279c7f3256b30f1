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

    /// <summary>The same in minutes.</summary>
    public const int QuarterMinutes = 15;

    /// <summary>Quarter hours of an ordinary day.</summary>
    public const int QuartersOfDay = 96;

    /// <summary>Highest and, below 0, lowest price, millionths per kWh: 2 147 of the currency, so that a price takes
    /// four bytes.</summary>
    public const long PriceMax = int.MaxValue;

    /// <summary>A price in a packed list that marks a quarter hour without one.</summary>
    private const int PackedMissing = int.MinValue;

    /// <summary>A day that repeats two hours (Antarctica/Troll).</summary>
    public const int QuartersMax = 104;

    private readonly long[] _days;
    private readonly int[] _counts;
    private readonly long[] _firstUtc;
    private readonly int[] _import;
    private readonly int[] _export;
    private int _at;

    /// <summary>Room for so many days (two: today and tomorrow), 832 bytes a day with export prices, half
    /// without.</summary>
    public DayAheadPrices(int dayCapacity, bool hasExport)
    {
        Invariant.Require(dayCapacity > 0, "DayAheadPrices: no days");
        _days = new long[dayCapacity];
        _counts = new int[dayCapacity];
        _firstUtc = new long[dayCapacity];
        _import = new int[dayCapacity * QuartersMax];
        _export = hasExport ? new int[dayCapacity * QuartersMax] : null;
        Clear();
    }

    /// <summary>Whether it keeps export prices.</summary>
    public bool HasExport => _export != null;

    /// <summary>Grows with every change of a list.</summary>
    public int Version { get; private set; }

    /// <summary>First second of the quarter hour that <see cref="Find"/> found.</summary>
    internal long QuarterFromUtc { get; private set; }

    /// <summary>Whether a local date has a list, by days since 1970-01-01.</summary>
    public bool Has(long dayNumber) => SlotOf(dayNumber) >= 0;

    /// <summary>Whether any day has a list.</summary>
    public bool HasAny => SavedBytes > 1;

    /// <summary>Bytes that <see cref="Save"/> writes at most.</summary>
    public static int SavedBytesMax(int dayCapacity, bool hasExport) =>
        1 + dayCapacity * (6 + QuartersMax * (hasExport ? 8 : 4));

    /// <summary>Forgets every list.</summary>
    public void Clear()
    {
        for (int slot = 0; slot < _days.Length; slot++)
        {
            _days[slot] = DayLists.NoDay;
        }

        Version++;
    }

    /// <summary>
    /// Takes or replaces the list of a local date. Prices are millionths per kWh, −<see cref="PriceMax"/> to
    /// <see cref="PriceMax"/> or <see cref="Missing"/>; export may be null. The oldest list makes room. False changes
    /// nothing.
    /// </summary>
    public bool TrySet(TariffTable calendar, long dayNumber, long[] import, long[] export, int count, out string error)
    {
        error = ListError(import, export, count);
        int slot = error == null ? SlotFor(calendar, dayNumber, DayLists.NoDay, count, out error) : -1;
        if (slot < 0)
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            _import[slot * QuartersMax + i] = Packed(import[i]);
            if (_export != null)
            {
                _export[slot * QuartersMax + i] = export == null ? PackedMissing : Packed(export[i]);
            }
        }

        Take(slot, calendar, dayNumber, count);
        return true;
    }

    /// <summary>The same from bytes, as a command and the store carry it: 4 bytes a price, low byte first, the lowest
    /// number of all for none.</summary>
    /// <param name="calendar">Tells the day's length.</param>
    /// <param name="dayNumber">Local date as days since 1970-01-01.</param>
    /// <param name="today">The local date now: its list and tomorrow's give way to none; <see cref="DayLists.NoDay"/>
    /// without a calendar.</param>
    /// <param name="bytes">Holds the prices.</param>
    /// <param name="importAt">Where the import prices begin.</param>
    /// <param name="exportAt">Where the export prices begin; −1: none.</param>
    /// <param name="count">Prices of each.</param>
    /// <param name="minutes">How long each price holds: 15, 30 or 60.</param>
    /// <param name="error">What is wrong; null: nothing.</param>
    public bool TrySetPacked(
        TariffTable calendar, long dayNumber, long today, byte[] bytes, int importAt, int exportAt, int count,
        int minutes, out string error)
    {
        int each = minutes / QuarterMinutes;
        Invariant.Require(each == 1 || each == 2 || each == 4, "a price holds 15, 30 or 60 minutes");
        count *= each;
        int slot = SlotFor(calendar, dayNumber, today, count, out error);
        if (slot < 0)
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            _import[slot * QuartersMax + i] = LittleEndian.ReadInt32(bytes, importAt + 4 * (i / each));
            if (_export != null)
            {
                _export[slot * QuartersMax + i] = exportAt < 0
                    ? PackedMissing : LittleEndian.ReadInt32(bytes, exportAt + 4 * (i / each));
            }
        }

        Take(slot, calendar, dayNumber, count);
        return true;
    }

    /// <summary>Forgets the lists of days before one, which nothing asks for any more.</summary>
    public void ForgetBefore(long dayNumber)
    {
        for (int slot = 0; slot < _days.Length; slot++)
        {
            _days[slot] = _days[slot] < dayNumber ? DayLists.NoDay : _days[slot];
        }
    }

    /// <summary>Bytes that <see cref="Save"/> writes now.</summary>
    public int SavedBytes
    {
        get
        {
            int bytes = 1;
            for (int slot = 0; slot < _days.Length; slot++)
            {
                bytes += _days[slot] == DayLists.NoDay ? 0 : 6 + _counts[slot] * (_export == null ? 4 : 8);
            }

            return bytes;
        }
    }

    /// <summary>Writes the lists; returns the offset behind.</summary>
    public int Save(byte[] target, int offset)
    {
        int at = offset + 1;
        target[offset] = 0;
        for (int slot = 0; slot < _days.Length; slot++)
        {
            if (_days[slot] == DayLists.NoDay)
            {
                continue;
            }

            target[offset]++;
            LittleEndian.WriteInt32(target, at, (int)_days[slot]);
            target[at + 4] = (byte)_counts[slot];
            target[at + 5] = (byte)(_export == null ? 0 : 1);
            at = Save(_import, slot, target, at + 6);
            at = _export == null ? at : Save(_export, slot, target, at);
        }

        return at;
    }

    /// <summary>Takes what <see cref="Save"/> wrote; what does not fit the calendar any more is left out. Returns the
    /// offset behind, or −1: not such bytes.</summary>
    public int Load(TariffTable calendar, byte[] source, int offset, int end)
    {
        int lists = offset < end ? source[offset] : 0;
        int at = offset + 1;
        for (int i = 0; i < lists; i++)
        {
            if (at + 6 > end)
            {
                return -1;
            }

            int count = source[at + 4];
            int exportAt = source[at + 5] == 0 ? -1 : at + 6 + 4 * count;
            int behind = at + 6 + (exportAt < 0 ? 4 : 8) * count;
            if (behind > end)
            {
                return -1;
            }

            long day = LittleEndian.ReadInt32(source, at);
            TrySetPacked(calendar, day, DayLists.NoDay, source, at + 6, exportAt, count, QuarterMinutes, out string _);
            at = behind;
        }

        return at;
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
        return price != PackedMissing;
    }

    internal bool TryExportPrice(out long price)
    {
        price = _export == null ? PackedMissing : _export[_at];
        return price != PackedMissing;
    }

    private static string ListError(long[] import, long[] export, int count)
    {
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
        price == Missing || (price >= -PriceMax && price <= PriceMax);

    private static int Packed(long price) => price == Missing ? PackedMissing : (int)price;

    private int Save(int[] prices, int slot, byte[] target, int at)
    {
        for (int i = 0; i < _counts[slot]; i++)
        {
            LittleEndian.WriteInt32(target, at + 4 * i, prices[slot * QuartersMax + i]);
        }

        return at + 4 * _counts[slot];
    }

    private void Take(int slot, TariffTable calendar, long dayNumber, int count)
    {
        _days[slot] = dayNumber;
        _counts[slot] = count;
        _firstUtc[slot] = calendar.Zone.FirstUtcOf(dayNumber);
        Version++;
    }

    /// <summary>The slot for a list of so many prices; −1, and why.</summary>
    private int SlotFor(TariffTable calendar, long dayNumber, long today, int count, out string error)
    {
        long quarters =
            (calendar.Zone.FirstUtcOf(dayNumber + 1) - calendar.Zone.FirstUtcOf(dayNumber)) / QuarterSeconds;
        error = null;
        if ((count != QuartersOfDay && count != quarters) || count > QuartersMax || count < 1)
        {
            error = "day-ahead prices: " + count.ToString() + " prices, expected 96 or " + quarters.ToString()
                + " quarter hours";
            return -1;
        }

        int slot = DayLists.PlaceFor(_days, dayNumber, today);
        error = slot >= 0 ? null : today == DayLists.NoDay ? "day-ahead prices: older than every day that is kept"
            : "day-ahead prices: only today and tomorrow are kept";
        return slot;
    }

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
}
