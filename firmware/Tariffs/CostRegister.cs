using MeterFirmware.Basics;

namespace MeterFirmware.Tariffs;

/// <summary>
/// Energy and cost by rate and tier in exact integers since the last <see cref="Clear"/> (a settlement). Cost grows
/// with the energy at the price of that moment, to 1/(3.6 × 10^14) of a ten-thousandth, so prices may change at any
/// second (table switch, day-ahead list) and a line is still rounded only once, when it is read:
/// cost of a rate = round(Σ over tiers Σ over prices energy × price). The tier follows the consumption of all rates
/// since the tier period began; an addition that crosses a step is split exactly there.
/// One instance meters import; another, made for export, meters what is paid for and has no tiers.
/// </summary>
public sealed class CostRegister
{
    /// <summary>Energy that is gathered before it is booked, 1 MWh: keeps the sum far from overflow.</summary>
    private const long PendingMicrojoulesMax = 1_000_000 * Scaling.MicrojoulesPerWattHour;

    private const int CellBytes = 28;

    private readonly int _rateCapacity;
    private readonly int _tierCapacity;
    private readonly bool _isExport;
    private readonly long[] _wattHours;
    private readonly uint[] _microjoules;
    private readonly long[] _cost;
    private readonly long[] _costParts;
    private readonly TierConsumption _consumption = new TierConsumption();
    private long _clearedTotal;
    private TariffTable _prices;
    private TariffTable _tiers;
    private TariffTable _calendar;
    private bool _isOverridden;
    private long _overridePrice;
    private int _rate = -1;
    private long _price;
    private long _pendingMicrojoules;
    private long _roomMicrojoules;

    /// <summary>Sizes everything once: rates 1 to 63, tiers 1 to 8 (1 for export).</summary>
    public CostRegister(int rateCapacity, int tierCapacity, bool isExport)
    {
        Invariant.Require(
            rateCapacity > 0 && rateCapacity <= TariffLimits.RateCountMax
            && tierCapacity > 0 && tierCapacity <= TariffLimits.TierCountMax && !(isExport && tierCapacity > 1),
            "CostRegister: capacity out of range");
        _rateCapacity = rateCapacity;
        _tierCapacity = tierCapacity;
        _isExport = isExport;
        int cells = rateCapacity * tierCapacity;
        _wattHours = new long[cells];
        _microjoules = new uint[cells];
        _cost = new long[cells];
        _costParts = new long[cells];
    }

    /// <summary>The tier that the next energy falls into, 0 to TierCount − 1.</summary>
    public int Tier { get; private set; }

    /// <summary>Bytes that <see cref="Save"/> writes.</summary>
    public int StateBytes => StateBytesOf(_rateCapacity, _tierCapacity);

    /// <summary>The same for a register of other capacities.</summary>
    public static int StateBytesOf(int rates, int tiers) => TierConsumption.StateBytes + 8 + rates * tiers * CellBytes;

    /// <summary>Consumption of the running tier period, whole watt-hours.</summary>
    public long PeriodWattHours
    {
        get
        {
            Book();
            return _consumption.WattHours;
        }
    }

    /// <summary>Goes on with another table; false, and nothing changes, when it has more rates or tiers than fit.
    /// Energy and cost so far stay; the consumption of the tier period stays when the period is of the same
    /// kind.</summary>
    public bool TryUse(TariffTable table) => TryUse(table, table, table);

    /// <summary>Goes on as the sets stand after their last seek: tables, and the day-ahead price of the moment. Cheap
    /// when nothing changed; the sets never hold a table that does not fit (give both the same capacities).</summary>
    public void Follow(TariffSets sets)
    {
        TariffTable prices = sets.InForce(TariffPart.Prices);
        TariffTable tiers = sets.InForce(TariffPart.Tiers);
        TariffTable calendar = sets.InForce(TariffPart.Seasons);
        if (prices != _prices || tiers != _tiers || calendar != _calendar)
        {
            Invariant.Require(TryUse(prices, tiers, calendar), "CostRegister: smaller than the tariff sets");
        }

        if (_isExport ? sets.HasOwnExportPrice : sets.HasDayAheadImport)
        {
            Override(_isExport ? sets.ExportPrice() : sets.DayAheadImportPrice);
        }
        else
        {
            EndOverride();
        }
    }

    /// <summary>Prices, tiers and calendar of different tables, as their switch times tell.</summary>
    internal bool TryUse(TariffTable prices, TariffTable tiers, TariffTable calendar)
    {
        if (prices.RateCount > _rateCapacity || (!_isExport && tiers.TierCount > _tierCapacity))
        {
            return false;
        }

        Book();
        _prices = prices;
        _tiers = tiers;
        _calendar = calendar;
        _consumption.Use(_isExport ? TierPeriod.None : tiers.TierPeriod, tiers.TierStartMonth, calendar);
        _rate = -1;
        return true;
    }

