using MeterFirmware.Drivers.Hlw8012;
using MeterFirmware.Drivers.MeteringChips;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Hlw8012;

[TestClass]
public class Hlw8012Tests
{
    private const long MicrojoulesPerPulse = 10_343_410;

    private static readonly Measurement _measurement = new Measurement();
    private static Hlw8012Twin _twin;
    private static Hlw8012PowerSensor _sensor;
    private static long _nowMs;
    private static long _import;
    private static long _startedMs;
    private static long _firstImport;

    [TestMethod]
    public void TheScalesAreTheDataSheetsFormulas()
    {
        // Vref, divider 2351, 1 mΩ, fc = 3.579 MHz; the BL0937's constants.
        double divider = 2351;
        Hlw8012Settings settings = new Hlw8012Settings();
        AssertNear(2.43 * 2.43 * divider / 0.001 * 64 / 24 / 3.579e6 * 1e6, settings.MicrojoulesPerPulse);
        AssertNear(2.43 / 0.001 * 512 / 24 / 3.579e6 * 1e6, settings.MicroampsPerHertz);
        AssertNear(2.43 * divider * 256 / 3.579e6 * 1e6, settings.MicrovoltsPerHertz);
        settings = Hlw8012Settings.ForBl0937();
        AssertNear(1.218 * 1.218 * divider / 0.001 / 1_721_506 * 1e6, settings.MicrojoulesPerPulse);
        AssertNear(1.218 / 0.001 / 94_638 * 1e6, settings.MicroampsPerHertz);
        AssertNear(1.218 * divider / 15_397 * 1e6, settings.MicrovoltsPerHertz);
        Assert.IsTrue(settings.IsCurrentSelectedHigh);
    }

    [TestMethod]
    public void ReadingsShowTheLoadAndWhatCf1ShowsBeforeItSettlesIsLeftOut()
    {
        Start(230_000, 8_000, 1_800_000);
        for (int i = 0; i < 100; i++)
        {
            Assert.IsTrue(TryTick(1000));
            AssertNear(230_000, _measurement.VoltageMillivolts[0], 300);
            AssertNear(8_000, _measurement.CurrentMilliamps[0], 10);
            AssertNear(1_800_000, _measurement.ActivePowerMilliwatts[0], 11_000);
        }

        AssertNear(9_783, _measurement.PowerFactorTenThousandths[0], 80);
    }

    [TestMethod]
    public void EnergyIsCountedPulsesToLessThanOne()
    {
        Start(230_000, 8_000, 1_234_567);
        long fed = 0;
        for (int i = 0; i < 3_600; i++)
        {
            fed += 1_234_567L * 100;
            TryTick(100);
        }

        Assert.IsTrue(fed - _import < 2 * MicrojoulesPerPulse && _import - fed < MicrojoulesPerPulse);
    }

    [TestMethod]
    public void WhatFlowsBeforeTheFirstReadingIsInIt()
    {
        Start(230_000, 8_000, 1_800_000);
        AssertNear(1_800_000.0 * (_nowMs - _startedMs), _firstImport, 2 * MicrojoulesPerPulse);
        Assert.IsTrue(_nowMs - _startedMs >= 7_000, "the turn of CF1");
    }

    [TestMethod]
    public void ASmallLoadIsShownByTheTimeBetweenItsPulses()
    {
        // 2 W: a pulse in 5.2 s.
        Start(230_000, 20, 2_000);
        for (int i = 0; i < 60; i++)
        {
            TryTick(1000);
        }

        AssertNear(2_000, _measurement.ActivePowerMilliwatts[0], 350);
        _twin.SetLoad(230_000, 0, 0);
        int last = _measurement.ActivePowerMilliwatts[0];
        for (int i = 0; i < 62; i++)
        {
            TryTick(1000);
            Assert.IsTrue(_measurement.ActivePowerMilliwatts[0] <= last, "it falls without a pulse");
            last = _measurement.ActivePowerMilliwatts[0];
        }

        Assert.AreEqual(0, last);
    }

