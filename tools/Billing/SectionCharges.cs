using System.Globalization;
using System.Numerics;
using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tools.Billing;

/// <summary>The lines of a section out of what it measured, in the order in which one may depend on those before
/// it.</summary>
internal sealed class SectionCharges
{
    private const long MicrojoulesPerMilliwattHour = 3_600_000;
    private static readonly BigInteger _million = 1_000_000;

    private readonly BillRequest _request;
    private readonly ExportCharges _exports;
    private readonly PeakMeters _peaks;
    private SectionLedger _ledger = null!;
    private TariffModel _model = null!;
    private List<BillLine> _lines = [];

    public SectionCharges(BillRequest request, ExportCharges exports, PeakMeters peaks) =>
        (_request, _exports, _peaks) = (request, exports, peaks);

    private TariffTerms Terms => _model.Terms;

    private string Days => $"{_ledger.Part.Days} of {_ledger.Part.DaysOfMonth} days";

    /// <summary>Sections in time order: what is carried goes from one to the next.</summary>
    public BillSection Section(SectionLedger ledger)
    {
        (_ledger, _model, _lines) = (ledger, ledger.Part.Document.Model, []);
        Energy();
        Surcharges();
        Capacity();
        _lines.AddRange(_peaks.Lines(_ledger.Part));
        PowerFactor();
        Export();
        Service();
        Standing();
        Minimum();
        Taxes();
        string number = Terms.Document is { Number.Length: > 0 } document ? $"{_model.Name}, {document.Number}"
            : _model.Name;
        return new BillSection(number, _ledger.FromUtc, _ledger.UntilUtc, _ledger.Part.From, _ledger.Part.Until,
            _lines);
    }

    private void Energy()
    {
        for (int rate = 0; rate < _model.Rates.Count; rate++)
        {
            _lines.Add(_ledger.Import.Line(BillLineKind.Energy, _model.Rates[rate], rate, 1,
                "energy of the rate × price, over all tiers, rounded once"));
        }
    }

    private void Surcharges()
    {
        foreach (SurchargeModel surcharge in Terms.Surcharges)
        {
            _lines.Add(_ledger.Import.Line(BillLineKind.Surcharge, surcharge.Name, surcharge.PerKwh,
                "all imported energy × amount"));
        }
    }

    private void Capacity()
    {
        if (Terms.Capacity is not CapacityModel capacity)
        {
            return;
        }

        bool needsKva = capacity.Rule == CapacityRule.Kva || capacity.FloorOfKva > 0
            || capacity.DiscountFromMilliwattHoursPerKva > 0;
        if (needsKva && _request.Kva == 0)
        {
            throw new InputException($"{_ledger.Part.Document.FileName}: $.capacityCharge: --kva says the "
                + $"transformers' capacity");
        }

        if (capacity.Rule == CapacityRule.AgreedDemand && _request.AgreedKilowatts == 0)
        {
            throw new InputException($"{_ledger.Part.Document.FileName}: $.capacityCharge: --agreed-kw says the "
                + $"agreed demand");
        }

        // Millionths of a kW or kVA, over a million million.
        BigInteger scale = _million * _million;
        BigInteger billed = Billed(capacity, out string why);
        BigInteger floor = (BigInteger)_request.Kva * capacity.FloorOfKva * _million;
        if (billed < floor)
        {
            billed = floor;
            why += $"; at least {Text(capacity.FloorOfKva, 10_000)} % of {Text(_request.Kva, 1_000_000)} kVA";
        }

        BigInteger price = (BigInteger)capacity.PerMonth * _million;
        if (HasDiscount(capacity))
        {
            price = (BigInteger)capacity.PerMonth * capacity.DiscountShare;
            why += $"; price × {Text(capacity.DiscountShare, 10_000)} %";
        }

        long cost = Rounding.HalfAwayFromZero(billed * price * _ledger.Part.Days,
            scale * _million * 100_000_000 * _ledger.Part.DaysOfMonth);
        long quantity = Rounding.HalfAwayFromZero(billed, scale);
        string unit = capacity.Rule == CapacityRule.Kva ? "kVA" : "kW";
        _lines.Add(new BillLine(BillLineKind.Capacity, capacity.Rule == CapacityRule.Kva ? "capacity"
            : "demand", quantity / 1_000_000m, unit, cost, [],
            $"{why}; {Text(capacity.PerMonth, 1_000_000)} a month; {Days}"));
    }