    /// <summary>Takes a price for every rate and tier instead of the table's, millionths per kWh, below 0 too
    /// (a day-ahead list). Tier adds do not come on top: the list's price is the whole price.</summary>
    public void Override(long priceMillionthsPerKwh)
    {
        if (!_isOverridden || _overridePrice != priceMillionthsPerKwh)
        {
            Book();
            _isOverridden = true;
            _overridePrice = priceMillionthsPerKwh;
            _rate = -1;
        }
    }

    /// <summary>Back to the table's prices.</summary>
    public void EndOverride()
    {
        if (_isOverridden)
        {
            Book();
            _isOverridden = false;
            _rate = -1;
        }
    }

    /// <summary>Adds energy of one rate at a moment; 0 to 9 × 10^18 µJ (2.5 GWh) an addition.</summary>
    public void Add(int rate, long microjoules, long utcSeconds)
    {
        Invariant.Require(microjoules >= 0, "CostRegister: negative energy");
        if (!_consumption.Holds(utcSeconds))
        {
            Book();
            _consumption.Seek(utcSeconds);
            _rate = -1;
        }

        if (rate != _rate)
        {
            Select(rate);
        }

        while (microjoules >= _roomMicrojoules)
        {
            long part = _roomMicrojoules;
            _pendingMicrojoules += part;
            microjoules -= part;
            Select(rate);
        }

        _pendingMicrojoules += microjoules;
        _roomMicrojoules -= microjoules;
    }

    /// <summary>Whole watt-hours of a rate in a tier since the last clear.</summary>
    public long WattHours(int rate, int tier)
    {
        Book();
        return _wattHours[Cell(rate, tier)];
    }

    /// <summary>The microjoules above the whole watt-hours, 0 to 3 599 999 999.</summary>
    public long RemainderMicrojoules(int rate, int tier)
    {
        Book();
        return _microjoules[Cell(rate, tier)];
    }

    /// <summary>Cost of a rate, ten-thousandths of the currency: a bill's line, all tiers in it, rounded
    /// once.</summary>
    public long RateCost(int rate)
    {
        Book();
        return Sum(rate * _tierCapacity, _tierCapacity);
    }

    /// <summary>Cost of one rate in one tier, rounded once; for display, the bill's lines are those of the
    /// rates.</summary>
    public long TierCost(int rate, int tier)
    {
        Book();
        return Sum(Cell(rate, tier), 1);
    }

    /// <summary>The bill: the sum of the rates' rounded lines, ten-thousandths of the currency.</summary>
    public long Total()
    {
        long total = 0;
        for (int rate = 0; rate < _rateCapacity; rate++)
        {
            total += RateCost(rate);
        }

        return total;
    }

    /// <summary>The bills of all settlements so far and the running one: only ever as far from what was billed as a
    /// bill's own rounding, so that a prepaid balance can follow it across settlements.</summary>
    public long TotalEver() => _clearedTotal + Total();

    /// <summary>Begins a settlement: energy and cost to zero, the tier period's consumption goes on.</summary>
    public void Clear()
    {
        _clearedTotal += Total();
        for (int cell = 0; cell < _wattHours.Length; cell++)
        {
            _wattHours[cell] = 0;
            _microjoules[cell] = 0;
            _cost[cell] = 0;
            _costParts[cell] = 0;
        }
    }

    /// <summary>States the consumption of the running tier period (a meter mounted in mid-year), watt-hours.</summary>
    public void SetPeriodConsumption(long wattHours, long utcSeconds)
    {
        Invariant.Require(wattHours >= 0 && wattHours <= TariffLimits.TierFromWattHoursMax,
            "CostRegister: consumption out of range");
        Book();
        _consumption.Seek(utcSeconds);
        _consumption.Set(wattHours);
        _rate = -1;
    }