    [TestMethod]
    public void ACounterThatCannotBeReadLosesNothing()
    {
        Start(230_000, 8_000, 1_800_000);
        TryTick(1000);
        _import = 0;
        for (int i = 0; i < 300; i++)
        {
            _twin.SetFaults(i % 3 == 1 ? TwinFault.Unplugged : TwinFault.None);
            bool isRead = TryTick(1000);
            Assert.IsTrue(isRead || _sensor.Faults == SensorFault.Missing);
        }

        AssertNear(1_800_000_000 * 300.0, _import, 2 * MicrojoulesPerPulse);
    }

    [TestMethod]
    public void ACounterThatBeganAnewIsFlaggedAndCountedFromThere()
    {
        Start(230_000, 8_000, 1_800_000);
        TryTick(1000);
        _twin.Reset();
        _import = 0;
        Assert.IsTrue(TryTick(1000));
        Assert.AreEqual(SensorFault.Reset | SensorFault.EnergyGap, _sensor.Faults);
        Assert.AreEqual(0L, _import);
        Assert.IsTrue(TryTick(1000));
        Assert.AreEqual(0, _sensor.Faults);
        AssertNear(1_800_000_000, _import, MicrojoulesPerPulse);
    }

    [TestMethod]
    public void ACurrentWithoutPulsesOfPowerIsABrokenLine()
    {
        Start(230_000, 8_000, 1_800_000);
        _twin.SetFaults(TwinFault.CounterHalted);
        for (int i = 0; i < 75; i++)
        {
            TryTick(1000);
        }

        Assert.AreEqual(SensorFault.Stuck | SensorFault.EnergyGap, _sensor.Faults);
        _twin.SetFaults(TwinFault.None);
        TryTick(1000);
        Assert.IsTrue(TryTick(1000));
    }

    [TestMethod]
    public void AJumpOfTheCounterIsNotCounted()
    {
        Start(230_000, 8_000, 1_800_000);
        TryTick(1000);
        _import = 0;
        _twin.SetLoad(230_000, 8_000, 900_000_000);
        Assert.IsFalse(TryTick(1000));
        Assert.AreEqual(SensorFault.Implausible, _sensor.Faults);
        _twin.SetLoad(230_000, 8_000, 1_800_000);
        for (int i = 0; i < 5; i++)
        {
            TryTick(1000);
        }

        Assert.IsTrue(_import < 5 * 1_800_000_000L);
    }

    [TestMethod]
    public void CalibrationAdjustsAScaleOfSmallUnits()
    {
        Hlw8012Settings settings = new Hlw8012Settings();
        Assert.IsTrue(ScaleCalibration.TryAdjust(
            settings.MicrojoulesPerPulse, 1_000, 980, out settings.MicrojoulesPerPulse));
        Assert.AreEqual(10_554_500, settings.MicrojoulesPerPulse);
        Assert.IsFalse(ScaleCalibration.TryAdjust(
            settings.MicrojoulesPerPulse, 1_000, 700, out settings.MicrojoulesPerPulse));
        Assert.AreEqual(10_554_500, settings.MicrojoulesPerPulse);
    }

    private static void Start(int millivolts, int milliamps, int milliwatts)
    {
        _twin = new Hlw8012Twin();
        _sensor = new Hlw8012PowerSensor(_twin.Cf, _twin.Cf1, _twin, new Hlw8012Settings());
        _twin.SetLoad(millivolts, milliamps, milliwatts);
        int calls = 0;
        _import = 0;
        while (!TryTick(500))
        {
            calls++;
            _startedMs = calls == 1 ? _nowMs : _startedMs;
            Assert.IsTrue(calls < 24 && _sensor.Faults == 0, "faults " + _sensor.Faults);
        }

        _firstImport = _import;
        _import = 0;
    }

    private static bool TryTick(int milliseconds)
    {
        _twin.Advance(milliseconds);
        _nowMs += milliseconds;
        bool isRead = _sensor.TryRead(_nowMs, _measurement);
        _import += isRead ? _measurement.ImportMicrojoules[0] : 0;
        return isRead;
    }

    private static void AssertNear(double expected, long actual) => AssertNear(expected, actual, expected / 10_000);

    private static void AssertNear(double expected, long actual, double tolerance) => Assert.IsTrue(
        actual >= expected - tolerance && actual <= expected + tolerance, "expected " + expected + ", got " + actual);
}
