using MeterFirmware.Tools.MeterCtl.Lines;

namespace MeterFirmware.Tools.MeterCtl.Bench;

/// <summary>
/// One meter beside another at a steady load: the reference is read before and after each reading of the meter, and
/// their mean is what the meter should have shown.
/// </summary>
/// <param name="Reference">Means of what the reference read: V, A, W.</param>
/// <param name="Errors">Mean error of the meter: V, A, W, as a ratio.</param>
/// <param name="Spread">Standard deviation of the error of power, as a ratio.</param>
/// <param name="Count">Readings that were taken.</param>
public sealed record ReferenceComparison(
    (double Volts, double Amps, double Watts) Reference, (double Volts, double Amps, double Watts) Errors,
    double Spread, int Count)
{
    /// <summary>A load whose reference moves by more between two readings is not steady.</summary>
    public const double UnsteadyMin = 0.005;

    /// <summary>Gains are set at power factor 1.</summary>
    public const double PowerFactorMin = 0.97;

    /// <summary>More is another phase, another scale or another load.</summary>
    public const double ErrorMax = 0.2;

    private const double AmpsMin = 0.1;
    private const int TriesEach = 3;

    /// <summary>Reads so many pairs. <see cref="AnswerException"/>: what of them cannot be.</summary>
    public static ReferenceComparison Read(MeterSource meter, MeterSource reference, int phase, int count)
    {
        List<double[]> errors = [];
        List<(double Volts, double Amps, double Watts)> truths = [];
        (double Volts, double Amps, double Watts) before = reference.Next(phase);
        for (int tries = count * TriesEach; errors.Count < count; tries--)
        {
            if (tries == 0)
            {
                throw new AnswerException(
                    $"the load is not steady: the reference moved by more than {UnsteadyMin:P1} between two readings");
            }

            (double Volts, double Amps, double Watts) shown = meter.Next(phase);
            (double Volts, double Amps, double Watts) after = reference.Next(phase);
            (double Volts, double Amps, double Watts) truth = (
                (before.Volts + after.Volts) / 2, (before.Amps + after.Amps) / 2, (before.Watts + after.Watts) / 2);
            bool isSteady = Math.Abs(after.Watts - before.Watts) <= UnsteadyMin * Math.Abs(truth.Watts);
            before = after;
            RequireLoad(truth);
            if (isSteady)
            {
                errors.Add([shown.Volts / truth.Volts - 1, shown.Amps / truth.Amps - 1,
                    shown.Watts / truth.Watts - 1]);
                truths.Add(truth);
            }
        }

        double[] mean = [.. Enumerable.Range(0, 3).Select(i => errors.Average(e => e[i]))];
        RequirePlausible(mean);
        double variance = count < 2 ? 0 : errors.Sum(e => (e[2] - mean[2]) * (e[2] - mean[2])) / (count - 1);
        return new ReferenceComparison(
            (truths.Average(t => t.Volts), truths.Average(t => t.Amps), truths.Average(t => t.Watts)),
            (mean[0], mean[1], mean[2]), Math.Sqrt(variance), count);
    }

    private static void RequireLoad((double Volts, double Amps, double Watts) truth)
    {
        if (truth.Amps < AmpsMin || truth.Volts < 1)
        {
            throw new AnswerException(
                $"the reference reads {truth.Volts:F1} V and {truth.Amps:F3} A: at least {AmpsMin} A were expected");
        }

        double factor = truth.Watts / (truth.Volts * truth.Amps);
        if (factor < PowerFactorMin)
        {
            throw new AnswerException($"the reference reads a power factor of {factor:F2}: gains are set at PF 1, "
                + $"at least {PowerFactorMin:F2} was expected");
        }
    }

    private static void RequirePlausible(double[] errors)
    {
        string[] names = ["voltage", "current", "power"];
        for (int i = 0; i < errors.Length; i++)
        {
            if (!(Math.Abs(errors[i]) <= ErrorMax))
            {
                throw new AnswerException($"{names[i]}: the meter reads {1 + errors[i]:F3} times the reference: more "
                    + "than a fifth off is another phase, scale or load, not a tolerance");
            }
        }
    }
}
