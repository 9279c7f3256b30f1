using NodaTime;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>
/// The parts of a tariff document that stand beside the table of the device: the bill engine computes them from the
/// meter's records. Money is in millionths of the currency, shares in millionths of one.
/// </summary>
public sealed class TariffTerms
{
    /// <summary>Number, source and validity; null: the document says nothing.</summary>
    public DocumentModel? Document { get; set; }

    /// <summary>The floating and the fixed part of the price, from a date on each; ascending.</summary>
    public List<BasePriceModel> BasePrices { get; } = [];

    /// <summary>By rate, millionths of one: what the floating part is multiplied with; empty without base
    /// prices.</summary>
    public long[] Ratios { get; set; } = [];

    /// <summary>Amounts per kWh on all imported energy, a line each.</summary>
    public List<SurchargeModel> Surcharges { get; } = [];

    /// <summary>Shares of the lines before them.</summary>
    public List<TaxModel> Taxes { get; } = [];

    /// <summary>Millionths a month, by days in a part of one; 0: none.</summary>
    public long StandingPerMonth { get; set; }

    /// <summary>Millionths a day; 0: none.</summary>
    public long StandingPerDay { get; set; }

    /// <summary>The least that a month costs before taxes, millionths; 0: none.</summary>
    public long MinimumPerMonth { get; set; }

    public CapacityModel? Capacity { get; set; }

    /// <summary>0.90, 0.85 or 0.80 in hundredths; 0: no adjustment.</summary>
    public int PowerFactorStandard { get; set; }

    /// <summary>Own periods and prices of discharged energy; null: <see cref="TariffModel.ExportPrices"/>
    /// hold.</summary>
    public TariffModel? Discharge { get; set; }

    /// <summary>Service fee by rate, millionths per kWh; empty: one fee for all.</summary>
    public long[] ServiceFees { get; set; } = [];

    public OccupancyModel? Occupancy { get; set; }

    /// <summary>Fee for a charger that is kept for someone before charging.</summary>
    public OccupancyModel? Reservation { get; set; }

    /// <summary>Kinds of days that are announced.</summary>
    public List<AnnouncedModel> Announced { get; } = [];

    /// <summary>Those of imported and of discharged energy.</summary>
    public IEnumerable<AnnouncedModel> AnnouncedKinds => Announced.Concat(Discharge?.Terms.Announced ?? []);

    /// <summary>The prices come as a list; null: the document has them.</summary>
    public PriceListModel? PriceList { get; set; }

    /// <summary>Charges on peaks, a line each.</summary>
    public List<PeakChargeModel> PeakCharges { get; } = [];

    /// <summary>Null: exported energy is paid by its own prices.</summary>
    public ExportModel? Export { get; set; }

    /// <summary>The month in which a tier year begins, 1 to 12.</summary>
    public int TierStartMonth { get; set; } = 1;

    /// <summary>Tiers are counted over a day or a season; None: <see cref="TariffModel.TierPeriod"/> holds.</summary>
    public TierSpan TierSpan { get; set; }

    /// <summary>Thresholds by season; empty: the tariff's steps hold all year.</summary>
    public List<TierSeasonModel> TierSeasons { get; } = [];

    /// <summary>Lists of holidays by name, with their day tables.</summary>
    public List<CalendarModel> Calendars { get; } = [];
}

/// <summary>What tiers are counted over where no device can.</summary>
public enum TierSpan
{
    None,
    Day,
    Season,
}

/// <summary>A document's number and source, and the days on which it holds.</summary>
/// <param name="Number">Such as 苏发改价格发〔2025〕426号.</param>
/// <param name="Source">Where its figures were read.</param>
/// <param name="From">First day; null: always before <paramref name="Until"/>.</param>
/// <param name="Until">First day on which it no longer holds; null: open.</param>
/// <param name="Uncertain">What nobody has checked; empty: nothing.</param>
public sealed record DocumentModel(string Number, string Source, LocalDate? From, LocalDate? Until, string Uncertain);

/// <summary>From a date on, millionths per kWh: price = floating × ratio + fixed.</summary>
public sealed record BasePriceModel(LocalDate From, long Floating, long Fixed)
{
    /// <summary>By rate, rounded once to a millionth, half away from zero.</summary>
    public long[] PricesOf(long[] ratios) => [.. ratios.Select(ratio =>
        Rounding.HalfAwayFromZero((System.Numerics.BigInteger)Floating * ratio, 1_000_000) + Fixed)];
}

/// <summary>An amount on each imported kWh, millionths.</summary>
public sealed record SurchargeModel(string Name, long PerKwh);

/// <summary>A share of the lines of some kinds, millionths of one.</summary>
public sealed record TaxModel(string Name, long Share, List<BillLineKind> Of);

/// <summary>From a date of the year on these thresholds hold; Wh by tier.</summary>
public sealed record TierSeasonModel(int Month, int Day, long[] FromWattHours);

/// <summary>A list of holidays that ships, its rest days' table and its moved working days' rule.</summary>
/// <param name="Name">Such as china.</param>
/// <param name="RestTable">Day table of its days off.</param>
public sealed record CalendarModel(string Name, int RestTable);

/// <summary>A fee for minutes on a charger without charging.</summary>
/// <param name="PerMinute">Millionths.</param>
/// <param name="FreeMinutes">At the beginning.</param>
/// <param name="Maximum">Millionths; 0: none.</param>
public sealed record OccupancyModel(long PerMinute, int FreeMinutes, long Maximum)
{
    /// <summary>Ten-thousandths of the currency for whole minutes begun.</summary>
    public long CostOf(int minutes)
    {
        long millionths = Math.Max(0, minutes - FreeMinutes) * PerMinute;
        return Rounding.HalfAwayFromZero(Maximum > 0 ? Math.Min(millionths, Maximum) : millionths, 100);
    }
}

/// <summary>The capacity charge of a two-part tariff.</summary>
public sealed record CapacityModel
{
    public required CapacityRule Rule { get; init; }

    /// <summary>Millionths a month for each kVA or kW.</summary>
    public required long PerMonth { get; init; }

    /// <summary>Up to this share of the agreed demand the agreed one is billed, millionths of one.</summary>
    public long Free { get; init; } = 1_050_000;

    /// <summary>What the demand above it counts, millionths of one.</summary>
    public long ExcessFactor { get; init; } = 2_000_000;

    /// <summary>The least demand billed, as a share of the transformers' kVA; 0: none.</summary>
    public long FloorOfKva { get; init; }

    /// <summary>From so many mWh a kVA in the month the price is another share of itself; 0: never.</summary>
    public long DiscountFromMilliwattHoursPerKva { get; init; }

    /// <summary>Share of the price then, millionths of one.</summary>
    public long DiscountShare { get; init; }
}

/// <summary>按容量, 按合同需量, 按实际需量.</summary>
public enum CapacityRule
{
    Kva,
    AgreedDemand,
    ActualDemand,
}
