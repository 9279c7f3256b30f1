using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using MeterFirmware.Calibration;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Bench;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Bench;

/// <summary>Calibration by range of current: a transformer whose ratio and angle go with the current.</summary>
[TestClass]
public sealed class RangeCalibrationTests
{
    private static readonly AccuracyClass _half = AccuracyClass.All.Single(c => c.Name == "0.5S");

    [TestMethod]
    public void ATransformerThatOneGainCannotBringIntoItsClassIsBroughtThereByFourRanges()
    {
        MeterBench bench = Bench(_half, out BenchOptions options);
        Ade7953Settings one = BoardCalibration.Run(bench, options, (220, 5, 1100));
        Assert.IsFalse(bench.Run(_half, one).All(p => p.Passes));
        Ade7953Settings calibration = BoardCalibration.Run(bench, options, (220, 5, 1100), true);
        CurrentRangeTable table = RangeCalibration.Parse("0,400,2000,10000");
        RangeCalibration.Run(bench, options, 1100, calibration, table);
        calibration.Ranges = table;
        foreach (BenchPoint point in bench.Run(_half, calibration))
        {
            Assert.IsTrue(point.Passes, $"{point}");
        }

        Assert.IsTrue(bench.StandsStill(_half, calibration).Passes);
        Assert.IsTrue(bench.Starts(_half, calibration).Passes);
        Assert.IsTrue(bench.Constant(calibration).Passes);
        Assert.AreEqual(0, bench.WattsWithoutCurrent(calibration), 0.007, "the offset register's step is 6.5 mW");
    }

    [TestMethod]
    public void WhatARangeCorrectsIsHalfwayBetweenTheErrorsOfItsEnds()
    {
        // Ratio −10 000 ppm · 1 A ÷ (1 A + I), lag 8000 µrad · the same: −8000 and −5000 ppm at 0.25 and 1 A. Ib's
        // share, a sixth, is in the registers; a phase step is 351 µrad.
        BenchOptions options = new(AccuracyClass.All[0], 220, 5, 60, 0, 0, 0, 0, 3200, -10_000, 8_000);
        MeterBench bench = new(options, TariffFile.Load("shanghai-household").Table);
        Ade7953Settings calibration = BoardCalibration.Run(bench, options, (220, 5, 1100), true);
        CurrentRangeTable table = RangeCalibration.Parse("0,2000");
        IReadOnlyDictionary<double, int> rangeOf = RangeCalibration.Run(bench, options, 1100, calibration, table);
        Assert.AreEqual(6_500 - 10_000 / 6.0, table.GainMillionths[0], 80);
        Assert.AreEqual(5_200 - 1_333, table.PhaseMicroradians[0], 200);
        Assert.AreEqual(0, table.OffsetMilliwatts[0]);
        Assert.AreEqual(0, rangeOf[1]);
        Assert.AreEqual(1, rangeOf[2.5]);
    }

    [TestMethod]
    public void AReferenceThatReadsHigherMakesEveryRangeHigher()
    {
        MeterBench bench = Bench(_half, out BenchOptions options);
        Ade7953Settings calibration = BoardCalibration.Run(bench, options, (220, 5, 1111), true);
        CurrentRangeTable table = RangeCalibration.Parse("0,2000");
        RangeCalibration.Run(bench, options, 1111, calibration, table);
        calibration.Ranges = table;
        Assert.AreEqual(1.0,
            (bench.ErrorPercent(0.05, 1, 0, calibration) + bench.ErrorPercent(1, 1, 0, calibration)) / 2, 0.01);
        Assert.AreEqual(1.0,
            (bench.ErrorPercent(2.5, 1, 0, calibration) + bench.ErrorPercent(60, 1, 0, calibration)) / 2, 0.01);
    }

