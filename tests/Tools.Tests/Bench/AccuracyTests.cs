using System;
using System.Linq;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Tools.MeterCtl.Bench;
using MeterFirmware.Tools.MeterCtl.Tariffs;
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
        Ade7953Configuration none = new();
        Assert.AreEqual(0, bench.ErrorPercent(5, 1, 0, none), 0.005);
        Assert.AreEqual(-0.3464, bench.ErrorPercent(5, 0.5, Math.Sqrt(0.75), none), 0.005);
        Assert.AreEqual(0.15, bench.ErrorPercent(5, 0.8, -0.6, none), 0.005);
    }

    [TestMethod]
    public void ABoardWithinToleranceIsCalibratedIntoClassHalfS()
    {
        MeterBench bench = Bench(6_000, -21_000, 4_500, out BenchOptions options);
        Assert.IsFalse(bench.Run(options.Class, new Ade7953Configuration()).All(p => p.Passes));
        Ade7953Configuration calibration = BoardCalibration.Run(bench, options, (220, 5, 1100));
        foreach (BenchPoint point in bench.Run(options.Class, calibration))
        {
            Assert.IsTrue(point.Passes, $"{point}");
        }

        AccuracyClass half = AccuracyClass.All.Single(c => c.Name == "0.5S");
        Assert.IsTrue(bench.Run(half, calibration).Where(p => p.Amps >= 0.25).All(p => p.Passes));
        Assert.IsTrue(bench.Starts(options.Class, calibration));
        Assert.IsTrue(bench.StandsStill(calibration));
    }

    [TestMethod]
    public void AReferenceThatReadsWrongMakesAMeterThatReadsWrong()
    {
        MeterBench bench = Bench(0, 0, 0, out BenchOptions options);
        Ade7953Configuration calibration = BoardCalibration.Run(bench, options, (220, 5, 1100 * 1.01));
        Assert.AreEqual(1.0, bench.ErrorPercent(5, 1, 0, calibration), 0.01);
    }

    private static MeterBench Bench(int voltage, int current, int phase, out BenchOptions options)
    {
        options = new(AccuracyClass.All[0], 220, 5, 60, voltage, current, phase);
        return new MeterBench(options, TariffFile.Load("shanghai-household").Table);
    }
}