    /// <summary>Writes all that must outlive a power loss, <see cref="StateBytes"/> bytes. The caller adds a check
    /// sum.</summary>
    public void Save(byte[] target, int offset)
    {
        Book();
        _consumption.Save(target, offset);
        int at = offset + TierConsumption.StateBytes;
        LittleEndian.WriteInt64(target, at, _clearedTotal);
        at += 8;
        for (int cell = 0; cell < _wattHours.Length; cell++)
        {
            LittleEndian.WriteInt64(target, at, _wattHours[cell]);
            LittleEndian.WriteInt32(target, at + 8, (int)(uint)_microjoules[cell]);
            LittleEndian.WriteInt64(target, at + 12, _cost[cell]);
            LittleEndian.WriteInt64(target, at + 20, _costParts[cell]);
            at += CellBytes;
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote; false, and nothing changes, when a value is out of its
    /// range.</summary>
    public bool TryLoad(byte[] source, int offset) => TryLoad(source, offset, _rateCapacity, _tierCapacity);

    /// <summary>Reads what a register of other capacities saved: the cells that fit are taken.</summary>
    public bool TryLoad(byte[] source, int offset, int rates, int tiers)
    {
        int at = offset + TierConsumption.StateBytes + 8;
        for (int cell = 0; cell < rates * tiers; cell++, at += CellBytes)
        {
            long parts = LittleEndian.ReadInt64(source, at + 20);
            if (LittleEndian.ReadInt64(source, at) < 0
                || (uint)LittleEndian.ReadInt32(source, at + 8) >= Scaling.MicrojoulesPerWattHour
                || parts < 0 || parts >= Bill.PartsPerTenThousandth)
            {
                return false;
            }
        }

        if (!_consumption.TryLoad(source, offset))
        {
            return false;
        }

        at = offset + TierConsumption.StateBytes;
        _clearedTotal = LittleEndian.ReadInt64(source, at);
        at += 8;
        for (int saved = 0; saved < rates * tiers; saved++, at += CellBytes)
        {
            int rate = saved / tiers;
            int tier = saved % tiers;
            if (rate < _rateCapacity && tier < _tierCapacity)
            {
                int cell = Cell(rate, tier);
                _wattHours[cell] = LittleEndian.ReadInt64(source, at);
                _microjoules[cell] = (uint)LittleEndian.ReadInt32(source, at + 8);
                _cost[cell] = LittleEndian.ReadInt64(source, at + 12);
                _costParts[cell] = LittleEndian.ReadInt64(source, at + 20);
            }
        }

        _pendingMicrojoules = 0;
        _rate = -1;
        return true;
    }

    private int Cell(int rate, int tier) => rate * _tierCapacity + tier;

    /// <summary>Books what is pending, then finds tier, price and how much more fits before the next look.</summary>
    private void Select(int rate)
    {
        Book();
        Invariant.Require(rate >= 0 && rate < _prices.RateCount, "CostRegister: no such rate");
        _rate = rate;
        Tier = 0;
        _roomMicrojoules = PendingMicrojoulesMax;
        if (_isExport)
        {
            _price = _isOverridden ? _overridePrice : _prices.ExportPrice(rate);
            return;
        }

        CivilTime date = _consumption.Date;
        int thresholds = _tiers.ThresholdSeasonOf(date.Month, date.Day);
        while (Tier + 1 < _tiers.TierCount && _consumption.WattHours >= _tiers.TierFromWattHours(Tier + 1, thresholds))
        {
            Tier++;
        }

        _price = _isOverridden ? _overridePrice
            : _prices.ImportPrice(rate, _prices.PriceSeasonOf(date.Month, date.Day)) + _tiers.TierAdd(Tier, rate);
        if (Tier + 1 < _tiers.TierCount)
        {
            long roomWattHours = _tiers.TierFromWattHours(Tier + 1, thresholds) - _consumption.WattHours;
            if (roomWattHours <= PendingMicrojoulesMax / Scaling.MicrojoulesPerWattHour)
            {
                _roomMicrojoules = roomWattHours * Scaling.MicrojoulesPerWattHour - _consumption.Microjoules;
            }
        }
    }

    /// <summary>Moves the pending energy into its cell, at its price.</summary>
    private void Book()
    {
        if (_pendingMicrojoules == 0)
        {
            return;
        }

        int cell = Cell(_rate, Tier);
        long wattHours = _pendingMicrojoules / Scaling.MicrojoulesPerWattHour;
        long microjoules = _pendingMicrojoules % Scaling.MicrojoulesPerWattHour;
        _consumption.Add(wattHours, microjoules);
        _cost[cell] += Bill.WholeCost(wattHours, microjoules, _price, out long parts);
        _costParts[cell] += parts;
        if (_costParts[cell] >= Bill.PartsPerTenThousandth)
        {
            _costParts[cell] -= Bill.PartsPerTenThousandth;
            _cost[cell]++;
        }

        microjoules += _microjoules[cell];
        if (microjoules >= Scaling.MicrojoulesPerWattHour)
        {
            microjoules -= Scaling.MicrojoulesPerWattHour;
            wattHours++;
        }

        _wattHours[cell] += wattHours;
        _microjoules[cell] = (uint)microjoules;

        _pendingMicrojoules = 0;
    }

    /// <summary>Adds exact costs of cells, then rounds once.</summary>
    private long Sum(int cell, int count)
    {
        long whole = 0;
        long parts = 0;
        for (int i = 0; i < count; i++, cell++)
        {
            whole += _cost[cell];
            parts += _costParts[cell];
        }

        whole += parts / Bill.PartsPerTenThousandth;
        return Bill.Rounded(whole, parts % Bill.PartsPerTenThousandth);
    }
}
