namespace MeterFirmware.Tools.MeterCtl.Bench;

/// <summary>One row of an error-limit table: from this multiple of the base current on, at this kind of power
/// factor.</summary>
/// <param name="IsUnity">True for PF 1; false for 0.5 inductive and 0.8 capacitive.</param>
/// <param name="From">Multiple of the base current (IEC: Ib or In; GB/T: Itr).</param>
/// <param name="LimitPercent">Largest error, either sign.</param>
public sealed record ErrorLimit(bool IsUnity, double From, double LimitPercent);

/// <summary>
/// Error limits of active energy by accuracy class: every number of the standards stands here, with its source.
/// </summary>
/// <param name="Name">As the meter's name plate says.</param>
/// <param name="Source">Standard, and how sure the numbers are.</param>
/// <param name="BaseOfIb">The base current of the table as a multiple of Ib (In): 1, or Itr = 0.1 Ib.</param>
/// <param name="StartOfIb">Starting current as a multiple of Ib (In).</param>
/// <param name="NoLoad">Minimum time of the no-load test.</param>
/// <param name="Limits">The rows, ascending.</param>
public sealed record AccuracyClass(
    string Name, string Source, double BaseOfIb, double StartOfIb, NoLoadRule NoLoad, IReadOnlyList<ErrorLimit> Limits)
{
    /// <summary>No-load test: 115 % of the voltage, no current, not more than one pulse (IEC 62053-21 and -22:2003,
    /// 8.3.2).</summary>
    public const double NoLoadVoltageRatio = 1.15;
    public const int NoLoadPulsesMax = 1;

    /// <summary>Starting test: one pulse within 1.2 times its time at the starting current (OIML R 46-2:2012, 6.2.5;
    /// IEC 62053-21, 8.3.3 asks for "starts and continues to register": so two pulses are waited for).</summary>
    public const double StartTimeRatio = 1.2;
    public const int StartPulses = 2;

    private const string Gbt =
        "GB/T 17215.321-2021 with the limits of OIML R 46-1/-2:2012 tables 1 and 2; Imin and class E: secondary "
            + "source, check";

    // OIML R 46-1 table 1, direct connection: Ist of class A is 0.05 Itr, of B to D 0.04 Itr; Imin 0.5 and 0.4 Itr.
    private const double TransitionalOfIb = 0.1;

    /// <summary>All classes, by name.</summary>
    public static IReadOnlyList<AccuracyClass> All { get; } =
    [
        new("1", "IEC 62053-21:2003 tables 4 and 6, class 1, direct connected", 1, 0.004, new(600, true),
        [
            new(true, 0.05, 1.5), new(true, 0.1, 1.0), new(false, 0.1, 1.5), new(false, 0.2, 1.0),
        ]),
        new("1CT", "IEC 62053-21:2003 tables 4 and 6, class 1, through transformers, of In", 1, 0.002, new(600, true),
        [
            new(true, 0.02, 1.5), new(true, 0.05, 1.0), new(false, 0.05, 1.5), new(false, 0.1, 1.0),
        ]),
        new("0.5S", "IEC 62053-22:2003, class 0.5S, of In", 1, 0.001, new(600, true),
        [
            new(true, 0.01, 1.0), new(true, 0.05, 0.5), new(false, 0.02, 1.0), new(false, 0.1, 0.6),
        ]),
        new("0.2S", "IEC 62053-22:2003, class 0.2S, of In", 1, 0.001, new(900, true),
        [
            new(true, 0.01, 0.4), new(true, 0.05, 0.2), new(false, 0.02, 0.5), new(false, 0.1, 0.3),
        ]),
        OfTransitionalCurrent("A", 0.05, 0.5, 2.5, 2.0, 2.5, 2.5),
        OfTransitionalCurrent("B", 0.04, 0.5, 1.5, 1.0, 1.8, 1.5),
        OfTransitionalCurrent("C", 0.04, 0.4, 1.0, 0.5, 1.3, 0.6),
        OfTransitionalCurrent("D", 0.04, 0.4, 0.4, 0.2, 0.5, 0.3),
        OfTransitionalCurrent("E", 0.04, 0.4, 0.2, 0.1, 0.25, 0.15),
    ];

    /// <summary>The limit at a load point; null where the standard names none.</summary>
    /// <param name="currentOfIb">Current as a multiple of Ib (In).</param>
    /// <param name="isUnity">PF 1.</param>
    public double? LimitPercent(double currentOfIb, bool isUnity)
    {
        // A point that lies on a row's beginning belongs to it, whatever binary fractions make of 0.05 × 0.1.
        double current = currentOfIb / BaseOfIb + 1e-9;
        return Limits.LastOrDefault(l => l.IsUnity == isUnity && l.From <= current)?.LimitPercent;
    }

    /// <summary>The currents a laboratory takes, as multiples of Ib, up to Imax.</summary>
    public IEnumerable<double> Currents(double maximumOfIb) =>
        new[] { 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10 }
            .Concat(Limits.Select(l => l.From * BaseOfIb)).Append(maximumOfIb)
            .Where(c => c <= maximumOfIb && (LimitPercent(c, true) ?? LimitPercent(c, false)) is not null)
            .DistinctBy(c => Math.Round(c, 6)).Order();

    /// <summary>Time in which one pulse is due at the starting current, in seconds.</summary>
    public double StartPulseSeconds(double volts, double baseAmps, int pulsesPerKwh) =>
        3.6e6 / (pulsesPerKwh * volts * StartOfIb * baseAmps);

    /// <summary>Minimum time of the no-load test in seconds, for one measuring element.</summary>
    public double NoLoadSeconds(double volts, double baseAmps, double maximumAmps, int pulsesPerKwh)
    {
        ErrorLimit lowest = Limits.First(l => l.IsUnity);
        double amps = NoLoad.IsOfMaximum ? maximumAmps : lowest.From * BaseOfIb * baseAmps;
        return NoLoad.Millions * 1e6 * 60 / (pulsesPerKwh * volts * amps);
    }

    private static AccuracyClass OfTransitionalCurrent(
        string name, double start, double minimum, double lowUnity, double unity, double lowOther, double other) =>
        new(name, Gbt, TransitionalOfIb, start * TransitionalOfIb, new(6 / lowUnity, false),
        [
            new(true, minimum, lowUnity), new(true, 1, unity), new(false, minimum, lowOther), new(false, 1, other),
        ]);
}
