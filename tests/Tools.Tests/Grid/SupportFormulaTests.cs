using System;
using MeterFirmware.Arbiter;
using MeterFirmware.Grid;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Grid;

/// <summary>Support by frequency and voltage against the formulas in doubles, to 1 W.</summary>
[TestClass]
public sealed class SupportFormulaTests
{
    private static readonly int[] _ratings = [3_680, 7_400, 11_000, 22_170, 150_000];
    private static readonly double[] _steps = [-1.15, -0.7, -0.31, -0.2, -0.037, 0.036, 0.04, 0.15, 0.2, 0.45, 0.99];

    [TestMethod]
    [DataRow("ieee1547-2", 0.036, 60, 5.0)]
    [DataRow("ieee1547-3", 0.036, 60, 5.0)]
    [DataRow("en50549", 0.2, 50, 0.0)]
    [DataRow("vde4105", 0.2, 50, 0.0)]
    public void AStepOfFrequencyMovesThePowerByDroopToAWattWithinTheResponse(
        string name, double start, int nominal, double response)
    {
        foreach (int rated in _ratings)
        {
            foreach (double step in _steps)
            {
                foreach (double share in new[] { -1, -0.6, 0, 0.33, 1 })
                {
                    Judge(name, rated, step, (int)Math.Round(share * rated), start, nominal, response);
                }
            }
        }
    }

    [TestMethod]
    public void ThePowerBeforeIsFrozenUntilTheFrequencyIsBack()
    {
        GridBench bench = new("ieee1547-3");
        bench.Wants(-4_000);
        bench.Run(1);
        bench.Hertz(0.636);
        bench.Run(60);

        // 0.6 Hz ÷ (60 Hz × 5 %) = 20 % of 11 kW.
        Assert.AreEqual(-4_000 + 2_200, bench.Unit.Watts);
        bench.Wants(-9_000);
        bench.Run(60);
        Assert.AreEqual(-4_000 + 2_200, bench.Unit.Watts, "the set-point moved a frozen power");
        bench.Hertz(0);
        bench.Run(60);
        Assert.AreEqual(-9_000, bench.Unit.Watts);
    }

    [TestMethod]
    public void ALimitOfASourceHoldsWhateverTheFrequencyAsks()
    {
        GridBench bench = new("en50549");
        bench.Unit.ExportWatts.Set(SetPointSource.Site, 2_000, LimitSet.Always);
        bench.Unit.ImportWatts.Set(SetPointSource.Safety, 1_000, LimitSet.Always);
        bench.Wants(-500);
        bench.Run(1);
        bench.Hertz(-0.9);
        bench.Run(5);
        Assert.AreEqual(-2_000, bench.Unit.Watts);
        bench.Hertz(0.9);
        bench.Run(5);
        Assert.AreEqual(1_000, bench.Unit.Watts);
    }

    [TestMethod]
    public void WhatSafetyWantsNoFrequencyMoves()
    {
        GridBench bench = new("en50549");
        bench.Wants(5_000);
        bench.Unit.Wanted.Set(SetPointSource.Safety, 0, long.MaxValue);
        bench.Run(1);
        bench.Hertz(-0.9);
        bench.Run(5);
        Assert.AreEqual(0, bench.Unit.Watts);

        // The grid's set-point counts before the driver's, and the frequency moves it.
        bench.Hertz(0);
        bench.Unit.Wanted.Clear(SetPointSource.Safety);
        bench.Unit.Wanted.Set(SetPointSource.Grid, -1_000, long.MaxValue);
        bench.Run(700);
        Assert.AreEqual(-1_000, bench.Unit.Watts);
    }

    [TestMethod]
    [DataRow(7_000)]
    [DataRow(3_680)]
    public void AfterAnExcursionThePowerComesBackAtTheProfilesRate(int rated)
    {
        GridBench bench = new("en50549", rated);
        bench.Wants(-rated);
        bench.Run(1);
        bench.Hertz(0.95);
        bench.Run(10);

        // 0.75 Hz at 40 %/Hz: 30 % less. Back at 0.16 %/s: 187.5 s.
        Assert.AreEqual(-0.7 * rated, bench.Unit.Watts, 1);
        bench.Hertz(0);
        for (int second = 1; second < 187; second++)
        {
            bench.Run(1);
            Assert.AreEqual(-(0.7 + 0.0016 * second) * rated, bench.Unit.Watts, 1, $"after {second} s");
        }

        bench.Run(2);
        Assert.AreEqual(-rated, bench.Unit.Watts);
    }

