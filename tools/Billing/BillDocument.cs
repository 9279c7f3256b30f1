namespace MeterFirmware.Tools.Billing;

/// <summary>A bill: sections by calendar month and document, lines in each.</summary>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Sections">In time order.</param>
/// <param name="Notes">What a reader must know: what was left out, what nobody checked.</param>
public sealed record BillDocument(string Currency, IReadOnlyList<BillSection> Sections, IReadOnlyList<string> Notes)
{
    /// <summary>Ten-thousandths of the currency: the sum of the rounded lines.</summary>
    public long Total => Sections.Sum(section => section.Total);

    public IEnumerable<BillLine> Lines => Sections.SelectMany(section => section.Lines);
}

/// <summary>A calendar month, or the part of one that the period and one document cover.</summary>
/// <param name="Document">Name of the tariff, number of its document.</param>
/// <param name="FromUtc">Begin, UTC seconds.</param>
/// <param name="UntilUtc">End, UTC seconds.</param>
/// <param name="From">Begin, local date.</param>
/// <param name="Until">First local date after it.</param>
public sealed record BillSection(
    string Document, long FromUtc, long UntilUtc, NodaTime.LocalDate From, NodaTime.LocalDate Until,
        IReadOnlyList<BillLine> Lines)
{
    public long Total => Lines.Sum(line => line.Cost);
}

/// <summary>One line: what was measured, what it costs.</summary>
/// <param name="Kind">What for.</param>
/// <param name="Name">Of the rate, the surcharge, the tax.</param>
/// <param name="Quantity">Of <paramref name="Unit"/>, for people; the exact one stands in the parts.</param>
/// <param name="Unit">kWh, kW, kVA, days, %.</param>
/// <param name="Cost">Ten-thousandths of the currency, rounded once; below 0: paid to the customer.</param>
/// <param name="Parts">What the line is the sum of.</param>
/// <param name="Why">How the line came about.</param>
public sealed record BillLine(
    BillLineKind Kind, string Name, decimal Quantity, string Unit, long Cost, IReadOnlyList<BillPart> Parts,
        string Why)
{
    /// <summary>The rate whose energy it is of; null: of all rates.</summary>
    public string? Rate { get; init; }

    /// <summary>The name, with what tells an exported rate from the imported one of the same name.</summary>
    public string Title => Kind == BillLineKind.Export ? $"{Name}, exported" : Name;
}

/// <summary>Energy at one price in a line.</summary>
/// <param name="Tier">From 1.</param>
/// <param name="PriceMillionths">Per kWh.</param>
/// <param name="MicrojouleSeconds">Energy in µJ times the load's step in seconds: exact, whatever cut an
/// interval.</param>
/// <param name="StepSeconds">The load's step.</param>
public sealed record BillPart(int Tier, long PriceMillionths, Int128 MicrojouleSeconds, int StepSeconds)
{
    /// <summary>For people, to the mWh.</summary>
    public decimal KilowattHours =>
        (decimal)Rounding.HalfAwayFromZero(MicrojouleSeconds, 3_600_000 * (Int128)StepSeconds) / 1_000_000m;
}
