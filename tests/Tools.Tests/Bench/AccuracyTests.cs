using System;
using System.Linq;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Bench;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Bench;

/// <summary>facts/metering-rules.md, row "accuracy".</summary>
[TestClass]
public sealed class AccuracyTests
{
    [TestMethod]
    [DataRow("1", 0.05, true, 1.5)]
    [DataRow("1", 0.0999, true, 1.5)]
    [DataRow("1", 0.1, true, 1.0)]
    [DataRow("1", 0.1, false, 1.5)]
    [DataRow("1", 0.2, false, 1.0)]
    [DataRow("1", 12.0, true, 1.0)]
    [DataRow("0.5S", 0.01, true, 1.0)]
    [DataRow("0.5S", 0.05, true, 0.5)]
    [DataRow("0.5S", 0.1, false, 0.6)]
    [DataRow("B", 0.1, true, 1.0)]
    [DataRow("B", 0.05, true, 1.5)]
    [DataRow("C", 0.1, false, 0.6)]
    [DataRow("1CT", 0.02, true, 1.5)]
    [DataRow("1CT", 0.05, true, 1.0)]
    [DataRow("1CT", 0.05, false, 1.5)]
    [DataRow("1CT", 0.1, false, 1.0)]
    public void LimitsAreThoseOfTheStandard(string name, double current, bool isUnity, double limit) =>
        Assert.AreEqual(limit, AccuracyClass.All.Single(c => c.Name == name).LimitPercent(current, isUnity));

    [TestMethod]
    public void BelowTheFirstCurrentThereIsNoLimit()
    {
        AccuracyClass one = AccuracyClass.All.Single(c => c.Name == "1");
        Assert.IsNull(one.LimitPercent(0.049, true));
        Assert.IsNull(one.LimitPercent(0.099, false));
    }

    [TestMethod]
    public void APhaseErrorShowsWhereTrigonometryPutsIt()
    {
        // 2 mrad: nothing at PF 1, −tan 60° × 0.2 % = −0.346 % at 0.5 inductive, +0.15 % at 0.8 capacitive.
        MeterBench bench = Bench(0, 0, 2000, out _);
        Ade7953Settings none = new();
        Assert.AreEqual(0, bench.ErrorPercent(5, 1, 0, none), 0.005);
        Assert.AreEqual(-0.3464, bench.ErrorPercent(5, 0.5, Math.Sqrt(0.75), none), 0.005);
        Assert.AreEqual(0.15, bench.ErrorPercent(5, 0.8, -0.6, none), 0.005);
    }

    [TestMethod]
    public void ABoardWithinToleranceIsCalibratedIntoClassHalfS()
    {
        MeterBench bench = Bench(6_000, -21_000, 4_500, out BenchOptions options);
        Assert.IsFalse(bench.Run(options.Class, new Ade7953Settings()).All(p => p.Passes));
        Ade7953Settings calibration = BoardCalibration.Run(bench, options, (220, 5, 1100));
        foreach (BenchPoint point in bench.Run(options.Class, calibration))
        {
            Assert.IsTrue(point.Passes, $"{point}");
        }

        AccuracyClass half = AccuracyClass.All.Single(c => c.Name == "0.5S");
        Assert.IsTrue(bench.Run(half, calibration).Where(p => p.Amps >= 0.25).All(p => p.Passes));
        Assert.IsTrue(bench.Starts(options.Class, calibration).Passes);
        Assert.IsTrue(bench.StandsStill(options.Class, calibration).Passes);
    }

    [TestMethod]
    public void AReferenceThatReadsWrongMakesAMeterThatReadsWrong()
    {
        MeterBench bench = Bench(0, 0, 0, out BenchOptions options);
        Ade7953Settings calibration = BoardCalibration.Run(bench, options, (220, 5, 1100 * 1.01));
        Assert.AreEqual(1.0, bench.ErrorPercent(5, 1, 0, calibration), 0.01);
    }