    [TestMethod]
    [DataRow(-11_000, 0.25, 0.19, -10_780)]
    [DataRow(11_000, -0.25, -0.19, 10_780)]
    public void AFrequencyThatComesAndGoesIsNoRatchet(int wanted, double beyond, double inside, int most)
    {
        GridBench bench = new("en50549");
        bench.Wants(wanted);
        bench.Run(1);
        for (int second = 0; second < 200; second++)
        {
            bench.Hertz(second % 2 == 0 ? beyond : inside);
            bench.Run(1);

            // 0.05 Hz at 40 %/Hz: 2 % of 11 kW, whatever the frequency did before.
            Assert.IsTrue(Math.Abs(bench.Unit.Watts) >= Math.Abs(most), $"{bench.Unit.Watts} W after {second} s");
        }
    }

    [TestMethod]
    public void BeyondAgainOnTheWayBackTheSupportIsThatOfTheFrequency()
    {
        GridBench bench = new("en50549", 10_000);
        bench.Wants(-10_000);
        bench.Run(1);
        bench.Hertz(0.95);
        bench.Run(10);
        Assert.AreEqual(-7_000, bench.Unit.Watts);
        bench.Hertz(0);
        bench.Run(60);
        Assert.AreEqual(-7_960, bench.Unit.Watts, 1);

        // 0.4 Hz asks for 16 % less than the power before, and more than that is missing: the way back goes on.
        bench.Hertz(0.6);
        bench.Run(10);
        Assert.AreEqual(-8_120, bench.Unit.Watts, 2);
        bench.Run(30);
        Assert.AreEqual(-8_400, bench.Unit.Watts, 1);

        // Further beyond: at once.
        bench.Hertz(1.2);
        bench.Tick();
        Assert.AreEqual(-6_000, bench.Unit.Watts, 1);
        bench.Hertz(0.6);
        bench.Run(10);
        Assert.AreEqual(-8_400, bench.Unit.Watts, 1);
    }

    [TestMethod]
    [DataRow(-8_000, 0.95, 0, 0)]
    [DataRow(-8_000, 0.95, -1_000, -1_000)]
    [DataRow(-2_000, -0.95, -500, -500)]
    [DataRow(-2_000, -0.95, 3_000, 0)]
    public void OnTheWayBackWhoWantsLessIsObeyedAtOnce(int wanted, double hertz, int then, int expected)
    {
        GridBench bench = new("en50549");
        bench.Wants(wanted);
        bench.Run(1);
        bench.Hertz(hertz);
        bench.Run(10);
        bench.Hertz(0);
        bench.Run(1);
        bench.Wants(then);
        bench.Tick();
        Assert.AreEqual(expected, bench.Unit.Watts, 1);
    }

    [TestMethod]
    [DataRow("en50549", -0.9)]
    [DataRow("en50549", 0.9)]
    [DataRow("ieee1547-3", -0.9)]
    public void AUnitThatNobodyWantsNoFrequencyMoves(string name, double hertz)
    {
        GridBench bench = new(name);
        bench.Run(1);
        bench.Hertz(hertz);
        bench.Run(5);
        Assert.AreEqual(0, bench.Unit.Watts);
        bench.Unit.Wanted.Set(SetPointSource.Driver, -5_000, bench.NowMs + 1_000);
        bench.Run(0.5);
        Assert.AreNotEqual(0, bench.Unit.Watts);
        bench.Run(1);
        Assert.AreEqual(0, bench.Unit.Watts, "the set-point is over");
    }

    [TestMethod]
    [DataRow("ieee1547-2", 1.06 * 230, 1.10 * 230, 10.0)]
    [DataRow("ieee1547-3", 1.06 * 230, 1.10 * 230, 10.0)]
    [DataRow("en50549", 253.0, 265.0, 0.0)]
    public void ASourceGivesLessAsTheVoltageRises(string name, double full, double none, double response)
    {
        for (double volts = 235; volts < 268; volts += 0.7)
        {
            if (name != "en50549" && volts > 1.1 * 230)
            {
                break;
            }

            GridBench bench = new(name);
            bench.Wants(-11_000);
            bench.Run(0.5);
            bench.Volts(volts / 230);
            bench.Run(Math.Min(0.15, response > 0 ? response : 0.15));
            double expected = 11_000 * Math.Clamp((none - volts) / (none - full), 0, 1);
            double left = response > 0 ? Math.Exp(-0.15 * Math.Log(10) / response) : 0;
            Assert.AreEqual(-(expected + (11_000 - expected) * left), bench.Unit.Watts, 1, $"{volts} V");
        }
    }

