using System.Globalization;
using System.Numerics;
using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tools.Billing;

/// <summary>The lines of charges on peaks; each charge is metered once over the whole load.</summary>
internal sealed class PeakMeters(BillRequest request, LoadFile load)
{
    private readonly Dictionary<PeakChargeModel, PeakMeter> _meters = new(ReferenceEqualityComparer.Instance);

    public IEnumerable<BillLine> Lines(SectionPart part)
    {
        TariffModel model = part.Document.Model;
        foreach (PeakChargeModel charge in model.Terms.PeakCharges)
        {
            if (!_meters.TryGetValue(charge, out PeakMeter? meter))
            {
                RateClock clock = new(model, request.Announced ?? []);
                _meters[charge] = meter = new PeakMeter(charge, clock, model.TimeZone, load, request.Peaks ?? []);
            }

            long demand = meter.Demand(part);
            long billed = Math.Max(demand, charge.MinimumKilowatts);
            long cost = Rounding.HalfAwayFromZero((BigInteger)billed * charge.PerMonth * part.Days,
                (BigInteger)100_000_000 * part.DaysOfMonth);
            yield return new BillLine(BillLineKind.Capacity, charge.Name, billed / 1_000_000m, "kW", cost, [],
                Why(charge, meter, demand, part));
        }
    }

    private static string Why(PeakChargeModel charge, PeakMeter meter, long demand, SectionPart part)
    {
        string what = charge.IsCoincident
            ? $"mean demand in the {charge.Minutes} minutes of each listed peak"
            : charge.Days == 1 ? $"highest {charge.Minutes}-minute demand"
            : $"mean of the highest {charge.Minutes}-minute demands of {charge.Days} days";
        string months = charge.Months == 1 ? meter.MonthCount == 0 ? "; none in the section" : ""
            : $"; mean of {meter.MonthCount} months of the load, {charge.Months} at most";
        string least = charge.MinimumKilowatts > demand ? $"; at least {Text(charge.MinimumKilowatts)} kW" : "";
        return $"{what}: {Text(demand)} kW{months}{least}; {Text(charge.PerMonth)} a month; "
            + $"{part.Days} of {part.DaysOfMonth} days";
    }

    private static string Text(long millionths) =>
        (millionths / 1_000_000m).ToString("0.######", CultureInfo.InvariantCulture);
}