    [TestMethod]
    public void TheRecordHasARowForEachRangeWithItsErrorsAndTheBoardTakesWhatIsPrinted()
    {
        CommandLine run =
            Calibrate("--class", "0.5S", "--transformer-error-ppm", "-9000", "--transformer-phase-urad", "6000",
            "--ranges", "0,400,2000,10000", "--json");
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        JsonNode json = JsonNode.Parse(run.Output)!;
        byte[] bytes = Convert.FromHexString((string)json["record"]!);
        CalibrationRecord record = new();
        Assert.IsTrue(record.TryRead(bytes, 0, bytes.Length));
        Assert.IsTrue(record.IsComplete);
        Assert.AreEqual(4, record.RowCount);
        CurrentRangeTable table = CurrentRangeTable.Parse((string)json["currentRanges"]!, out string problem);
        Assert.IsNull(problem);
        double worst = 0;
        for (int row = 0; row < 4; row++)
        {
            Assert.AreEqual(new[] { 0, 400, 2_000, 10_000 }[row], record.Get(row, CalibrationRecord.FromMilliamps));
            Assert.AreEqual(table.GainMillionths[row], record.Get(row, CalibrationRecord.RangeGain));
            Assert.AreEqual(table.PhaseMicroradians[row], record.Get(row, CalibrationRecord.RangePhase));
            Assert.AreEqual((int)json["registers"]!["activePowerGain"]!, record.Get(row, CalibrationRecord.PowerGain));
            int after = Math.Abs(record.Get(row, CalibrationRecord.ErrorAfter));
            Assert.IsTrue(after < Math.Abs(record.Get(row, CalibrationRecord.ErrorBefore)), $"range {row}");
            worst = Math.Max(worst, after);
        }

        Assert.AreEqual(json["after"]!.AsArray().Max(p => Math.Abs((double)p!["errorPercent"]!)), worst / 1e4, 1e-4);
        Assert.AreEqual(1,
            Calibrate("--class", "0.5S", "--transformer-error-ppm", "-9000", "--transformer-phase-urad",
            "6000").ExitCode);
    }

    [TestMethod]
    public void APersonSeesTheRangesAndTheLineForTheBoard()
    {
        CommandLine run = Calibrate("--transformer-error-ppm", "-9000", "--ranges", "0,2000");
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        StringAssert.Contains(run.Output, "ranges of current");
        StringAssert.Contains(run.Output, "\"currentRanges\":\"0,");
        Assert.IsFalse(Calibrate().Output.Contains("currentRanges", StringComparison.Ordinal));
    }

    [TestMethod]
    [DataRow("0,5000,1000", "overlap")]
    [DataRow("0,1000,1000", "overlap")]
    [DataRow("0,1000,1010", "overlap")]
    [DataRow("1000,5000", "first from 0 mA")]
    [DataRow("0", "2 to 4")]
    [DataRow("", "2 to 4")]
    [DataRow("0,1,2,3,4", "2 to 4")]
    [DataRow("0,x", "\"x\"")]
    [DataRow("0,-5", "\"-5\"")]
    [DataRow("0,99999999999", "\"99999999999\"")]
    [DataRow("0,100", "no load point")]
    [DataRow("0,65000", "no load point")]
    [DataRow("0,2000000", "1000000")]
    public void WrongRangesAreOneLineAndNothingIsCalibrated(string ranges, string part)
    {
        CommandLine run = Calibrate("--ranges", ranges);
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Errors, "--ranges");
        StringAssert.Contains(run.Errors, part);
        Assert.AreEqual(1, run.Errors.Trim().Split('\n').Length);
        Assert.AreEqual("", run.Output);
    }

    private static CommandLine Calibrate(params string[] more) => CommandLine.Run(
        ["calibrate", "--operator", "Li Wei", "--instrument", "Zera MT310", "--certificate", "CNAS-2026-0417",
            "--date", "2026-03-01", "--due", "2031-03-01", .. more]);

    /// <summary>−0.9 % and 6 mrad as the current goes to 0, 0.4 W of offset.</summary>
    private static MeterBench Bench(AccuracyClass accuracyClass, out BenchOptions options)
    {
        options = new(accuracyClass, 220, 5, 60, 2_000, 3_000, 1_000, 400, 3200, -9_000, 6_000);
        return new MeterBench(options, TariffFile.Load("shanghai-household").Table);
    }
}