    [TestMethod]
    [DataRow("1", 0.004)]
    [DataRow("1CT", 0.002)]
    [DataRow("0.5S", 0.001)]
    [DataRow("0.2S", 0.001)]
    [DataRow("A", 0.005)]
    [DataRow("B", 0.004)]
    public void StartingCurrentsAreThoseOfTheStandard(string name, double ofIb) =>
        Assert.AreEqual(ofIb, AccuracyClass.All.Single(c => c.Name == name).StartOfIb, 1e-9);

    [TestMethod]
    [DataRow("1", 852.3)] // 600 · 10^6 / (3200 · 220 · 60) = 14.2 min
    [DataRow("0.2S", 1278.4)] // 900 · 10^6 / (3200 · 220 · 60) = 21.3 min
    [DataRow("B", 1363.6)] // 100 · 10^3 / (1.5 · 3200 · 220 · 0.25) = 0.379 h
    public void TheNoLoadTestLastsAsLongAsTheStandardSays(string name, double seconds) =>
        Assert.AreEqual(seconds, AccuracyClass.All.Single(c => c.Name == name).NoLoadSeconds(220, 5, 60, 3200), 0.1);

    [TestMethod]
    [DataRow(0, 0L, true)]
    [DataRow(1_600, 1L, true)] // 1.6 W · 855 s ÷ 1125 J = 1.2 pulses
    [DataRow(3_000, 2L, false)]
    [DataRow(-3_000, 2L, false)] // creeping backwards is creeping
    public void AMeterThatCreepsFailsTheNoLoadTest(int milliwatts, long pulses, bool passes)
    {
        MeterBench bench = Bench(0, 0, 0, out BenchOptions options, milliwatts);
        BenchTest test = bench.StandsStill(options.Class, new Ade7953Settings());
        Assert.AreEqual(253, test.Volts, 1e-9);
        Assert.AreEqual(pulses, test.Pulses);
        Assert.AreEqual(passes, test.Passes);
    }

    [TestMethod]
    [DataRow(0, true)]
    [DataRow(-4_000, false)] // 4.4 W at 20 mA, of which the board loses 4
    public void AMeterThatIsTooSlowAtTheStartingCurrentFails(int milliwatts, bool passes)
    {
        MeterBench bench = Bench(0, 0, 0, out BenchOptions options, milliwatts);
        BenchTest test = bench.Starts(options.Class, new Ade7953Settings());
        Assert.AreEqual(0.02, test.Amps, 1e-9);
        Assert.AreEqual(passes, test.Passes);
    }

    [TestMethod]
    public void PulsesAndRegisterAgreeAtTheHighestCurrent()
    {
        BenchTest test = Bench(0, 0, 0, out _).Constant(new Ade7953Settings());
        Assert.IsTrue(test.Passes);

        // 13.2 kW ÷ 1125 J are 11.73 pulses a second.
        Assert.AreEqual(11.73 * test.Seconds, test.Pulses, 40);
    }

    [TestMethod]
    [DataRow(900)]
    [DataRow(-2_500)]
    public void AnOffsetOfThePowerPathIsTakenOutAtTheLowestCurrent(int milliwatts)
    {
        MeterBench bench = Bench(4_000, -9_000, 2_000, out BenchOptions options, milliwatts);
        Assert.AreEqual(milliwatts / 550.0 - 0.5, bench.ErrorPercent(0.25, 1, 0, new Ade7953Settings()), 0.02);
        Ade7953Settings calibration = BoardCalibration.Run(bench, options, (220, 5, 1100));
        foreach (BenchPoint point in bench.Run(options.Class, calibration))
        {
            Assert.AreEqual(0, point.ErrorPercent, 0.05, $"{point}");
        }

        Assert.IsTrue(bench.StandsStill(options.Class, calibration).Passes);
    }

