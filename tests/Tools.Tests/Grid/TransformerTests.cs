using System;
using MeterFirmware.Grid;
using MeterFirmware.Hardware;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Grid;

/// <summary>Hot spot, ageing, warnings, forecast.</summary>
[TestClass]
public sealed class TransformerTests
{
    [TestMethod]
    public void TheSteadyCheckValuesHold()
    {
        TransformerThermal thermal = new(new TransformerSettings());
        thermal.Settle(1, 20);
        Assert.AreEqual(98.0, thermal.HotSpotCelsius, 0.1);
        Assert.AreEqual(1.00, thermal.AgeingRate, 0.01);
        thermal.Run(1440, 1, 20);
        Assert.AreEqual(98.0, thermal.HotSpotCelsius, 0.1);
        Assert.AreEqual(24, thermal.LossOfLifeHours, 0.24);

        // A day at 100 °C ages 1.26 days.
        thermal = new TransformerThermal(new TransformerSettings());
        thermal.Settle(1, 22);
        thermal.Run(1440, 1, 22);
        Assert.AreEqual(1.26 * 24, thermal.LossOfLifeHours, 0.01 * 24);

        // Another library's figures, indoors: 60 K of oil and 1.2 × 23 K of hot spot give 107.6 °C.
        thermal = new TransformerThermal(new TransformerSettings { OilRiseKelvin = 60, HotSpotRiseKelvin = 1.2 * 23 });
        thermal.Settle(1, 20);
        Assert.AreEqual(107.6, thermal.HotSpotCelsius, 0.1);
    }

    /// <summary>The differential equations of IEC 60076-7:2018, Annex C, solved by Runge and Kutta's fourth order in
    /// steps of 3 s: another way to the same series.</summary>
    [TestMethod]
    [DataRow(1.0, 1.0, 2.0)]
    [DataRow(0.5, 2.0, 2.0)]
    public void ASeriesAgreesWithTheDifferentialEquations(double k11, double k21, double k22)
    {
        TransformerSettings settings = new() { K11 = k11, K21 = k21, K22 = k22, OilMinutes = 150, WindingMinutes = 7 };
        TransformerThermal thermal = new(settings);
        double load = 0.7;
        double ambient = 25;
        thermal.Settle(load, ambient);
        double[] state = [thermal.OilCelsius, k21 * Rise(settings, load), (k21 - 1) * Rise(settings, load)];
        double life = 0;
        Random random = new(7);
        for (int row = 0; row < 200; row++)
        {
            load = random.NextDouble() * 1.6;
            ambient = -5 + random.NextDouble() * 40;
            double minutes = 1 + random.Next(60);
            thermal.Run(minutes, load, ambient);
            const double step = 0.05;
            for (int i = 0; i < (int)Math.Round(minutes / step); i++)
            {
                life += Math.Pow(2, (state[0] + state[1] - state[2] - 98) / 6) * step / 60;
                RungeKutta(settings, state, load, ambient, step);
            }

            Assert.AreEqual(state[0], thermal.OilCelsius, 0.1);
            Assert.AreEqual(state[0] + state[1] - state[2], thermal.HotSpotCelsius, 0.1);
            Assert.AreEqual(life, thermal.LossOfLifeHours, 0.01 * life + 1e-6);
        }
    }

    [TestMethod]
    public void AWarningComesAfterItsDelayAndLeavesBelowItsHysteresis()
    {
        StepWarning warning = new([80, 100], 5, 60_000);
        Assert.IsFalse(warning.Tick(0, 120));
        Assert.IsFalse(warning.Tick(59_999, 120));
        Assert.IsTrue(warning.Tick(60_000, 120));
        Assert.IsTrue(warning.Tick(60_010, 120));
        Assert.AreEqual(2, warning.Level);
        for (int i = 0; i < 1000; i++)
        {
            Assert.IsFalse(warning.Tick(60_020 + i * 1000L, i % 2 == 0 ? 101 : 96), "it chatters about its limit");
        }

        Assert.IsFalse(warning.Tick(2_000_000, 94));
        Assert.IsTrue(warning.Tick(2_060_000, 94));
        Assert.AreEqual(1, warning.Level);
    }

