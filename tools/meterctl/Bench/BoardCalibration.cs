using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Hardware;

namespace MeterFirmware.Tools.MeterCtl.Bench;

/// <summary>
/// The steps of a calibration, with the firmware's own arithmetic: gains at Ib and PF 1 from what the reference reads,
/// the offset of active power at the lowest current of the class, where it weighs most, or without current when what is
/// left goes by range of current (<see cref="RangeCalibration"/>), the power gain again without it, then the phase at
/// PF 0.5 inductive, where an angle δ changes the energy by −tan 60° · δ.
/// </summary>
public static class BoardCalibration
{
    /// <summary>1.117 µs at 50 Hz in microradians: one step of PHCAL (data sheet, "Phase Calibration").</summary>
    private const double MicroradiansPerStep = 2 * Math.PI * 50 * 1.117;

    /// <summary>Power and offset registers of the driver's default scale: 154 counts a watt.</summary>
    private const double CountsPerWatt = 154;

    /// <param name="bench">The bench.</param>
    /// <param name="options">The connection.</param>
    /// <param name="reference">Volts, amps and watts that the reference reads at Ib and PF 1.</param>
    /// <param name="offsetWithoutCurrent">The offset is what the meter counts without current.</param>
    public static Ade7953Settings Run(MeterBench bench, BenchOptions options,
        (double Volts, double Amps, double Watts) reference, bool offsetWithoutCurrent = false)
    {
        Ade7953Settings calibration = options.Chip();
        Measurement shown = bench.Read(options.BaseAmps, 1, 0, calibration);
        calibration.VoltageGain =
            Gain("voltage", calibration.VoltageGain, reference.Volts * 1000, shown.VoltageMillivolts[0]);
        calibration.CurrentGain =
            Gain("current", calibration.CurrentGain, reference.Amps * 1000, shown.CurrentMilliamps[0]);

        // Energy, not the power register, is what bills: its error over a long run is finer than a reading. The
        // reference's watts stand for the true power at Ib, so what they differ from the source by holds at every
        // current.
        double truth = options.Volts * options.BaseAmps;
        double reference100 = (reference.Watts / truth - 1) * 100;
        TakeOutGain(bench, options, reference.Watts, calibration);
        double excess = offsetWithoutCurrent ? bench.WattsWithoutCurrent(calibration)
            : Excess(bench, options, reference100, calibration);
        calibration.ActivePowerOffset = -(int)Math.Round(excess * CountsPerWatt);
        TakeOutGain(bench, options, reference.Watts, calibration);
        double microradians = LagMicroradians(bench, options.BaseAmps, calibration);
        int steps = (int)Math.Round(-microradians / MicroradiansPerStep);
        if (Math.Abs(steps) > Ade7953Calibration.PhaseStepsMax)
        {
            throw new InputException(
                $"phase: {microradians:F0} microradians are more than the chip's {Ade7953Calibration.PhaseStepsMax} "
                    + "steps take out: the board is wired wrongly");
        }

        calibration.PhaseCalibration = steps;
        return calibration;
    }

    /// <summary>By how much the current path lags, µrad: at PF 0.5 inductive an angle δ changes the energy by −tan 60°
    /// · δ.
    /// </summary>
    public static double LagMicroradians(MeterBench bench, double amps, Ade7953Settings calibration)
    {
        double inductive =
            bench.ErrorPercent(amps, 0.5, Math.Sqrt(0.75), calibration) - bench.ErrorPercent(amps, 1, 0, calibration);
        return -inductive / 100 / Math.Sqrt(3) * 1e6;
    }

    /// <summary>Watts too many at the lowest current, all of the error there taken for an offset.</summary>
    private static double Excess(MeterBench bench, BenchOptions options, double reference100,
        Ade7953Settings calibration)
    {
        double lowAmps = options.Class.Limits.First(l => l.IsUnity).From * options.Class.BaseOfIb * options.BaseAmps;
        return (bench.ErrorPercent(lowAmps, 1, 0, calibration) - reference100) / 100 * options.Volts * lowAmps
            / (1 - lowAmps / options.BaseAmps);
    }

    private static void TakeOutGain(MeterBench bench, BenchOptions options, double referenceWatts,
        Ade7953Settings calibration)
    {
        double measured =
            options.Volts * options.BaseAmps * (1 + bench.ErrorPercent(options.BaseAmps, 1, 0, calibration) / 100);
        int powerGain = Gain("power", calibration.ActivePowerGain, referenceWatts * 1e5, measured * 1e5);
        calibration.ActivePowerGain = powerGain;
        calibration.ReactivePowerGain = powerGain;
        calibration.ApparentPowerGain = powerGain;
    }

    private static int Gain(string what, int gain, double reference, double shown)
    {
        if (!double.IsFinite(reference) || reference <= 0)
        {
            throw new InputException($"--reference-{Unit(what)}: a reference reads more than 0");
        }

        if (reference > int.MaxValue || shown > int.MaxValue
            || !Ade7953Calibration.TryGain(gain, (int)Math.Round(reference), (int)Math.Round(shown), out int gainNew))
        {
            throw new InputException(
                $"--reference-{Unit(what)}: {reference / shown:G4} times what the meter reads: more than half off is "
                    + "a wrong scale, not a tolerance");
        }

        return gainNew;
    }

    private static string Unit(string what) => what == "voltage" ? "volts" : what == "current" ? "amps" : "watts";
}