    [TestMethod]
    [DataRow("--class 0.5S")]
    [DataRow("--class 0.2S")] // 5 mA: 1.1 W
    [DataRow("--class 1 --ib 1.5 --imax 6 --constant 6400")] // 6 mA: 1.3 W
    public void AMeterStartsWhenTheChipsNoLoadThresholdIsSetAndNotWithItsOwn(string line)
    {
        string[] options = line.Split(' ');
        CommandLine own = CommandLine.Run(["accuracy", .. options, "--no-load-mw", "chip"]);
        Assert.AreEqual(1, own.ExitCode, own.Output);
        StringAssert.Contains(own.Output, "0 pulses (2 or more): FAIL");
        CommandLine set = CommandLine.Run(["accuracy", .. options]);
        Assert.AreEqual(0, set.ExitCode, set.Output);
        Assert.AreEqual(1, CommandLine.Run(["accuracy", .. options, "--no-load-mw", "2000"]).ExitCode,
            "above the starting power");
        Assert.AreEqual(0, CommandLine.Run(["accuracy", .. options, "--no-load-mw", "off"]).ExitCode);
    }

    [TestMethod]
    [DataRow("100")]
    [DataRow("5001")]
    [DataRow("0,5")]
    [DataRow("none")]
    public void ANoLoadThresholdThatTheChipCannotHaveIsRefused(string text)
    {
        CommandLine run = CommandLine.Run("accuracy", "--no-load-mw", text);
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.StartsWith(run.Errors, $"meterctl: --no-load-mw: '{text}' is not 345 to 5000 mW, off or chip");
    }

    [TestMethod]
    public void TheTableHasARowForEachCurrentAndTheThreePulseTests()
    {
        CommandLine run = CommandLine.Run("accuracy", "--class", "1", "--ib", "5", "--imax", "60");
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        foreach (string part in new[] { "0.05", "cos φ 0.5 ind.", "(±1.5)", "starting current", "no load, 115 % U",
            "meter constant", "PASS", "IEC 62053-21" })
        {
            StringAssert.Contains(run.Output, part);
        }

        Assert.AreEqual(1, CommandLine.Run("accuracy", "--power-error-mw", "3000").ExitCode, "it creeps");
    }

    [TestMethod]
    public void ACalibrationShowsItsTraceability()
    {
        CommandLine run = Calibrate();
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        foreach (string part in new[] { "2026-03-01 by Li Wei", "due 2031-03-01", "Zera MT310", "CNAS-2026-0417",
            "U = 0.0500 %", "largest error before" })
        {
            StringAssert.Contains(run.Output, part);
        }
    }

    [TestMethod]
    [DataRow("--reference-volts", "0")]
    [DataRow("--reference-watts", "NaN")]
    [DataRow("--reference-amps", "1e300")]
    [DataRow("--reference-watts", "2500")]
    [DataRow("--uncertainty-ppm", "0")]
    [DataRow("--uncertainty-ppm", "-5")]
    [DataRow("--uncertainty-ppm", "999999999")]
    [DataRow("--phase-error-urad", "99999999")]
    [DataRow("--constant", "0")]
    public void ACalibrationWithAnAbsurdValueIsOneLineThatNamesIt(string option, string value)
    {
        CommandLine run = Calibrate(option, value);
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Errors, option);
        Assert.AreEqual(1, run.Errors.Trim().Split('\n').Length);
        Assert.AreEqual("", run.Output);
    }

    [TestMethod]
    public void ACalibrationWithoutACertificateIsRefused()
    {
        CommandLine run =
            CommandLine.Run("calibrate", "--operator", "Li Wei", "--instrument", "Zera MT310", "--certificate", "",
            "--date", "2026-03-01", "--due", "2031-03-01");
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Errors, "--certificate");
    }

    private static CommandLine Calibrate(params string[] more) => CommandLine.Run(
        ["calibrate", "--operator", "Li Wei", "--instrument", "Zera MT310", "--certificate", "CNAS-2026-0417",
            "--date", "2026-03-01", "--due", "2031-03-01", .. more]);

    private static MeterBench Bench(int voltage, int current, int phase, out BenchOptions options,
        int powerMilliwatts = 0)
    {
        options = new(AccuracyClass.All[0], 220, 5, 60, voltage, current, phase, powerMilliwatts);
        return new MeterBench(options, TariffFile.Load("shanghai-household").Table);
    }
}
