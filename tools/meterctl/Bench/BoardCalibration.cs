using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Hardware;

namespace MeterFirmware.Tools.MeterCtl.Bench;

/// <summary>
/// The two steps of a calibration, with the firmware's own arithmetic: gains at Ib and PF 1 from what the reference reads,
/// then the phase at PF 0.5 inductive, where an angle δ changes the energy by −tan 60° · δ.
/// </summary>
public static class BoardCalibration
{
    /// <summary>1.117 µs at 50 Hz in microradians: one step of PHCAL (data sheet, "Phase Calibration").</summary>
    private const double MicroradiansPerStep = 2 * Math.PI * 50 * 1.117;

    /// <param name="bench">The bench.</param>
    /// <param name="options">The connection.</param>
    /// <param name="reference">Volts, amps and watts that the reference reads at Ib and PF 1.</param>
    public static Ade7953Configuration Run(MeterBench bench, BenchOptions options, (double Volts, double Amps, double Watts) reference)
    {
        Ade7953Configuration calibration = new();
        Measurement shown = bench.Read(options.BaseAmps, 1, 0, calibration);
        calibration.VoltageGain = Gain("voltage", calibration.VoltageGain, reference.Volts * 1000, shown.VoltageMillivolts[0]);
        calibration.CurrentGain = Gain("current", calibration.CurrentGain, reference.Amps * 1000, shown.CurrentMilliamps[0]);

        // Energy, not the power register, is what bills: its error over a long run is finer than a reading.
        double truth = options.Volts * options.BaseAmps;
        double measured = truth * (1 + bench.ErrorPercent(options.BaseAmps, 1, 0, calibration) / 100);
        int powerGain = Gain("power", calibration.ActivePowerGain, reference.Watts * 1e5, measured * 1e5);
        calibration.ActivePowerGain = powerGain;
        calibration.ReactivePowerGain = powerGain;
        calibration.ApparentPowerGain = powerGain;
        double inductive = bench.ErrorPercent(options.BaseAmps, 0.5, Math.Sqrt(0.75), calibration)
            - bench.ErrorPercent(options.BaseAmps, 1, 0, calibration);
        double microradians = -inductive / 100 / Math.Sqrt(3) * 1e6;
        int steps = (int)Math.Round(-microradians / MicroradiansPerStep);
        if (Math.Abs(steps) > Ade7953Calibration.PhaseStepsMax)
        {
            throw new InputException($"phase: {microradians:F0} microradians are more than the chip's {Ade7953Calibration.PhaseStepsMax} steps take out: the board is wired wrongly");
        }

        calibration.PhaseCalibration = steps;
        return calibration;
    }

    private static int Gain(string what, int gain, double reference, double shown)
    {
        if (reference > int.MaxValue || shown > int.MaxValue
            || !Ade7953Calibration.TryGain(gain, (int)Math.Round(reference), (int)Math.Round(shown), out int gainNew))
        {
            throw new InputException($"{what}: the reference reads {reference:F0}, the meter {shown:F0}: more than half off is a wrong scale, not a tolerance");
        }

        return gainNew;
    }
}
