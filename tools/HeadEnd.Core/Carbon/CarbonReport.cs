namespace MeterFirmware.Tools.HeadEnds.Carbon;

/// <summary>Emissions of a device, an area or a customer by hour.</summary>
/// <param name="Milligrams">Sum of the hours that have a factor.</param>
/// <param name="CoveredMilliwattHours">Energy of those hours.</param>
/// <param name="UncoveredMilliwattHours">Energy of hours without a factor: it is in no sum.</param>
/// <param name="Hours">In time order; hours without readings are left out.</param>
public sealed record CarbonReport(
    long Milligrams,
    long CoveredMilliwattHours,
    long UncoveredMilliwattHours,
    IReadOnlyList<CarbonHour> Hours)
{
    private const int MilligramsAGram = 1_000;
    private const long MilliwattHoursAKilowattHour = 1_000_000;

    /// <summary>Grams a kWh over the hours that have a factor; null: no energy has one.</summary>
    public decimal? GramsPerKwh => CoveredMilliwattHours == 0 ? null
        : decimal.Round((decimal)Milligrams / MilligramsAGram * MilliwattHoursAKilowattHour / CoveredMilliwattHours, 3);

    /// <summary>Kilograms.</summary>
    public decimal Kilograms => Milligrams / 1_000_000m;
}