    [TestMethod]
    public void LoadingUnbalanceVoltageAndHotSpotWarnByPhase()
    {
        TransformerMonitor monitor = new(new TransformerSettings(), 400_000, 220_000, 3);
        Measurement reading = new() { PhaseCount = 3 };
        int[] apparent = [133_333_333, 120_000_000, 60_000_000];
        for (int phase = 0; phase < 3; phase++)
        {
            reading.VoltageMillivolts[phase] = 220_000;
            reading.ApparentPowerMillivoltamperes[phase] = apparent[phase];
        }

        int changes = 0;
        for (int second = 0; second < 3600; second++)
        {
            changes += monitor.Tick(second * 1000L, reading, true, 20) ? 1 : 0;
        }

        Assert.AreEqual(999, monitor.LoadingPermille[0]);
        Assert.AreEqual(450, monitor.LoadingPermille[2], 1);
        Assert.AreEqual(550, monitor.UnbalancePermille, 1);
        Assert.AreEqual(1, monitor.Loading.Level);
        Assert.AreEqual(2, monitor.Unbalance.Level);
        Assert.AreEqual(0, monitor.Voltage.Level);
        Assert.AreEqual(98, monitor.Thermal.HotSpotCelsius, 0.3);
        Assert.AreEqual(3, changes);

        // GB/T 12325: 198 V to 235.4 V are inside.
        foreach ((int millivolts, int level) in new[] { (235_400, 0), (198_000, 0), (236_000, 1), (197_500, 1) })
        {
            TransformerMonitor other = new(new TransformerSettings(), 400_000, 220_000, 3);
            reading.VoltageMillivolts[1] = millivolts;
            other.Tick(0, reading, true, 20);
            other.Tick(60_000, reading, true, 20);
            Assert.AreEqual(level, other.Voltage.Level, $"{millivolts} mV");
        }

        // Half as much again for hours: the hot spot warns.
        for (int second = 3600; second < 6 * 3600; second += 10)
        {
            reading.ApparentPowerMillivoltamperes[0] = 200_000_000;
            monitor.Tick(second * 1000L, reading, true, 35);
        }

        Assert.AreEqual(2, monitor.Loading.Level);
        Assert.IsTrue(monitor.HotSpot.Level >= 2 && monitor.Oil.Level >= 1, $"{monitor.Thermal.HotSpotCelsius}");
    }

    [TestMethod]
    public void ATransformerSettlesAtItsFirstLoadAndNotBefore()
    {
        TransformerMonitor monitor = new(new TransformerSettings(), 400_000, 220_000, 1);
        Measurement reading = new();
        reading.VoltageMillivolts[0] = 220_000;
        reading.ApparentPowerMillivoltamperes[0] = 400_000_000;
        for (int second = 0; second < 300; second++)
        {
            Assert.IsFalse(monitor.Tick(second * 1000L, reading, false, 20));
        }

        monitor.Tick(300_000, reading, true, 20);
        Assert.AreEqual(98.0, monitor.Thermal.HotSpotCelsius, 0.1);

        // Then a reading that is missing changes nothing: the last load goes on.
        for (int second = 301; second < 4000; second++)
        {
            monitor.Tick(second * 1000L, reading, false, 20);
        }

        Assert.AreEqual(98.0, monitor.Thermal.HotSpotCelsius, 0.1);
    }

    [TestMethod]
    public void AMeterOfOnePhaseStandsForAllOfThem()
    {
        TransformerMonitor monitor = new(new TransformerSettings(), 400_000, 220_000, 3);
        Measurement reading = new() { PhaseCount = 1 };
        reading.VoltageMillivolts[0] = 220_000;
        reading.ApparentPowerMillivoltamperes[0] = 100_000_000;
        for (int second = 0; second < 3600; second++)
        {
            Assert.IsFalse(monitor.Tick(second * 1000L, reading, true, 20), $"{second} s");
        }

        CollectionAssert.AreEqual(new[] { 750, 750, 750 }, monitor.LoadingPermille);
        Assert.AreEqual(0, monitor.UnbalancePermille);
    }

    [TestMethod]
    public void AMonitorTickAllocatesNothing()
    {
        TransformerMonitor monitor = new(new TransformerSettings(), 400_000, 220_000, 3);
        Measurement reading = new() { PhaseCount = 3 };
        long nowMs = 0;
        Allocation.AssertNone(() =>
        {
            for (int i = 0; i < 1000; i++, nowMs += 1000)
            {
                reading.ApparentPowerMillivoltamperes[i % 3] = i * 200_000;
                reading.VoltageMillivolts[i % 3] = 190_000 + i * 60;
                monitor.Tick(nowMs, reading, i % 7 != 0, 20);
            }
        });
    }

