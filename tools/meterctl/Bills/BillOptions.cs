using System.CommandLine;
using System.Globalization;
using MeterFirmware.Tools.Billing;
using MeterFirmware.Tools.Billing.Lists;
using MeterFirmware.Tools.Billing.Tariffs;
using NodaTime;

namespace MeterFirmware.Tools.MeterCtl.Bills;

/// <summary>What a bill asks beside load and tariff: the period, the customer's contract, the lists that stand in files
/// of their own.</summary>
internal sealed class BillOptions
{
    private readonly Option<string?> _period = new("--period")
    {
        Description = "2026-03, 2026 or FROM..UNTIL (days; the last is not billed); default the whole load",
    };

    private readonly Option<decimal> _kva =
        new("--kva") { Description = "transformers' capacity for a two-part tariff" };
    private readonly Option<decimal> _agreed =
        new("--agreed-kw") { Description = "agreed demand for a two-part tariff" };
    private readonly Option<decimal> _factor = new("--power-factor")
    {
        Description = "the month's power factor where the load has no reactive energy, such as 0.92",
    };

    private readonly Option<decimal> _used =
        new("--used-kwh") { Description = "consumption of the tier period before the load begins" };
    private readonly Option<string?> _announced =
        new("--announced") { Description = "CSV date,name[,announced] of announced days" };
    private readonly Option<string?> _prices =
        new("--prices") { Description = "price list: CSV time,price[,export], or JSON as Octopus gives it" };
    private readonly Option<string?> _peaks =
        new("--peaks") { Description = "CSV time: when the system's peaks began" };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _period, _kva, _agreed, _factor, _used, _announced, _prices, _peaks })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The request with what the options say.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="request">Load and documents.</param>
    /// <param name="isComparison">A list is left out under a tariff that has no use for it; else that is an
    /// error.</param>
    public BillRequest Fill(ParseResult parsed, BillRequest request, bool isComparison)
    {
        (LocalDate? from, LocalDate? until) = PeriodText.Parse(parsed.GetValue(_period));
        DateTimeZone zone = request.Documents[0].Zone;
        string? Path(Option<string?> option, string member, Func<TariffTerms, bool> uses) =>
            parsed.GetValue(option) is not string path ? null
            : request.Documents.Any(one => uses(one.Model.Terms)) ? path
            : isComparison ? null : throw new InputException($"{option.Name}: the tariff has no {member}");
        return request with
        {
            From = from,
            Until = until,
            Kva = Millionths(parsed, _kva, 10_000_000),
            AgreedKilowatts = Millionths(parsed, _agreed, 10_000_000),
            PowerFactorHundredths = Hundredths(parsed.GetValue(_factor)),
            UsedWattHours = Millionths(parsed, _used, 1_000_000_000) / 1000,
            Announced = Path(_announced, "$.announced", terms => terms.AnnouncedKinds.Any()) is string days
                ? AnnouncedDays.Read(days, request.Documents) : null,
            Prices = Path(_prices, "$.priceList", terms => terms.PriceList is not null) is string prices
                ? PriceList.Read(prices, zone) : null,
            Peaks = Path(_peaks, "$.peakCharges by coincident",
                terms => terms.PeakCharges.Exists(one => one.IsCoincident)) is string peaks
                ? PeakHours.Read(peaks, zone) : null,
        };
    }

    private static long Millionths(ParseResult parsed, Option<decimal> option, decimal most)
    {
        decimal value = parsed.GetValue(option);
        return value >= 0 && value <= most && value * 1_000_000 == decimal.Truncate(value * 1_000_000)
            ? (long)(value * 1_000_000)
            : throw new InputException(string.Create(CultureInfo.InvariantCulture,
                $"{option.Name}: 0 to {most} with at most six places was expected"));
    }

    private static int Hundredths(decimal value) => value is >= 0 and <= 1
        && value * 100 == decimal.Truncate(value * 100) ? (int)(value * 100)
        : throw new InputException("--power-factor: 0.01 to 1.00 with two places was expected");
}