    private BigInteger Billed(CapacityModel capacity, out string why)
    {
        BigInteger scale = _million * _million;
        long demand = _ledger.DemandMillionthKilowatts;
        string measured = $"highest {_ledger.DemandBlockSeconds / 60}-minute demand {Text(demand, 1_000_000)} kW"
            + (_ledger.DemandUtc == 0 ? "" : $" at {LocalText(_ledger.DemandUtc)}");
        switch (capacity.Rule)
        {
            case CapacityRule.Kva:
                why = "capacity of the transformers";
                return _request.Kva * scale;
            case CapacityRule.ActualDemand:
                why = measured;
                return demand * scale;
            default:
                BigInteger agreed = _request.AgreedKilowatts;
                BigInteger excess = demand * _million - agreed * capacity.Free;
                why = $"agreed {Text(_request.AgreedKilowatts, 1_000_000)} kW; {measured}"
                    + (excess > 0
                        ? $"; what is above {Text(capacity.Free, 10_000)} % counts "
                        + $"{Text(capacity.ExcessFactor, 1_000_000)} times" : "");
                return agreed * scale + BigInteger.Max(excess, 0) * capacity.ExcessFactor;
        }
    }

    /// <summary>Enough energy for each kVA in the days billed.</summary>
    private bool HasDiscount(CapacityModel capacity)
    {
        BigInteger measured = (BigInteger)_ledger.Import.Total() * _million * _ledger.Part.DaysOfMonth;
        BigInteger needed = (BigInteger)capacity.DiscountFromMilliwattHoursPerKva * MicrojoulesPerMilliwattHour
            * _request.Load.StepSeconds * _request.Kva * _ledger.Part.Days;
        return capacity.DiscountFromMilliwattHoursPerKva > 0 && measured >= needed;
    }

    private void PowerFactor()
    {
        if (Terms.PowerFactorStandard == 0)
        {
            return;
        }

        bool isMeasured = _request.Load.ReactiveMicrojoules is not null;
        if (!isMeasured && _request.PowerFactorHundredths == 0)
        {
            throw new InputException($"{_ledger.Part.Document.FileName}: $.powerFactor: the load has no reactive "
                + $"energy; "
                + "--reactive names its column, or --power-factor 0.92 says the month's");
        }

        int hundredths = isMeasured ? PowerFactorTable.Hundredths(_ledger.Active, _ledger.Reactive)
            : _request.PowerFactorHundredths;
        long share = PowerFactorTable.ShareMillionths(Terms.PowerFactorStandard, hundredths);
        BigInteger lines = _lines.Where(line => line.Kind is BillLineKind.Energy or BillLineKind.Capacity)
            .Sum(line => line.Cost);
        _lines.Add(new BillLine(BillLineKind.PowerFactor, "power factor", share / 10_000m, "%",
            Rounding.HalfAwayFromZero(lines * share, _million), [],
            $"power factor {hundredths / 100m:0.00}, standard 0.{Terms.PowerFactorStandard}, on energy and capacity"));
    }

    private void Export()
    {
        if (_request.Load.ExportMicrojoules is null)
        {
            return;
        }

        if (Terms.Discharge is null && _model.ExportPrices is null && Terms.Export is null
            && Terms.PriceList?.ExportFactor is null)
        {
            throw new InputException($"{_ledger.Part.Document.FileName}: $.exportPrices: missing; the load exports. "
                + $"--export none leaves that out");
        }

        _lines.AddRange(_exports.Lines(_ledger));
    }

