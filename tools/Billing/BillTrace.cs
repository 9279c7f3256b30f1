using NodaTime;

namespace MeterFirmware.Tools.Billing;

/// <summary>A part of an interval in a line: what "why is this line so" lists.</summary>
/// <param name="Kind">Energy or Export.</param>
/// <param name="Section">First local date of the section.</param>
/// <param name="Rate">Name of the rate.</param>
/// <param name="Tier">From 0.</param>
/// <param name="PriceMillionths">Per kWh.</param>
/// <param name="Interval">Number of the interval in the load.</param>
/// <param name="FromUtc">UTC seconds.</param>
/// <param name="UntilUtc">UTC seconds.</param>
/// <param name="MicrojouleSeconds">Energy, see <see cref="BillPart"/>.</param>
public readonly record struct BillTrace(
    BillLineKind Kind, LocalDate Section, string Rate, int Tier, long PriceMillionths, int Interval, long FromUtc,
    long UntilUtc, Int128 MicrojouleSeconds);
