using System.Numerics;
using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Billing.Tariffs;
using NodaTime;

namespace MeterFirmware.Tools.Billing;

/// <summary>What a section measured: energy by rate, tier and price, export, reactive energy, the highest
/// demand.</summary>
internal sealed class SectionLedger
{
    /// <summary>Demand is the mean of a block of 15 minutes by the clock, or of an interval that is longer.</summary>
    private const int DemandSeconds = 900;

    private readonly LoadFile _load;
    private readonly TariffModel _model;
    private readonly long[]? _basePrices;
    private BigInteger _blockEnergy;
    private long _block = long.MinValue;

    public SectionLedger(SectionPart part, DateTimeZone zone, LoadFile load)
    {
        Part = part;
        _load = load;
        _model = part.Document.Model;
        FromUtc = part.From.AtStartOfDayInZone(zone).ToInstant().ToUnixTimeSeconds();
        UntilUtc = part.Until.AtStartOfDayInZone(zone).ToInstant().ToUnixTimeSeconds();
        BasePriceModel? basePrice = _model.Terms.BasePrices.LastOrDefault(one => one.From <= part.From);
        _basePrices = basePrice?.PricesOf(_model.Terms.Ratios);
        Import = new EnergyLedger(load.StepSeconds);
        Export = new EnergyLedger(load.StepSeconds);
        DemandBlockSeconds = Math.Max(DemandSeconds, load.StepSeconds);
    }

    public SectionPart Part { get; }

    public long FromUtc { get; }

    public long UntilUtc { get; }

    public EnergyLedger Import { get; }

    public EnergyLedger Export { get; }

    /// <summary>Active and reactive energy of the intervals that begin here, µJ and µvar·s.</summary>
    public BigInteger Active { get; private set; }

    public BigInteger Reactive { get; private set; }

    public int DemandBlockSeconds { get; }

    /// <summary>Energy of the highest block, µJ·s (see <see cref="EnergyLedger"/>).</summary>
    public BigInteger DemandEnergy { get; private set; }

    /// <summary>UTC second of its end; 0: there is none.</summary>
    public long DemandUtc { get; private set; }

    /// <returns>The price, millionths per kWh.</returns>
    public long AddImport(RateClock clock, int tier, Int128 energy, long? listed)
    {
        if (listed is long whole)
        {
            // The list's price is the whole one: no tier comes on top.
            Import.Add(clock.Rate, 0, whole, energy);
            return whole;
        }

        long price = (_basePrices ?? clock.Season.Prices ?? _model.ImportPrices)[clock.Rate]
            + (tier > 0 || _model.Tiers.Count > 0 ? _model.Tiers[tier].Adds[clock.Rate] : 0);
        Import.Add(clock.Rate, tier, price, energy);
        return price;
    }

    /// <returns>The price, millionths per kWh.</returns>
    public long AddExport(RateClock clock, Int128 energy, long? listed)
    {
        long price = listed ?? (_model.Terms.Discharge is TariffModel discharge
            ? (clock.Season.Prices ?? discharge.ImportPrices)[clock.Rate]
            : ExportPrice(clock.Rate));
        Export.Add(clock.Rate, 0, price, energy);
        return price;
    }

    /// <summary>Millionths per kWh.</summary>
    public long ExportPrice(int rate) => _model.ExportPrices?[rate] ?? 0;

    /// <summary>An interval as a whole, for demand and power factor: it belongs to the section in which it
    /// begins.</summary>
    public void AddWhole(int interval, long startUtc)
    {
        Active += _load.Microjoules[interval];
        Reactive += _load.ReactiveMicrojoules?[interval] ?? 0;
        long end = startUtc + _load.StepSeconds;
        for (long at = startUtc; at < end;)
        {
            // An interval of 10 minutes lies in two blocks of 15; one of 20 minutes is a block itself.
            long block = _load.StepSeconds >= DemandSeconds ? startUtc : at - at % DemandSeconds;
            long until = Math.Min(end, block + DemandBlockSeconds);
            AddDemand(block, (BigInteger)_load.Microjoules[interval] * (until - at));
            at = until;
        }
    }

    /// <summary>Highest demand in millionths of a kW, rounded once.</summary>
    public long DemandMillionthKilowatts =>
        Rounding.HalfAwayFromZero(DemandEnergy, 1000 * (BigInteger)DemandBlockSeconds * _load.StepSeconds);

    private void AddDemand(long block, BigInteger energy)
    {
        _blockEnergy = block == _block ? _blockEnergy + energy : energy;
        _block = block;
        if (_blockEnergy > DemandEnergy)
        {
            (DemandEnergy, DemandUtc) = (_blockEnergy, block + DemandBlockSeconds);
        }
    }
}