    [TestMethod]
    [DataRow("ieee1547-3", 10.0)]
    [DataRow("en50549", 0.0)]
    public void ALoadTakesLessAsTheVoltageFalls(string name, double response)
    {
        foreach (double perUnit in new[] { 0.95, 0.94, 0.93, 0.921, 0.91, 0.901, 0.9, 0.89 })
        {
            GridBench bench = new(name);
            bench.Wants(11_000);
            bench.Run(0.5);
            bench.Volts(perUnit);
            bench.Run(15);
            double expected = 11_000 * Math.Clamp((perUnit - 0.90) / 0.04, 0, 1);
            double left = response > 0 ? Math.Exp(-15 * Math.Log(10) / response) : 0;
            Assert.AreEqual(expected + (11_000 - expected) * left, bench.Unit.Watts, 1, $"{perUnit}");
        }
    }

    [TestMethod]
    [DataRow("ieee1547-3", 0.92, 0.98, 1.02, 1.08, 0.44, 5.0)]
    [DataRow("en50549", 0.93, 0.97, 1.03, 1.07, 0.30, 10.0)]
    public void ReactivePowerFollowsTheVoltage(
        string name, double v1, double v2, double v3, double v4, double share, double response)
    {
        for (double perUnit = 0.90; perUnit <= 1.095; perUnit += 0.007)
        {
            GridBench bench = new(name, 5_000, 11_000);
            bench.Wants(-2_000);
            bench.Run(0.5);
            bench.Volts(perUnit);
            bench.Run(2.5);
            double curve = perUnit <= v1 ? share : perUnit < v2 ? share * (v2 - perUnit) / (v2 - v1)
                : perUnit <= v3 ? 0 : perUnit < v4 ? -share * (perUnit - v3) / (v4 - v3) : -share;
            double done = 1 - Math.Exp(-2.5 * Math.Log(10) / response);
            Assert.AreEqual(11_000 * curve * done, bench.Unit.Vars, 2, $"{perUnit}");
        }
    }

    [TestMethod]
    public void ActiveAndReactivePowerShareTheApparentPower()
    {
        GridBench bench = new("ieee1547-3", 11_000, 11_000);
        bench.Wants(11_000);
        bench.Run(0.5);
        bench.Volts(1.08);
        bench.Run(60);

        // Reactive power comes first: √(11² − 4.84²) kW are left.
        Assert.AreEqual(-4_840, bench.Unit.Vars, 1);
        Assert.AreEqual(Math.Sqrt(11_000.0 * 11_000 - 4_840.0 * 4_840), bench.Unit.Watts, 1);
        GridBench other = new("en50549", 10_000, 10_100);
        other.Wants(-10_000);
        other.Run(0.5);
        other.Volts(0.93);
        other.Run(60);
        Assert.AreEqual(-10_000, other.Unit.Watts);
        Assert.AreEqual(Math.Sqrt(10_100.0 * 10_100 - 10_000.0 * 10_000), other.Unit.Vars, 2);
    }

    [TestMethod]
    public void ATickOfAUnitOnThreePhasesAllocatesNothing()
    {
        GridBench bench = new("en50549", 22_000, 25_000, phaseCount: 3);
        bench.Wants(-10_000);
        Allocation.AssertNone(() =>
        {
            bench.Hertz(0.4);
            bench.Volts(1.05);
            bench.Run(3);
            bench.Volts(0.6);
            bench.Run(1);
            bench.Hertz(0);
            bench.Volts(1);
            bench.IsMeasured = false;
            bench.Run(2);
            bench.IsMeasured = true;
            bench.Run(70);
        });
    }

    private static void Judge(
        string name, int rated, double step, int wanted, double start, int nominal, double response)
    {
        GridBench bench = new(name, rated);
        bench.Wants(wanted);
        bench.Run(0.1);
        bench.Hertz(step);
        double beyond = Math.Max(0, Math.Round(Math.Abs(step) * 1000) / 1000 - start);
        double moved = Math.Sign(step) * beyond / (nominal * 0.05) * rated;
        double target = Math.Clamp(wanted + moved, -rated, rated);
        string where = $"{name} {rated} W, {wanted} W, {step} Hz";
        foreach (double seconds in new[] { 0.5, 5, 8 })
        {
            double before = bench.NowMs / 1000.0 - 0.1;
            bench.Run(seconds - before);
            double done = response == 0 ? 1 : 1 - Math.Exp(-seconds * Math.Log(10) / response);
            double expected = wanted + (target - wanted) * done;
            Assert.AreEqual(expected, bench.Unit.Milliwatts / 1000.0, 1, $"{where} after {seconds} s");
            bool isDue = seconds >= response;
            Assert.IsTrue(!isDue
                || Math.Abs(bench.Unit.Milliwatts / 1000.0 - wanted) >= 0.9 * Math.Abs(target - wanted) - 1, where);
        }
    }
}
