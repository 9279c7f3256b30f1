using System.Globalization;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Tools.MeterCtl.Input;

namespace MeterFirmware.Tools.MeterCtl.Bench;

/// <summary>
/// What the chip's one set of registers leaves in each range of current. In each range the bench measures at the lowest
/// and the highest current of the class: gain, at PF 1, and phase, at PF 0.5 inductive, halfway between the two errors.
/// The offset of active power does not go with the current: it stays in the chip's register, measured without current.
/// (A straight line through both errors would be an offset that is twice as wrong at PF 0.5 and wrong in sign for
/// export.)
/// </summary>
public static class RangeCalibration
{
    /// <summary>The beginnings "0,1000,10000" in mA. Throws <see cref="InputException"/> with the first thing
    /// wrong.</summary>
    public static CurrentRangeTable Parse(string text)
    {
        string[] parts = text.Split(',');
        if (parts.Length is < 2 or > CurrentRangeTable.CountMax)
        {
            throw new InputException(
                $"--ranges: \"{text}\" are not 2 to {CurrentRangeTable.CountMax} beginnings in mA such as "
                    + "0,1000,10000");
        }

        CurrentRangeTable table = new(parts.Length);
        for (int i = 0; i < parts.Length; i++)
        {
            if (!NumberText.TryReadWhole(parts[i], out table.FromMilliamps[i]) || table.FromMilliamps[i] < 0)
            {
                throw new InputException($"--ranges: \"{parts[i]}\" is no whole number of mA");
            }
        }

        Check(table);
        return table;
    }

    /// <summary>Fills gains and phases of <paramref name="table"/>; the calibration's registers hold already.</summary>
    /// <returns>The range of each current of the class, by amperes.</returns>
    public static IReadOnlyDictionary<double, int> Run(
        MeterBench bench, BenchOptions options, double referenceWatts, Ade7953Settings calibration,
            CurrentRangeTable table)
    {
        // As the meter will see it: by the current that the chip shows.
        Dictionary<double, int> rangeOf = options.Class.Currents(options.MaximumAmps / options.BaseAmps)
            .Select(c => c * options.BaseAmps)
            .ToDictionary(amps => amps,
                amps => table.Follow(0, bench.Read(amps, 1, 0, calibration).CurrentMilliamps[0]));
        double scale = referenceWatts / options.BaseAmps;
        for (int range = 0; range < table.Count; range++)
        {
            double[] amps = [.. rangeOf.Where(p => p.Value == range).Select(p => p.Key).Order()];
            if (amps.Length == 0)
            {
                throw new InputException(
                    $"--ranges: class {options.Class.Name} has no load point from {table.FromMilliamps[range]} mA up "
                        + "to the next range or Imax");
            }

            Fit(bench, options, calibration, table, range, amps[0], amps[^1], scale);
        }

        Check(table);
        return rangeOf;
    }

    /// <summary>As <c>settings.json</c> takes it.</summary>
    public static string Text(CurrentRangeTable table) => string.Join(';', Enumerable.Range(0, table.Count).Select(i =>
        string.Create(CultureInfo.InvariantCulture,
            $"{table.FromMilliamps[i]},{table.GainMillionths[i]},"
            + $"{table.OffsetMilliwatts[i]},{table.PhaseMicroradians[i]}")));

    /// <param name="referenceWattsPerAmp">What the reference reads for an ampere at PF 1.</param>
    private static void Fit(MeterBench bench, BenchOptions options, Ade7953Settings calibration,
        CurrentRangeTable table,
        int range, double low, double high, double referenceWattsPerAmp)
    {
        double gain = (Wanted(low) + Wanted(high)) / 2;
        table.GainMillionths[range] = (int)Math.Round((gain - 1) * 1e6);
        table.PhaseMicroradians[range] = (int)Math.Round((Lag(low) + Lag(high)) / 2);

        double Wanted(double amps) =>
            referenceWattsPerAmp / options.Volts / (1 + bench.ErrorPercent(amps, 1, 0, calibration) / 100);
        double Lag(double amps) => BoardCalibration.LagMicroradians(bench, amps, calibration);
    }

    private static void Check(CurrentRangeTable table)
    {
        if (table.FirstProblem() is string problem)
        {
            throw new InputException($"--ranges: {problem}");
        }
    }
}