    [TestMethod]
    public void ADaysForecastIsTheMeanOfItsTypesLastDaysWithItsError()
    {
        QuarterForecast forecast = new();
        Assert.IsFalse(forecast.TryGet(QuarterForecast.WorkDay, 40, out _, out _, out _));
        int[] days = [100_000, 140_000, 120_000, 160_000, 180_000];
        foreach (int watts in days)
        {
            forecast.Add(QuarterForecast.WorkDay, 40, watts);
        }

        Assert.IsTrue(forecast.TryGet(QuarterForecast.WorkDay, 40, out int mean, out int greatest, out int error));
        Assert.AreEqual((140_000 + 120_000 + 160_000 + 180_000) / 4, mean);
        Assert.AreEqual(180_000, greatest);
        Assert.IsTrue(error is > 25_000 and < 50_000, $"{error}");
        Assert.IsFalse(forecast.TryGet(QuarterForecast.RestDay, 40, out _, out _, out _));

        byte[] state = new byte[QuarterForecast.StateBytes];
        Assert.AreEqual(state.Length, forecast.Save(state, 0));
        QuarterForecast other = new();
        Assert.IsFalse(other.TryLoad(state, 0, state.Length - 4));
        Assert.IsTrue(other.TryLoad(state, 0, state.Length));
        Assert.IsTrue(other.TryGet(QuarterForecast.WorkDay, 40, out int again, out _, out int sameError));
        Assert.AreEqual((mean, error), (again, sameError));
        Array.Fill(state, (byte)0xFF, state.Length - 4, 4);
        Assert.IsFalse(other.TryLoad(state, 0, state.Length));
    }

    [TestMethod]
    public void TheRoomFitsItsBudgetOfHeap()
    {
        // Host objects are larger than the device's: the bound is on the safe side.
        byte[] bytes = new GridBench("en50549").File.Bytes;
        long charger = Allocation.Least(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            GridProfile.TryLoad(bytes, bytes.Length, out GridProfile profile, out _);
            GC.KeepAlive(new GridUnit(profile, 11_000, 11_000, 230_000, 50_000, 3));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        long site = Allocation.Least(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            GridProfile.TryLoad(bytes, bytes.Length, out GridProfile profile, out _);
            GC.KeepAlive(profile);
            GC.KeepAlive(new QuarterForecast());
            GC.KeepAlive(new TransformerMonitor(new TransformerSettings(), 400_000, 220_000, 3));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.IsTrue(charger is > 0 and <= 6 * 1024, $"{charger} bytes");
        Assert.IsTrue(site is > 0 and <= 12 * 1024, $"{site} bytes");
    }

    private static double Rise(TransformerSettings settings, double load) =>
        settings.HotSpotRiseKelvin * Math.Pow(load, settings.WindingExponent);

    private static double[] Slopes(TransformerSettings s, double[] state, double load, double ambient)
    {
        double losses = (1 + s.LossRatio * load * load) / (1 + s.LossRatio);
        double oil = s.OilRiseKelvin * Math.Pow(losses, s.OilExponent) + ambient;
        return
        [
            (oil - state[0]) / (s.K11 * s.OilMinutes),
            (s.K21 * Rise(s, load) - state[1]) / (s.K22 * s.WindingMinutes),
            ((s.K21 - 1) * Rise(s, load) - state[2]) / (s.OilMinutes / s.K22),
        ];
    }

    private static void RungeKutta(TransformerSettings s, double[] state, double load, double ambient, double step)
    {
        double[] first = Slopes(s, state, load, ambient);
        double[] second = Slopes(s, Moved(state, first, step / 2), load, ambient);
        double[] third = Slopes(s, Moved(state, second, step / 2), load, ambient);
        double[] fourth = Slopes(s, Moved(state, third, step), load, ambient);
        for (int i = 0; i < state.Length; i++)
        {
            state[i] += step / 6 * (first[i] + 2 * second[i] + 2 * third[i] + fourth[i]);
        }
    }

    private static double[] Moved(double[] state, double[] slopes, double step) =>
        [state[0] + slopes[0] * step, state[1] + slopes[1] * step, state[2] + slopes[2] * step];
}