    private void Service()
    {
        if (_request.IsCharging && Terms.ServiceFees.Length == 0 && _model.ServiceFee > 0)
        {
            _lines.Add(_ledger.Import.Line(BillLineKind.Service, "service fee", _model.ServiceFee,
                "all charged energy × fee"));
        }

        for (int rate = 0; rate < Terms.ServiceFees.Length && _request.IsCharging; rate++)
        {
            BillLine energy = _ledger.Import.Line(BillLineKind.Energy, "", rate, 1, "");
            EnergyLedger fee = new(_request.Load.StepSeconds);
            foreach (BillPart part in energy.Parts)
            {
                fee.Add(rate, 0, Terms.ServiceFees[rate], part.MicrojouleSeconds);
            }

            _lines.Add(fee.Line(BillLineKind.Service, $"service fee, {_model.Rates[rate]}", rate, 1,
                "charged energy of the rate × its fee") with
            { Rate = _model.Rates[rate] });
        }

        bool isFirst = _ledger.FromUtc <= _request.Load.StartUtcSeconds;
        bool isLast = _ledger.FromUtc <= _request.Load.EndUtcSeconds - 1
            && _ledger.UntilUtc >= _request.Load.EndUtcSeconds;
        Minutes("reservation fee", isFirst ? _request.ReservedMinutes : 0, Terms.Reservation);
        Minutes("occupancy fee", isLast ? _request.OccupiedMinutes : 0, Terms.Occupancy);
    }

    /// <summary>A reservation stands before the load, an occupancy after it.</summary>
    private void Minutes(string name, int minutes, OccupancyModel? fee)
    {
        if (minutes > 0 && _request.IsCharging && fee is not null)
        {
            _lines.Add(new BillLine(BillLineKind.Service, name, minutes, "min", fee.CostOf(minutes), [],
                $"{fee.FreeMinutes} minutes free, then {Text(fee.PerMinute, 1_000_000)} a minute"
                + (fee.Maximum > 0 ? $", at most {Text(fee.Maximum, 1_000_000)}" : "")));
        }
    }

    private void Standing()
    {
        if (Terms.StandingPerMonth == 0 && Terms.StandingPerDay == 0)
        {
            return;
        }

        BigInteger days = _ledger.Part.Days;
        long cost = Terms.StandingPerDay > 0 ? Rounding.HalfAwayFromZero(Terms.StandingPerDay * days, 100)
            : Rounding.HalfAwayFromZero(Terms.StandingPerMonth * days, 100 * _ledger.Part.DaysOfMonth);
        _lines.Add(new BillLine(BillLineKind.Standing, "standing charge", _ledger.Part.Days, "days", cost, [],
            Terms.StandingPerDay > 0 ? $"{Text(Terms.StandingPerDay, 1_000_000)} a day"
                : $"{Text(Terms.StandingPerMonth, 1_000_000)} a month; {Days}"));
    }

    private void Minimum()
    {
        if (Terms.MinimumPerMonth == 0)
        {
            return;
        }

        long least = Rounding.HalfAwayFromZero((BigInteger)Terms.MinimumPerMonth * _ledger.Part.Days,
            100 * _ledger.Part.DaysOfMonth);
        long sum = _lines.Where(line => line.Kind != BillLineKind.Export).Sum(line => line.Cost);
        _lines.Add(new BillLine(BillLineKind.Minimum, "up to the minimum charge", _ledger.Part.Days, "days",
            Math.Max(0, least - sum), [],
            $"at least {Text(Terms.MinimumPerMonth, 1_000_000)} a month before taxes and export; {Days}"));
    }

    private void Taxes()
    {
        BillLine[] before = [.. _lines];
        foreach (TaxModel tax in Terms.Taxes)
        {
            BigInteger of = before.Where(line => tax.Of.Contains(line.Kind)).Sum(line => line.Cost);
            _lines.Add(new BillLine(BillLineKind.Tax, tax.Name, tax.Share / 10_000m, "%",
                Rounding.HalfAwayFromZero(of * tax.Share, _million), [],
                "share of the rounded lines: " + string.Join(", ", tax.Of.Select(BillKinds.Name))));
        }
    }

    private string LocalText(long utc) =>
        NodaTime.Instant.FromUnixTimeSeconds(utc).InZone(_model.TimeZone)
            .ToString("uuuu-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);

    private static string Text(long value, long unit) =>
        (value / (decimal)unit).ToString("0.######", CultureInfo.InvariantCulture);
}
